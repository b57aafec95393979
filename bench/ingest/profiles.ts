/** What a feed holds. Everything else follows from the seed. */
export interface Profile {
  readonly name: string;
  readonly summary: string;
  readonly blocks: number;
  /** Session and policy events of followed accounts in each block. Noise comes on top. */
  readonly eventsPerBlock: number;
  readonly accounts: number;
  readonly keysPerAccount: number;
  /** Every event is the first grant of another key. */
  readonly onlyFirstGrants: boolean;
  /** And each key has a policy and a list of entry points. */
  readonly firstPolicies?: boolean;
  /** Calls made with session keys in each block: they change storage and emit no session event. */
  readonly usesPerBlock: number;
  /** Transactions of accounts that nobody follows, in each block. */
  readonly noisePerBlock: number;
  /** BACKFILL: the whole chain is there. HEAD: each block appears when the one before has been read. */
  readonly mode: 'BACKFILL' | 'HEAD';
  readonly seed: number;
}

const base = { onlyFirstGrants: false, mode: 'BACKFILL', seed: 20_261_121 } as const;

export const PROFILES: readonly Profile[] = [
  {
    ...base,
    name: 'small',
    summary: '3,000 blocks of 5 session events, 40 keys on 20 accounts',
    blocks: 3_000,
    eventsPerBlock: 5,
    accounts: 20,
    keysPerAccount: 2,
    usesPerBlock: 1,
    noisePerBlock: 1,
  },
  {
    ...base,
    name: 'dense',
    summary: '10,000 blocks of 50 session events, 1,000 keys on 500 accounts',
    blocks: 10_000,
    eventsPerBlock: 50,
    accounts: 500,
    keysPerAccount: 2,
    usesPerBlock: 5,
    noisePerBlock: 5,
  },
  {
    ...base,
    name: 'wide',
    summary: '50,000 accounts deployed with one fresh key each, 50 a block: slot hashing',
    blocks: 1_000,
    eventsPerBlock: 50,
    accounts: 50_000,
    keysPerAccount: 1,
    onlyFirstGrants: true,
    usesPerBlock: 0,
    noisePerBlock: 0,
  },
  {
    ...base,
    name: 'head',
    summary: '1,500 blocks of 5 session events, each published when the one before was read',
    blocks: 1_500,
    eventsPerBlock: 5,
    accounts: 20,
    keysPerAccount: 2,
    usesPerBlock: 1,
    noisePerBlock: 1,
    mode: 'HEAD',
  },
];

/** @throws Error for a name that is none. */
export const requireProfile = (name: string): Profile => {
  const profile = PROFILES.find((candidate) => candidate.name === name);
  if (profile === undefined) {
    throw new Error(`no profile ${name}: there are ${PROFILES.map((each) => each.name).join(', ')}`);
  }
  return profile;
};
