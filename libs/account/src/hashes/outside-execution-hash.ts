import type { Address, Felt } from '#libs/felt';
import { encodeShortString, poseidonHash, snKeccak } from '#libs/felt';
import type { Call } from '../account.types.ts';
import type { OutsideExecution } from '../calldata/outside-execution.ts';
import { snip12MessageHash } from './session-message.ts';

const CALL_TYPE = '"Call"("To":"ContractAddress","Selector":"selector","Calldata":"felt*")';
const OUTSIDE_EXECUTION_TYPE =
  '"OutsideExecution"("Caller":"ContractAddress","Nonce":"felt","Execute After":"u128",' +
  `"Execute Before":"u128","Calls":"Call*")${CALL_TYPE}`;

const CALL_TYPE_HASH = snKeccak(CALL_TYPE);
const OUTSIDE_EXECUTION_TYPE_HASH = snKeccak(OUTSIDE_EXECUTION_TYPE);
const DOMAIN_NAME = encodeShortString('Account.execute_from_outside');

/**
 * The SNIP-12 revision 1 hash of an OutsideExecution of SNIP-9 version 2: what the owner or a session key signs.
 * Domain `Account.execute_from_outside`, version 2 and revision 1 as integers.
 */
export const outsideExecutionHash = (input: {
  readonly account: Address;
  readonly chainId: Felt;
  readonly outsideExecution: OutsideExecution;
}): Felt =>
  snip12MessageHash({
    domainName: DOMAIN_NAME,
    domainVersion: 2n,
    chainId: input.chainId,
    account: input.account,
    structHash: outsideExecutionStructHash(input.outsideExecution),
  });

const outsideExecutionStructHash = (execution: OutsideExecution): Felt =>
  poseidonHash([
    OUTSIDE_EXECUTION_TYPE_HASH,
    execution.caller,
    execution.nonce,
    execution.executeAfterSeconds,
    execution.executeBeforeSeconds,
    poseidonHash(execution.calls.map(callStructHash)),
  ]);

const callStructHash = (call: Call): Felt =>
  poseidonHash([CALL_TYPE_HASH, call.to, call.selector, poseidonHash(call.calldata)]);
