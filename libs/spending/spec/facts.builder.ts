import { SELECTORS } from '#libs/account';
import type { ChainEvent, TransactionReceipt } from '#libs/chain';
import { type Address, feltToHex, selectorOf, splitU256, toAddress, toFelt, toSessionKey } from '#libs/felt';
import type { PlacedFact } from '../src/ledger/parse-facts.ts';

export const ACCOUNT = toAddress(0xacc0n);
export const OTHER = toAddress(0x0743n);
export const TOKEN = toAddress(0x70ce1n);
export const STRK = toAddress(0x04718f5a0fc34cc1af16a1cdee98ffb20c31f5cd61d6ab07201858f4287c938dn);
export const SEQUENCER = toAddress(0x1000n);
export const SHOP = toAddress(0x5409n);
export const RELAYER = toAddress(0x4e1an);
export const KEY = toSessionKey(0x5e55n);
export const OTHER_KEY = toSessionKey(0x5e56n);
const TX = toFelt(0x7a5n);

type Layout = 'KEYED' | 'LEGACY';

/** A Transfer as a token of either layout emits it. */
export const transferEvent = (
  from: bigint,
  to: bigint,
  amount: bigint,
  { token = TOKEN, layout = 'KEYED' }: { token?: Address; layout?: Layout } = {},
): ChainEvent => {
  const parties = [toFelt(from), toFelt(to)];
  const halves = splitU256(amount);
  const selector = selectorOf('Transfer');
  return layout === 'KEYED'
    ? { fromAddress: token, keys: [selector, ...parties], data: [...halves] }
    : { fromAddress: token, keys: [selector], data: [...parties, ...halves] };
};

/** A transaction of the account, signed by its owner, that cost 9 and did nothing else. */
export const receipt = (overrides: Partial<TransactionReceipt> = {}): TransactionReceipt => ({
  transactionHash: TX,
  transactionIndex: 3,
  type: 'INVOKE',
  version: 3n,
  executionStatus: 'SUCCEEDED',
  actualFee: { amount: 9n, unit: 'FRI' },
  events: [],
  senderAddress: ACCOUNT,
  calldata: [toFelt(0n)],
  signature: [toFelt(1n), toFelt(2n)],
  ...overrides,
});

export const fee = (payer: bigint = ACCOUNT, amount = 9n, layout: Layout = 'KEYED'): ChainEvent =>
  transferEvent(payer, SEQUENCER, amount, { token: STRK, layout });

interface CallSpec {
  readonly name?: keyof typeof SELECTORS;
  readonly to?: bigint;
  readonly recipient?: bigint;
  readonly amount?: bigint;
  readonly failed?: boolean | null;
  /** False: the key has no policy for the token. */
  readonly counted?: boolean;
  readonly calldata?: readonly bigint[];
}

/** A use as its fact is written: each call debited unless it says otherwise. */
export const useFact = (
  calls: readonly CallSpec[],
  overrides: Partial<Pick<PlacedFact, 'eventIndex' | 'sessionKey' | 'transactionIndex'>> & {
    readonly debits?: null;
    readonly payload?: Readonly<Record<string, unknown>>;
  } = {},
): PlacedFact => ({
  kind: 'SessionCallConsumed',
  transactionIndex: overrides.transactionIndex ?? 3,
  transactionHash: TX,
  eventIndex: overrides.eventIndex ?? 1_000_000,
  sessionKey: overrides.sessionKey ?? KEY,
  token: undefined,
  payload: {
    outcome: 'SUCCEEDED',
    calls: calls.map(callJson),
    debits: overrides.debits === null ? null : calls.flatMap(debitJson),
    ...overrides.payload,
  },
});

const callJson = ({ name = 'transfer', to = TOKEN, failed = false, ...call }: CallSpec) => ({
  to: feltToHex(to),
  selector: feltToHex(SELECTORS[name]),
  calldata: (call.calldata ?? [call.recipient ?? SHOP, ...splitU256(call.amount ?? 10n)]).map(feltToHex),
  failed,
});

const debitJson = (
  { name = 'transfer', to = TOKEN, amount = 10n, counted = true }: CallSpec,
  callIndex: number,
) =>
  counted
    ? [
        {
          callIndex,
          token: feltToHex(to),
          selector: feltToHex(SELECTORS[name]),
          amount: amount.toString(),
          spentBefore: '0',
          spentAfter: amount.toString(),
          windowStartSeconds: '100',
          windowStarted: false,
        },
      ]
    : [];

interface MovementSpec {
  readonly from?: bigint;
  readonly to?: bigint;
  readonly amount?: bigint;
  readonly token?: Address;
  readonly authorities?: readonly string[];
  readonly relays?: readonly bigint[];
  readonly transactionIndex?: number;
}

/** A movement as its fact is written: 10 from the account to the shop, in a session's transaction. */
export const movedFact = (eventIndex: number, spec: MovementSpec = {}): PlacedFact => ({
  kind: 'TokensMoved',
  transactionIndex: spec.transactionIndex ?? 3,
  transactionHash: TX,
  eventIndex,
  sessionKey: undefined,
  token: spec.token ?? TOKEN,
  payload: {
    layout: 'KEYED',
    from: feltToHex(spec.from ?? ACCOUNT),
    to: feltToHex(spec.to ?? SHOP),
    amount: (spec.amount ?? 10n).toString(),
    authorities: spec.authorities ?? ['SESSION'],
    sender: feltToHex(ACCOUNT),
    relays: (spec.relays ?? []).map(feltToHex),
  },
});
