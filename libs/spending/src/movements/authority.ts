import {
  AccountError,
  ANY_CALLER,
  type Call,
  decodeExecuteCalldata,
  decodeOutsideExecution,
  readAccountSignature,
  SELECTORS,
} from '#libs/account';
import type { TransactionReceipt } from '#libs/chain';
import { type Felt, selectorOf } from '#libs/felt';

/** In whose name an account acted in a transaction. UNCLEAR: it may have acted, and the calldata does not say for whom. */
export type Authority = 'OWNER' | 'SESSION' | 'UNCLEAR';

/** What a transaction shows of who let an account act in it, by its signatures and calldata alone. */
export interface Mandate {
  /** Empty: nothing in the transaction makes the account act. Each at most once. */
  readonly authorities: readonly Authority[];
  /** Where somebody else sent what the account did: the sender and the contracts between it and the account. */
  readonly relays: readonly Felt[];
}

type Transaction = Pick<TransactionReceipt, 'type' | 'senderAddress' | 'signature' | 'calldata'>;

const OUTSIDE_SELECTORS: ReadonlySet<bigint> = new Set(
  [
    'execute_from_outside',
    'execute_from_outside_v2',
    'execute_from_outside_v3',
    'executeFromOutside',
    'executeFromOutsideV2',
  ].map(selectorOf),
);

/**
 * Reads it from the signature of an own transaction, and from every `execute_from_outside_v2` on the account that
 * stands in the calldata in the standard form, however deep inside forwarders.
 */
export const mandateOf = (transaction: Transaction, account: bigint): Mandate => {
  const { senderAddress, calldata = [], signature = [], type } = transaction;
  const isOwn = senderAddress === account;
  const own = isOwn ? [authorityOf(signature)] : [];
  if (!isOwn && type !== 'INVOKE') return { authorities: ['UNCLEAR'], relays: [] };
  const sponsored = type === 'INVOKE' ? sponsoredBy(calldata, account) : [];
  const authorities = [...new Set([...own, ...sponsored.map(({ authority }) => authority)])];
  if (sponsored.length === 0 || senderAddress === undefined) return { authorities, relays: [] };
  const between = sponsored.flatMap(({ caller }) => (caller === undefined ? [] : [caller]));
  const relays = [senderAddress, ...carriers(calldata, account), ...between];
  return { authorities, relays: [...new Set<Felt>(relays)].filter((relay) => relay !== account) };
};

const authorityOf = (signature: readonly Felt[]): Authority => {
  const { kind } = readAccountSignature(signature);
  return kind === 'UNKNOWN' ? 'UNCLEAR' : kind;
};

interface Sponsored {
  readonly authority: Authority;
  /** The one contract that the signer let call the account; nothing where anybody may. */
  readonly caller: Felt | undefined;
}

const sponsoredBy = (calldata: readonly Felt[], account: bigint): Sponsored[] => {
  if (!namesOutsideExecution(calldata, account)) return [];
  const found = calldata.flatMap((felt, at) =>
    felt === account && calldata[at + 1] === SELECTORS.execute_from_outside_v2
      ? [sponsoredAt(calldata, at + 2)]
      : [],
  );
  return found.length > 0 ? found : [{ authority: 'UNCLEAR', caller: undefined }];
};

const namesOutsideExecution = (calldata: readonly Felt[], account: bigint): boolean =>
  calldata.some((felt) => OUTSIDE_SELECTORS.has(felt)) && calldata.some((felt) => felt === account);

const ANY_LENGTH = 100_000n;

const sponsoredAt = (calldata: readonly Felt[], at: number): Sponsored => {
  const length = calldata[at] ?? ANY_LENGTH;
  const end = at + 1 + Number(length < ANY_LENGTH ? length : ANY_LENGTH);
  const signed = readable(() => decodeOutsideExecution(calldata.slice(at + 1, end)));
  if (signed === undefined) return { authority: 'UNCLEAR', caller: undefined };
  const { caller } = signed.outsideExecution;
  const isAnyone = caller === 0n || caller === ANY_CALLER;
  return { authority: authorityOf(signed.signature), caller: isAnyone ? undefined : caller };
};

/** The contracts that the sender called and that were given the account's execution to pass on. */
const carriers = (calldata: readonly Felt[], account: bigint): Felt[] => {
  const calls = readable(() => decodeExecuteCalldata(calldata)) ?? [];
  const carries = (call: Call): boolean =>
    call.to !== account && namesOutsideExecution(call.calldata, account);
  return calls.filter(carries).map(({ to }) => to);
};

/** Calldata is the sender's own affair: what is not in the standard form only tells nothing. */
const readable = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch (error) {
    if (error instanceof AccountError) return undefined;
    throw error;
  }
};
