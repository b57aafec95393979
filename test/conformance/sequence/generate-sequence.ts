import type {
  AccountName,
  Command,
  InnerCall,
  KeyName,
  OwnerAction,
  PolicyTerms,
  Sequence,
  SignatureFault,
  SignedExpiry,
  SponsoredCommand,
  Step,
  TimeRef,
  TokenName,
} from './command.ts';
import { createRandom, type Random } from './random.ts';

const ACCOUNTS: readonly AccountName[] = ['SETTING', 'SPEND'];
const KEYS: readonly KeyName[] = ['A', 'A', 'A', 'A', 'A', 'B', 'B', 'C'];
const TOKENS: readonly TokenName[] = ['KEYED', 'KEYED', 'LEGACY', 'STRK'];
/** Chosen so that sums often meet the limits below exactly. */
const AMOUNTS = [0n, 1n, 50n, 50n, 50n, 100n, 100n, 100n, 101n, 150n, 200_000n];
const COUNTED = ['transfer', 'transfer', 'transfer', 'approve', 'increase_allowance', 'increaseAllowance'];
const UNCOUNTED = ['transfer_from', 'transferFrom', 'mint', 'balance_of'];
/** Without set_public_key: made by the owner it would lock the account for the rest of the sequence. */
const ADMIN = ['upgrade', 'revoke_session_key', 'setPublicKey', '__execute__', 'execute_from_outside_v2'];
const LISTS: readonly (readonly string[])[] = [
  [],
  ['transfer'],
  ['transfer', 'approve', 'increase_allowance', 'increaseAllowance'],
  ['transfer', 'mint', 'get_public_key', 'upgrade'],
];
const FAULTS: readonly SignatureFault[] = [
  'WRONG_KEY',
  'BAD_S',
  'ZERO_R',
  'THREE_FELTS',
  'FIVE_FELTS',
  'OTHER_CALLS',
  'OTHER_MODE',
  'OTHER_NONCE',
];
const EXPIRIES: readonly SignedExpiry[] = ['STORED_PLUS_1', 'STORED_MINUS_1', 'NOW', 'PAST', 'BEYOND_U64'];

/** A sequence of steps: pure, so equal seeds give equal sequences. Starts with keys and policies to use. */
export const generateSequence = (seed: number, length: number): Sequence => {
  const random = createRandom(seed);
  return [...prelude(random), ...Array.from({ length }, () => randomStep(random))];
};

const prelude = (random: Random): Sequence =>
  ACCOUNTS.map((account) => ({
    kind: 'BLOCK',
    time: { after: 5 + random.below(100) },
    commands: [
      { kind: 'OWNER', account, actions: [setPolicy('A', 'KEYED'), setPolicy('A', 'LEGACY'), grant('A', 2)] },
      { kind: 'OWNER', account, actions: [grant('B', 0), setPolicy('B', 'KEYED')] },
    ],
  }));

const grant = (key: KeyName, list: number): OwnerAction => ({
  action: 'GRANT',
  key,
  expires: { inSeconds: 20_000 },
  maxCalls: 30n,
  entrypoints: LISTS[list]!,
});

const setPolicy = (key: KeyName, token: TokenName): OwnerAction => ({
  action: 'SET_POLICY',
  key,
  terms: { token, perCall: 100n, perWindow: 250n, windowSeconds: 600n },
});

const randomStep = (random: Random): Step => {
  if (random.chance(6)) return { kind: 'ABORT', blocks: 1 + random.below(6) };
  const commands = Array.from({ length: random.chance(30) ? 2 + random.below(3) : 1 }, () =>
    randomCommand(random),
  );
  return { kind: 'BLOCK', time: randomTime(random), commands };
};

const randomTime = (random: Random): TimeRef => {
  if (random.chance(70)) return { after: random.pick([0, 1, 10, 10, 10, 60, 300, 4_000]) };
  const [account, key] = [random.pick(ACCOUNTS), random.pick(KEYS)];
  const offset = random.below(3) - 1;
  if (random.chance(85)) return { edge: 'WINDOW_END', account, key, token: random.pick(TOKENS), offset };
  return { edge: random.pick(['EXPIRY', 'EXPIRY_HOUR_END'] as const), account, key, offset };
};

const randomCommand = (random: Random): Command => {
  const account = random.pick(ACCOUNTS);
  const roll = random.below(100);
  if (roll < 38) return randomSession(random, account);
  if (roll < 68) return randomSponsored(random, account);
  if (roll < 93) return randomOwner(random, account);
  if (roll < 98) return { kind: 'STRANGER', account, call: randomStrangerCall(random) };
  return { kind: 'REPEAT' };
};

const randomSession = (random: Random, account: AccountName): Command => ({
  kind: 'SESSION',
  account,
  key: random.pick(KEYS),
  calls: randomCalls(random),
  ...randomSpoils(random),
});

