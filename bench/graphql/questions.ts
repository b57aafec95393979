import { feltOf, keyAt, keysOf, monthOf, TEAMS, TOKENS, usesSince, type World } from './world.ts';

/** A question as users ask it, with what a right answer has. */
export interface Question {
  readonly name: string;
  readonly title: string;
  readonly query: string;
  /** Of the n-th key of the world. */
  readonly variables: (world: World, key: number, headSeconds: number) => Readonly<Record<string, unknown>>;
  /** @throws Error where the answer is not what the rows of the world say */
  readonly check: (data: Data, world: World, key: number, headSeconds: number) => void;
}

export type Data = Readonly<Record<string, unknown>>;

const fail = (name: string, data: Data): never => {
  throw new Error(`${name} is answered wrong: ${JSON.stringify(data).slice(0, 500)}`);
};

const SESSION: Question = {
  name: 'session',
  title: 'session by key',
  query: `query ($account: Address!, $sessionKey: SessionKey!) {
  session(account: $account, sessionKey: $sessionKey) {
    account sessionKey status validUntil maxCalls callsUsed remainingCalls source
    policies { token maxPerCall maxPerWindow windowSeconds effectiveSpent remaining resetsAt }
    asOf { blockNumber blockHash finality }
  }
}`,
  variables: keyAt,
  check: (data, world, key) => {
    const session = data['session'] as Data | null;
    const isRight =
      session?.['sessionKey'] === keyAt(world, key).sessionKey &&
      session['callsUsed'] === world.usesPerKey &&
      session['source'] === 'INDEX' &&
      (session['policies'] as unknown[]).length === 1;
    if (!isRight) fail('session', data);
  },
};

/** Of a use, in the question for a page: its statement reads the columns of these. */
export const USE_FIELDS = [
  ...['transactionHash', 'blockNumber', 'timestamp', 'outcome', 'path', 'callsUsedBefore', 'callsUsedAfter'],
  ...['calls', 'debits', 'fee'],
];
export const FEE_FIELDS = ['amount', 'unit'];

const USES: Question = {
  name: 'uses',
  title: 'page of 20 uses of a key',
  query: `query ($account: Address!, $sessionKey: SessionKey!) {
  uses(account: $account, sessionKey: $sessionKey, first: 20) {
    nodes { transactionHash blockNumber timestamp outcome path callsUsedBefore callsUsedAfter calls { to selector } debits { token amount } fee { amount unit } }
    pageInfo { hasNextPage endCursor }
    asOf { blockNumber }
  }
}`,
  variables: keyAt,
  check: (data, world, key) => {
    const { nodes } = data['uses'] as { readonly nodes: readonly Data[] };
    const most = Math.min(20, world.usesPerKey);
    const newest = (world.usesPerKey - 1) * keysOf(world) + key;
    const isRight = nodes.length === most && nodes[0]?.['transactionHash'] === feltOf('transaction', newest);
    if (!isRight) fail('uses', data);
  },
};

const EXPIRING: Question = {
  name: 'expiring',
  title: 'keys that run out this week, 100 of them',
  query: `query ($before: Timestamp!) {
  sessions(status: [ACTIVE], expiresBefore: $before, orderBy: VALID_UNTIL_ASC, first: 100) {
    nodes { account sessionKey status validUntil remainingCalls policies { token remaining } }
    pageInfo { hasNextPage endCursor }
    asOf { blockNumber }
  }
}`,
  variables: (_world, _key, headSeconds) => ({ before: String(headSeconds + 7 * 24 * 3_600) }),
  check: (data) => {
    const { nodes } = data['sessions'] as { readonly nodes: readonly Data[] };
    const ends = nodes.map((node) => Number(node['validUntil']));
    if (nodes.length !== 100 || ends.some((end, at) => end < (ends[at - 1] ?? 0))) fail('expiring', data);
  },
};

const ACCOUNT: Question = {
  name: 'account',
  title: 'keys of an account with policies and remaining budgets',
  query: `query ($account: Address!) {
  sessions(account: $account, first: 20) {
    nodes { sessionKey status validUntil remainingCalls policies { token remaining resetsAt } }
    asOf { blockNumber }
  }
}`,
  variables: (world, key) => ({ account: keyAt(world, key).account }),
  check: (data, world) => {
    const { nodes } = data['sessions'] as { readonly nodes: readonly unknown[] };
    if (nodes.length !== world.keysPerAccount) fail('account', data);
  },
};

const ZONE = 'Europe/Berlin';
/** Of each use, as `fill` writes it. */
const SPENT = 10n;

const TEAM_SPEND: Question = {
  name: 'teams',
  title: 'spend by team this month',
  query: `query ($from: Date!, $to: Date!, $zone: String!) {
  spending(input: { period: { from: $from, to: $to, timeZone: $zone }, groupBy: [TEAM] }, first: 100) {
    rows { team token { address } debited moved debits movements }
    totals { token { address } debited moved }
    accounts incompleteAccounts asOf { blockNumber }
  }
}`,
  variables: (_world, _key, headSeconds) => {
    const { from, to } = monthOf(headSeconds, ZONE);
    return { from, to, zone: ZONE };
  },
  check: (data, world, _key, headSeconds) => {
    const { rows, incompleteAccounts } = data['spending'] as {
      readonly rows: readonly { readonly debited: string; readonly moved: string }[];
      readonly incompleteAccounts: number;
    };
    const sum = (of: 'debited' | 'moved'): bigint => rows.reduce((all, row) => all + BigInt(row[of]), 0n);
    const spent = SPENT * BigInt(usesSince(world, headSeconds, monthOf(headSeconds, ZONE).startsSeconds));
    const isRight = rows.length === TEAMS * TOKENS && incompleteAccounts === 0;
    if (!isRight || sum('debited') !== spent || sum('moved') !== spent) fail(`teams (${spent})`, data);
  },
};

export const QUESTIONS = {
  ...{ session: SESSION, uses: USES, account: ACCOUNT, expiring: EXPIRING },
  teams: TEAM_SPEND,
};
export type QuestionName = keyof typeof QUESTIONS;
