/** What a row says that decides whether a history has it. */
export interface Placed {
  readonly account?: string;
  readonly address?: string;
  readonly block_number?: number;
  readonly valid_from_block?: number;
  readonly event_index?: number;
  readonly transaction_index?: number;
  readonly recorded_from_block?: number | null;
  readonly followed_from_block?: number | null;
  readonly block_hash?: string;
  readonly parent_hash?: string;
  readonly kind?: string;
  readonly session_key?: string | null;
  readonly class_hash?: string | null;
  readonly first_block?: number;
}

/** A table of the read model, and which of its rows two indexes of the same chain must agree on. */
export interface ComparedTable {
  readonly table: string;
  /** Joined to the table, whose alias is `t`. */
  readonly from?: string;
  /** Left out, and why. */
  readonly masked: Readonly<Record<string, string>>;
  /** Also holds what orphaned branches showed: the rows of the straight replay must be among them. */
  readonly mayHoldMore?: string;
  /** Rows of the straight replay that need not be there. */
  readonly mayLack?: (row: Placed) => boolean;
  /** Rows that need not be in the straight replay. */
  readonly mayHold?: (row: Placed) => boolean;
}

const NUMBER = 'a number given by the database';
const WALL_CLOCK = 'time of the wall clock';
const CANONICAL =
  'join blocks b on b.network_id = t.network_id and b.block_hash = t.block_hash and b.canonical';
const OF_NETWORK = { network_id: NUMBER } as const;

/** Read models and canonical facts: whoever adds a table that is derived from the chain adds it here. */
export const COMPARED: readonly ComparedTable[] = [
  {
    table: 'networks',
    masked: { network_id: NUMBER, created_at: WALL_CLOCK, alerts_from_block: 'the head at the first start' },
  },
  {
    table: 'cursors',
    masked: { ...OF_NETWORK, updated_at: WALL_CLOCK, generation: 'counts what happened beside the blocks' },
  },
  { table: 'blocks', from: CANONICAL, masked: OF_NETWORK },
  { table: 'facts', from: CANONICAL, masked: OF_NETWORK },
  { table: 'dead_letters', from: CANONICAL, masked: { ...OF_NETWORK, recorded_at: WALL_CLOCK } },
  { table: 'accounts', masked: { ...OF_NETWORK, requested_at: WALL_CLOCK, next_try_at: WALL_CLOCK } },
  { table: 'coverage', masked: OF_NETWORK },
  { table: 'account_versions', masked: OF_NETWORK },
  { table: 'session_versions', masked: OF_NETWORK },
  { table: 'policy_versions', masked: OF_NETWORK },
  ...['uses', 'debits', 'movements', 'approvals', 'account_months'].map((table) => ({
    table,
    masked: OF_NETWORK,
  })),
  {
    table: 'session_keys',
    masked: OF_NETWORK,
    mayHoldMore: 'keys of orphaned blocks: their slots are hashed once',
  },
  { table: 'policy_keys', masked: OF_NETWORK, mayHoldMore: 'see session_keys' },
  {
    table: 'classes',
    masked: { ...OF_NETWORK, probed_at: WALL_CLOCK },
    mayHoldMore: 'a class never changes',
  },
  {
    table: 'follows',
    masked: { ...OF_NETWORK, added_at: WALL_CLOCK },
    mayHoldMore: 'accounts of orphaned blocks stay followed',
  },
  { table: 'alerts', from: CANONICAL, masked: { ...OF_NETWORK, sequence: NUMBER, created_at: WALL_CLOCK } },
];

/** Where accounts were taken along in the middle: what is in force now, and what their events said. */
export const COMPARED_IN_FORCE: readonly ComparedTable[] = [
  ...['account', 'session', 'policy'].map((name) => ({
    table: `${name}_versions`,
    from: 'where t.valid_to_block is null',
    masked: { ...OF_NETWORK, valid_from_block: 'the block of the first reading' },
  })),
  {
    table: 'facts',
    from: `${CANONICAL} where t.transaction_index < 2147483647 and t.event_index < 1000000
      and t.session_key is not null`,
    masked: { ...OF_NETWORK, payload: 'calldata of old blocks is not read' },
  },
];