const randomSponsored = (random: Random, account: AccountName): SponsoredCommand => ({
  kind: 'SPONSORED',
  account,
  by: random.chance(10) ? 'OWNER' : random.pick(KEYS),
  calls: randomCalls(random),
  via: random.pick(['DIRECT', 'DIRECT', 'FORWARD', 'TRY_FORWARD', 'FORWARD_TWICE']),
  nonce: random.chance(8) ? 'LAST' : 'FRESH',
  caller: random.chance(85) ? 'ANY' : random.pick(['ZERO', 'SENDER', 'OTHER']),
  bounds: random.chance(92)
    ? random.pick(['OPEN', 'NARROW'])
    : random.pick(['AFTER_IS_NOW', 'BEFORE_IS_NOW']),
  ...randomSpoils(random),
});

/** One in seven is signed wrong, or with an expiry of its own. */
const randomSpoils = (random: Random): { fault?: SignatureFault; validUntil?: SignedExpiry } => {
  if (random.chance(7)) return { fault: random.pick(FAULTS) };
  return random.chance(8) ? { validUntil: random.pick(EXPIRIES) } : {};
};

const randomCalls = (random: Random): InnerCall[] =>
  Array.from({ length: random.chance(65) ? 1 : random.below(4) }, () => randomCall(random));

const randomCall = (random: Random): InnerCall => {
  const roll = random.below(100);
  const to = random.pick(TOKENS);
  if (roll < 88) {
    const shape = random.chance(6) ? { shape: random.pick(['SHORT', 'WIDE_HALF'] as const) } : {};
    return { to, entrypoint: random.pick(COUNTED), amount: random.pick(AMOUNTS), ...shape };
  }
  if (roll < 93)
    return {
      to: random.pick(['KEYED', 'LEGACY']),
      entrypoint: random.pick(UNCOUNTED),
      amount: random.pick(AMOUNTS),
    };
  if (roll < 95) return { to: random.pick(['SELF', 'KEYED']), entrypoint: random.pick(ADMIN), args: [1n] };
  if (roll < 98) return { to: 'SELF', entrypoint: 'get_public_key' };
  return { to: 'NOWHERE', entrypoint: 'transfer', amount: 1n };
};

const randomStrangerCall = (random: Random): InnerCall =>
  random.chance(60)
    ? {
        to: random.pick(TOKENS),
        entrypoint: random.pick(['transfer_from', 'transferFrom']),
        amount: random.pick(AMOUNTS),
      }
    : { to: 'SELF', entrypoint: random.pick(ADMIN), args: [1n] };

const randomOwner = (random: Random, account: AccountName): Command => ({
  kind: 'OWNER',
  account,
  actions: random.chance(40)
    ? renewal(random)
    : Array.from({ length: 1 + random.below(3) }, () => randomAction(random)),
  ...(random.chance(5) ? { fault: random.pick(['WRONG_KEY', 'BAD_S', 'THREE_FELTS'] as const) } : {}),
});

/** Gives a key back what edges and revokes took from it, or most of a sequence would be refusals. */
const renewal = (random: Random): OwnerAction[] => {
  const key = random.pick(KEYS);
  return [setPolicy(key, random.pick(TOKENS)), grant(key, random.pick([0, 2, 2, 2]))];
};

const randomAction = (random: Random): OwnerAction => {
  const [key, token] = [random.pick(KEYS), random.pick(TOKENS)];
  const roll = random.below(100);
  if (roll < 32) return { action: 'SET_POLICY', key, terms: randomTerms(random, token) };
  if (roll < 62) return randomGrant(random, key);
  if (roll < 70) return { action: 'REVOKE', key };
  if (roll < 77) return { action: 'REMOVE_POLICY', key, token };
  if (roll < 80) return { action: 'SET_MODE', mode: random.pick([0n, 1n, 2n, 3n]) };
  if (roll < 85) return { action: 'SET_OWNER', owner: random.pick(['FIRST', 'SECOND']) };
  if (roll < 89)
    return { action: 'UPGRADE', to: random.pick(['SETTING', 'SPEND', 'SETTING', 'SPEND', 'UNDECLARED']) };
  return { action: 'CALL', call: randomCall(random) };
};

const randomGrant = (random: Random, key: KeyName): OwnerAction => ({
  action: 'GRANT',
  key: random.chance(4) ? 'ZERO' : key,
  expires: random.chance(6)
    ? { at: 0n }
    : { inSeconds: random.pick([-5, 0, 1, 100, 4_000, 4_000, 20_000, 20_000, 20_000]) },
  maxCalls: random.pick([0n, 1n, 2n, 5n, 5n, 30n, 30n, 30n]),
  entrypoints: random.pick(LISTS),
});

const randomTerms = (random: Random, token: TokenName): PolicyTerms => ({
  token,
  perCall: random.pick([0n, 100n, 100n, 150n, 1n << 130n]),
  perWindow: random.chance(8) ? 0n : random.pick([100n, 250n, 250n, (1n << 256n) - 1n]),
  windowSeconds: random.chance(6) ? (1n << 64n) - 1n : random.pick([0n, 1n, 300n, 600n, 600n]),
});
