import { grantCalls, mintCall, transferCall, WINDOW_SECONDS } from './calls.ts';
import type { CastAccount, CastSession, CastToken } from './cast.ts';
import { asDeployer, asOwner, asSession, fund, type ScenarioStep, sponsored } from './opening.ts';
import type { Stage } from './stage.ts';

const UNIT = 1_000_000n;
const SHOP = 0x5409n;
const VALID_DAYS = 30n;
/** Below this the owner grants again, which starts the count and the budget anew. */
const CALLS_TO_GRANT_AGAIN = 3n;
/** More than is spent until the next grant. */
const REFILL = 10_000n;
/** Above the limit per call of "salaries". */
const TOO_MUCH = 300n;

/** A use of a session. */
interface Scene {
  readonly account: string;
  readonly session: string;
  readonly tokenIndex: number;
  readonly path: 'INVOKE' | 'SPONSORED';
  /** Whole tokens; absent: a small amount that changes. */
  readonly amount?: bigint;
}

const SALARY: Scene = { account: 'payroll', session: 'salaries', tokenIndex: 0, path: 'INVOKE' };
const TRADE: Scene = { account: 'trading desk', session: 'market maker', tokenIndex: 0, path: 'INVOKE' };
const SPONSORED: Scene = { ...TRADE, path: 'SPONSORED' };
const REFUSED: Scene = { ...SALARY, amount: TOO_MUCH };
const AGENT: Scene = {
  account: 'trading desk',
  session: 'agent without a budget',
  tokenIndex: 1,
  path: 'INVOKE',
};

/** One after the other, by the height of the chain: a resumed chain just goes on. */
const PROGRAMME: readonly Scene[] = [
  TRADE,
  SALARY,
  TRADE,
  AGENT,
  TRADE,
  REFUSED,
  SALARY,
  AGENT,
  TRADE,
  SPONSORED,
  SALARY,
  TRADE,
  SALARY,
];

export const playNextScene = async (stage: Stage): Promise<ScenarioStep> => {
  const height = Number(await stage.rpc.request('starknet_blockNumber', {}));
  const scene = PROGRAMME[height % PROGRAMME.length] ?? SALARY;
  const account = stage.account(scene.account);
  const session = stage.session(account, scene.session);
  const amount = (scene.amount ?? BigInt((height * 7) % 40) + 1n) * UNIT;
  if (await mustGrantAgain(stage, account, session, amount)) return grantAgain(stage, account, session);
  return play(stage, scene, { account, session, token: stage.token(scene.tokenIndex), amount });
};

const play = (
  stage: Stage,
  scene: Scene,
  use: { account: CastAccount; session: CastSession; token: CastToken; amount: bigint },
): Promise<ScenarioStep> => {
  const { account, session, token, amount } = use;
  const calls = [transferCall(token, SHOP, amount)];
  const title = `"${session.label}" spends ${amount / UNIT} ${token.symbol}`;
  return scene.path === 'SPONSORED'
    ? sponsored(stage, account, session, `${title}, sponsored`, calls)
    : asSession(stage, account, session, title, calls);
};

const mustGrantAgain = async (
  stage: Stage,
  account: CastAccount,
  session: CastSession,
  amount: bigint,
): Promise<boolean> => {
  if ((await stage.remainingBudget(account, session)) < amount) return true;
  if ((await stage.remainingCalls(account, session)) < CALLS_TO_GRANT_AGAIN) return true;
  const now = await stage.nowSeconds();
  return (await stage.validUntilSeconds(account, session)) <= now + WINDOW_SECONDS;
};

const grantAgain = async (
  stage: Stage,
  account: CastAccount,
  session: CastSession,
): Promise<ScenarioStep> => {
  await fund(stage, account);
  const mints = stage.cast.tokens.map((token) => mintCall(token, account.address, REFILL * UNIT));
  await asDeployer(stage, 'tokens are minted', mints);
  const validUntil = (await stage.nowSeconds()) + VALID_DAYS * WINDOW_SECONDS;
  const calls = grantCalls(stage.cast, account, session, validUntil);
  return asOwner(stage, account, `the owner grants "${session.label}" again`, calls);
};
