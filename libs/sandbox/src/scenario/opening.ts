import { feltToHex } from '#libs/felt';
import type { Call } from '#libs/account';
import { SandboxError } from '../sandbox.error.ts';
import {
  deployForwarderCall,
  deployTokenCall,
  forwardCall,
  grantCalls,
  signatureModeCall,
  transferCall,
  WINDOW_SECONDS,
} from './calls.ts';
import type { CastAccount, CastSession } from './cast.ts';
import type { Stage } from './stage.ts';

/** One thing that happened, in words for people who watch. */
export interface ScenarioStep {
  readonly title: string;
  readonly transactionHash: string;
  readonly outcome: 'SUCCEEDED' | 'REVERTED';
}

const UNIT = 1_000_000n;
const VALID_DAYS = 30n;
const FUNDS = 10n ** 21n;
/** How many calls a session has left that runs low. */
const LOW_CALLS = 4n;
const SHOP = 0x5409n;

/** Sets the stage: contracts, accounts, grants and the first uses. To be played once on a chain. */
export async function* playOpening(stage: Stage, forwarderClassHash: bigint): AsyncGenerator<ScenarioStep> {
  yield* deployContracts(stage, forwarderClassHash);
  for (const account of stage.cast.accounts) yield* openAccount(stage, account);
  yield* firstUses(stage);
}

async function* deployContracts(stage: Stage, forwarderClassHash: bigint): AsyncGenerator<ScenarioStep> {
  const calls = [
    ...stage.cast.tokens.map((token) => deployTokenCall(stage.cast, token)),
    deployForwarderCall(forwarderClassHash),
  ];
  yield await asDeployer(stage, 'two tokens and a forwarder are deployed', calls);
}

async function* openAccount(stage: Stage, account: CastAccount): AsyncGenerator<ScenarioStep> {
  await fund(stage, account);
  yield await stepOf(
    stage,
    `account "${account.label}" is deployed`,
    await stage.wallet.deployAccount(account),
  );
  const fills = stage.cast.tokens.map((token) => transferCall(token, account.address, 100_000n * UNIT));
  yield await asDeployer(stage, `account "${account.label}" receives tokens`, fills);
  if (account.signatureMode === 'V2') {
    yield await asOwner(stage, account, 'the owner sets signature mode 2', [signatureModeCall(account)]);
  }
  const validUntil = (await stage.nowSeconds()) + VALID_DAYS * WINDOW_SECONDS;
  for (const session of account.sessions) {
    const calls = grantCalls(stage.cast, account, session, validUntil);
    yield await asOwner(stage, account, `the owner grants "${session.label}"`, calls);
  }
}

/** STRK for fees. */
export const fund = async (stage: Stage, account: CastAccount): Promise<void> => {
  await stage.rpc.request('devnet_mint', { address: feltToHex(account.address), amount: Number(FUNDS) });
};

async function* firstUses(stage: Stage): AsyncGenerator<ScenarioStep> {
  const payroll = stage.account('payroll');
  const desk = stage.account('trading desk');
  const salaries = stage.session(payroll, 'salaries');
  const refunds = stage.session(payroll, 'refunds');
  const maker = stage.session(desk, 'market maker');
  const [usd, eur] = [stage.token(0), stage.token(1)];
  yield await asSession(stage, payroll, salaries, '"salaries" pays 120', [
    transferCall(usd, SHOP, 120n * UNIT),
  ]);
  yield await asSession(stage, payroll, salaries, '"salaries" pays twice in one call', [
    transferCall(usd, SHOP, 80n * UNIT),
    transferCall(usd, SHOP + 1n, 95n * UNIT),
  ]);
  yield await asSession(
    stage,
    payroll,
    salaries,
    '"salaries" tries 900, above its limit per call: reverts, call burnt',
    [transferCall(usd, SHOP, 900n * UNIT)],
  );
  yield await asSession(stage, desk, maker, '"market maker" buys', [transferCall(usd, SHOP, 60n * UNIT)]);
  yield await sponsored(stage, desk, maker, '"market maker" spends, a sponsor pays the fee', [
    transferCall(usd, SHOP, 40n * UNIT),
  ]);
  while ((await stage.remainingCalls(payroll, refunds)) > LOW_CALLS) {
    yield await asSession(stage, payroll, refunds, '"refunds" pays 7', [transferCall(eur, SHOP, 7n * UNIT)]);
  }
}

export const asDeployer = async (
  stage: Stage,
  title: string,
  calls: readonly Call[],
): Promise<ScenarioStep> => stepOf(stage, title, await stage.wallet.sendAsOwner(stage.cast.deployer, calls));

export const asOwner = async (
  stage: Stage,
  account: CastAccount,
  title: string,
  calls: readonly Call[],
): Promise<ScenarioStep> => {
  const owner = { address: account.address, privateKey: account.ownerPrivateKey };
  return stepOf(stage, title, await stage.wallet.sendAsOwner(owner, calls));
};

export const asSession = async (
  stage: Stage,
  account: CastAccount,
  session: CastSession,
  title: string,
  calls: readonly Call[],
): Promise<ScenarioStep> => {
  const validUntil = await stage.validUntilSeconds(account, session);
  if (validUntil === 0n) throw new SandboxError('SCENARIO_FAILED', `"${session.label}" was not granted`);
  return stepOf(stage, title, await stage.wallet.sendAsSession(account, session, calls, validUntil));
};

/** The session key signs an outside execution; the deployer sends it through the forwarder and pays. */
export const sponsored = async (
  stage: Stage,
  account: CastAccount,
  session: CastSession,
  title: string,
  calls: readonly Call[],
): Promise<ScenarioStep> => {
  const now = await stage.nowSeconds();
  const validUntil = await stage.validUntilSeconds(account, session);
  const blockNumber = await stage.rpc.request('starknet_blockNumber', {});
  const execution = {
    calls,
    nonce: BigInt(Number(blockNumber)),
    afterSeconds: now - WINDOW_SECONDS,
    beforeSeconds: now + WINDOW_SECONDS,
  };
  const inner = stage.wallet.sponsoredCall(account, session, execution, validUntil);
  return asDeployer(stage, title, [forwardCall(stage.cast, inner)]);
};

const stepOf = async (stage: Stage, title: string, transactionHash: string): Promise<ScenarioStep> => ({
  title,
  transactionHash,
  outcome: await stage.statusOf(transactionHash),
});
