import type {
  AccountName,
  Command,
  InnerCall,
  OwnerAction,
  PolicyTerms,
  SponsoredCommand,
  Step,
  TimeRef,
} from './command.ts';

/** Words to write sequences with. */
export const NOW: TimeRef = { after: 10 };

const TERMS: PolicyTerms = { token: 'KEYED', perCall: 100n, perWindow: 250n, windowSeconds: 1_000n };
const COUNTED = ['transfer', 'approve', 'increase_allowance', 'increaseAllowance'];

export const block = (time: TimeRef, ...commands: readonly Command[]): Step => ({
  kind: 'BLOCK',
  time,
  commands,
});

export const transfer = (amount: bigint, to: InnerCall['to'] = 'KEYED'): InnerCall => ({
  to,
  entrypoint: 'transfer',
  amount,
});

export const call = (to: InnerCall['to'], entrypoint: string, amount?: bigint): InnerCall =>
  amount === undefined ? { to, entrypoint } : { to, entrypoint, amount };

type Spoken<Kind extends Command['kind']> = Extract<Command, { kind: Kind }>;
type Grant = Extract<OwnerAction, { action: 'GRANT' }>;

/** What is said about one account, and its key A unless another is named. */
export interface Words {
  readonly owner: (...actions: readonly OwnerAction[]) => Command;
  readonly session: (calls: readonly InnerCall[], rest?: Partial<Spoken<'SESSION'>>) => Command;
  readonly sponsored: (calls: readonly InnerCall[], rest?: Partial<SponsoredCommand>) => Command;
  readonly stranger: (call: InnerCall) => Command;
  /** 50 calls of the counted selectors, for more than a day. */
  readonly grant: (rest?: Partial<Grant>) => OwnerAction;
  /** 100 a call, 250 in 1,000 seconds. */
  readonly policy: (rest?: Partial<PolicyTerms>) => OwnerAction;
  readonly windowEnd: (offset: number) => TimeRef;
  readonly expiry: (offset: number) => TimeRef;
  readonly hourEnd: (offset: number) => TimeRef;
}

export const wordsOf = (account: AccountName): Words => ({
  owner: (...actions) => ({ kind: 'OWNER', account, actions }),
  session: (calls, rest = {}) => ({ kind: 'SESSION', account, key: 'A', calls, ...rest }),
  sponsored: (calls, rest = {}) => ({ kind: 'SPONSORED', account, by: 'A', calls, via: 'DIRECT', ...rest }),
  stranger: (inner) => ({ kind: 'STRANGER', account, call: inner }),
  grant: (rest = {}) => ({
    action: 'GRANT',
    key: 'A',
    expires: { inSeconds: 100_000 },
    maxCalls: 50n,
    entrypoints: COUNTED,
    ...rest,
  }),
  policy: (rest = {}) => ({ action: 'SET_POLICY', key: 'A', terms: { ...TERMS, ...rest } }),
  windowEnd: (offset) => ({ edge: 'WINDOW_END', account, key: 'A', token: 'KEYED', offset }),
  expiry: (offset) => ({ edge: 'EXPIRY', account, key: 'A', offset }),
  hourEnd: (offset) => ({ edge: 'EXPIRY_HOUR_END', account, key: 'A', offset }),
});
