/**
 * Where starknet-devnet 0.10.1 and the network differ, which one the sandbox follows.
 *
 * | | STARKNET | DEVNET |
 * |---|---|---|
 * | time a transaction sees | its own block's | the block's before |
 * | slot back at its old value at the end of a block | absent from the diff | present |
 * | `__validate__` returned something else than VALID | error 55 | error -1 |
 * | getEvents: event with fewer keys than the filter has positions | no match | match |
 */
export type Behaviour = 'STARKNET' | 'DEVNET';
