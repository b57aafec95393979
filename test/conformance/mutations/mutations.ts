import type { AccountName } from '../sequence/command.ts';
import type { Section } from '../sequence/directed-sequence.ts';

/** One token of the Cairo account changed: what Purser believes about the contract would then be wrong. */
export interface Mutation {
  readonly rule: string;
  readonly account: AccountName;
  /** The parts of the directed sequence that are to show it, in their order. */
  readonly shownBy: readonly Section[];
  readonly from: string;
  readonly to: string;
}

export const MUTATIONS: readonly Mutation[] = [
  {
    rule: 'the second of the expiry is still in time',
    account: 'SETTING',
    shownBy: ['limits', 'expiry'],
    from: 'if get_block_timestamp() > session.valid_until {',
    to: 'if get_block_timestamp() >= session.valid_until {',
  },
  {
    rule: 'a key has max_calls calls, not one more',
    account: 'SPEND',
    shownBy: ['limits', 'callsLeft'],
    from: 'session.calls_used < session.max_calls',
    to: 'session.calls_used <= session.max_calls',
  },
  {
    rule: 'anchored at the setting: a window resets at its end',
    account: 'SETTING',
    shownBy: ['limits', 'windows'],
    from: 'now >= window_start + window_seconds',
    to: 'now > window_start + window_seconds',
  },
  {
    rule: 'anchored at the first spend: a window resets after its end',
    account: 'SPEND',
    shownBy: ['limits', 'windows'],
    from: 'now > window_start + window_seconds',
    to: 'now >= window_start + window_seconds',
  },
  {
    rule: 'a call may spend the whole limit of a call',
    account: 'SPEND',
    shownBy: ['limits'],
    from: 'assert(amount <= policy.max_per_call',
    to: 'assert(amount < policy.max_per_call',
  },
  {
    rule: 'a window may be spent to its limit',
    account: 'SETTING',
    shownBy: ['limits'],
    from: 'assert(spent <= policy.max_per_window',
    to: 'assert(spent < policy.max_per_window',
  },
  {
    rule: 'increaseAllowance is counted',
    account: 'SETTING',
    shownBy: ['limits', 'counted'],
    from: '|| selector == selectors::INCREASE_ALLOWANCE_CAMEL',
    to: '',
  },
  {
    rule: 'a use counts one call',
    account: 'SPEND',
    shownBy: ['limits'],
    from: 'session.calls_used += 1;',
    to: 'session.calls_used += 0;',
  },
  {
    rule: 'SNIP-9: a signature may live as long as its key',
    account: 'SETTING',
    shownBy: ['limits', 'outside'],
    from: 'assert(valid_until <= session.valid_until',
    to: 'assert(valid_until < session.valid_until',
  },
  {
    rule: 'the low half of an amount comes first',
    account: 'SPEND',
    shownBy: ['limits'],
    from: 'low: (*calldata.at(1))',
    to: 'low: (*calldata.at(2))',
  },
];

/** @throws Error where the text is not there exactly once: a mutation that changes nothing proves nothing. */
export const applyMutation = (source: string, { from, to, rule }: Mutation): string => {
  const parts = source.split(from);
  if (parts.length !== 2) throw new Error(`"${from}" is ${parts.length - 1} times in the account (${rule})`);
  return parts.join(to);
};
