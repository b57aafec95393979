import { SELECTORS } from '#libs/account';
import { type ChainErrorCode, isChainError } from '#libs/chain';
import { type Address, type Felt, joinU256, U128_MAX } from '#libs/felt';
import { askNode, QuestionGate, type ServedNetwork } from '#libs/sessions';

const DEFAULT_DEADLINE_MS = 10_000;
const READS_AT_ONCE = 8;

/** One token, and who may draw it. */
export interface HoldingQuestion {
  readonly token: Address;
  readonly spenders: readonly Felt[];
}

/** What a token says of an account. Undefined: it does not say, which is never 0. */
export interface Holding {
  readonly balance: bigint | undefined;
  readonly allowances: ReadonlyMap<bigint, bigint | undefined>;
}

/** The token answered, and not with an amount. */
const NO_AMOUNT: readonly ChainErrorCode[] = ['CONTRACT_NOT_FOUND', 'ENTRYPOINT_NOT_FOUND', 'CONTRACT_ERROR'];

/** Reads balances and allowances from a node, at one block, pinned by its hash. */
export class TokenHoldingsReader {
  readonly #gate = new QuestionGate();
  readonly #deadlineMs: number;

  constructor(deadlineMs: number = DEFAULT_DEADLINE_MS) {
    this.#deadlineMs = deadlineMs;
  }

  /** By token. @throws PurserError NODE_UNAVAILABLE where the node does not answer at that block in time */
  read(
    { source }: ServedNetwork,
    account: Address,
    blockHash: Felt,
    questions: readonly HoldingQuestion[],
  ): Promise<ReadonlyMap<bigint, Holding>> {
    const signal = AbortSignal.timeout(this.#deadlineMs);
    const ask = (token: Address, name: 'balance_of' | 'balanceOf' | 'allowance', calldata: readonly Felt[]) =>
      source.call(token, SELECTORS[name], calldata, { blockHash }, { signal });
    const amount = async (answer: () => Promise<readonly Felt[]>): Promise<bigint | undefined> => {
      try {
        return amountFrom(await answer());
      } catch (error) {
        if (isChainError(error, ...NO_AMOUNT)) return undefined;
        throw error;
      }
    };
    const balance = (token: Address) =>
      amount(async () => {
        try {
          return await ask(token, 'balance_of', [account]);
        } catch (error) {
          if (isChainError(error, 'ENTRYPOINT_NOT_FOUND')) return await ask(token, 'balanceOf', [account]);
          throw error;
        }
      });
    const reads = questions.flatMap(({ token, spenders }) => [
      async () => ({ token, spender: undefined, value: await balance(token) }),
      ...spenders.map((spender) => async () => ({
        token,
        spender,
        value: await amount(() => ask(token, 'allowance', [account, spender])),
      })),
    ]);
    return this.#gate.run(() => askNode(async () => holdingsOf(questions, await inGroups(reads))));
  }
}

/** A u256, low half first. Anything else says nothing. */
const amountFrom = (felts: readonly Felt[]): bigint | undefined => {
  const [low, high, ...rest] = felts;
  if (low === undefined || high === undefined || rest.length > 0) return undefined;
  return low > U128_MAX || high > U128_MAX ? undefined : joinU256(low, high);
};

interface Read {
  readonly token: Address;
  readonly spender: Felt | undefined;
  readonly value: bigint | undefined;
}

const inGroups = async (reads: readonly (() => Promise<Read>)[]): Promise<readonly Read[]> => {
  const answers: Read[] = [];
  for (let at = 0; at < reads.length; at += READS_AT_ONCE) {
    answers.push(...(await Promise.all(reads.slice(at, at + READS_AT_ONCE).map((read) => read()))));
  }
  return answers;
};

const holdingsOf = (
  questions: readonly HoldingQuestion[],
  reads: readonly Read[],
): ReadonlyMap<bigint, Holding> =>
  new Map(
    questions.map(({ token }) => {
      const of = reads.filter((read) => read.token === token);
      const allowances = of.flatMap(({ spender, value }) =>
        spender === undefined ? [] : [[spender, value] as const],
      );
      const balance = of.find(({ spender }) => spender === undefined)?.value;
      return [token, { balance, allowances: new Map<bigint, bigint | undefined>(allowances) }];
    }),
  );
