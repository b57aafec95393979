import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { demoKeyOf } from '#libs/access';
import { SELECTORS } from '#libs/account';
import { type Address, feltToHex, parseAddress, type SessionKey } from '#libs/felt';
import { STRK_ADDRESS } from '#libs/sandbox';
import { isAuthentic } from '#libs/webhooks';
import { CliError } from '../cli.error.ts';
import type { ServicePlace } from '../client/find-service.ts';
import { formatTable } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';
import type { Cleanup } from '../service/cleanup.ts';
import { createDemoWorld, type DemoWorld } from './demo-world.ts';
import { countFacts, type SessionAnswer, sessionAtBlock } from './questions.ts';
import type { ReceivedPost } from './receiver.ts';
import type { Payment } from './session.process.ts';
import type { Sent } from './signer-node.ts';

const STRK = 10n ** 18n;
const TOKEN = parseAddress(feltToHex(STRK_ADDRESS));
const MAX_CALLS = 8n;
const THRESHOLD = 5;
const SESSION_SECONDS = 6n * 3_600n;
/** How long a second delivery, which must not come, is waited for. */
const QUIET_MS = 1_500;

interface Subject {
  readonly account: Address;
  readonly sessionKey: SessionKey;
  readonly validUntilSeconds: bigint;
}

/**
 * Start, grant, spend, index, answer, alert: each step shown and checked.
 * @throws CliError DEMO_FAILED at the first step that is not as it should be.
 */
export const runDemo = async (terminal: Terminal, cleanup: Cleanup): Promise<void> => {
  const startedMs = performance.now();
  try {
    terminal.out('[1/6] Start: embedded PostgreSQL, a sandbox chain, the service, a receiver for alerts');
    const world = await createDemoWorld(cleanup);
    showWorld(world, terminal);
    const subject = await grant(world, terminal);
    await spend(world, subject, terminal);
    await showFacts(world, subject, terminal);
    await expectOneAlert(world, subject, terminal);
    terminal.out(`\nAll steps verified in ${((performance.now() - startedMs) / 1000).toFixed(1)} s.`);
  } finally {
    await cleanup.run();
  }
};

const check = (isTrue: boolean, expected: string): void => {
  if (!isTrue) throw new CliError('DEMO_FAILED', `not as expected: ${expected}`, { exitCode: 1 });
};

const showWorld = ({ serviceUrl, rpcUrl, owner, session, relayer }: DemoWorld, terminal: Terminal): void => {
  terminal.out(`      GraphQL ${serviceUrl}/graphql, JSON-RPC ${rpcUrl}`);
  terminal.out(
    `      service in process ${process.pid}; owner ${owner.pid}, session ${session.pid}, relayer ${relayer.pid} in their own`,
  );
};

const grant = async (world: DemoWorld, terminal: Terminal): Promise<Subject> => {
  const { owner, session, rpcUrl, classHash } = world;
  terminal.out('\n[2/6] Grant: the owner, in a process of its own, signs the policy and then the key');
  const { account } = await owner.ask('deploy', { rpcUrl, classHash, funds: 20n * STRK });
  const sessionKey = await session.ask('publicKey', null);
  const validUntilSeconds = BigInt(Math.floor(Date.now() / 1000)) + SESSION_SECONDS;
  const granted = await owner.ask('grant', {
    rpcUrl,
    account,
    sessionKey,
    validUntilSeconds,
    maxCalls: MAX_CALLS,
    allowedEntrypoints: [SELECTORS.transfer],
    token: TOKEN,
    maxPerCall: STRK,
    maxPerWindow: 3n * STRK,
    windowSeconds: SESSION_SECONDS,
  });
  check(!granted.reverted, `the grant succeeds (${granted.revertReason ?? ''})`);
  terminal.out(`      account ${feltToHex(account)}`);
  terminal.out(`      session ${feltToHex(sessionKey)}`);
  const subject = { account, sessionKey, validUntilSeconds };
  const data = await sessionAtBlock(asked(world), subject, granted.blockNumber);
  check(
    data.isActive && data.remainingCalls === Number(MAX_CALLS),
    `${MAX_CALLS} calls remain after the grant`,
  );
  check(data.validUntil === validUntilSeconds.toString(), 'the expiry is the granted one');
  check(
    data.entrypoints?.length === 1 && data.entrypoints[0]?.name === 'transfer',
    'only transfer is allowed',
  );
  showAnswer(terminal, 'granted', granted, data);
  return subject;
};

/** As the demo key of the sandbox. */
const asked = ({ serviceUrl }: DemoWorld): ServicePlace => ({
  url: serviceUrl,
  key: demoKeyOf('ADMIN').text,
});

interface Spend {
  readonly what: string;
  readonly amount: bigint;
  readonly sponsored?: boolean;
  readonly reverts?: boolean;
}

const SPENDS: readonly Spend[] = [
  { what: 'pays 0.5 STRK', amount: STRK / 2n },
  { what: 'tries 2 STRK, over its cap per call', amount: 2n * STRK, reverts: true },
  { what: 'pays 0.25 STRK, the relayer pays the fee', amount: STRK / 4n, sponsored: true },
  { what: 'pays 0.5 STRK', amount: STRK / 2n },
  { what: 'pays 0.1 STRK', amount: STRK / 10n },
];

const spend = async (world: DemoWorld, subject: Subject, terminal: Terminal): Promise<void> => {
  terminal.out('\n[3/6] Spend: the session signs; after each, getSessionData by GraphQL');
  let remaining = Number(MAX_CALLS);
  for (const step of SPENDS) {
    const sent = await send(world, subject, step);
    const reverts = step.reverts === true;
    check(
      sent.reverted === reverts,
      `"${step.what}" ${reverts ? 'reverts' : `succeeds (${sent.revertReason ?? ''})`}`,
    );
    const data = await sessionAtBlock(asked(world), subject, sent.blockNumber);
    remaining -= 1;
    check(
      data.remainingCalls === remaining,
      `${remaining} calls remain, the service says ${data.remainingCalls}`,
    );
    check(data.isActive, 'the key is active');
    showAnswer(terminal, step.what, sent, data);
  }
};

const send = async (world: DemoWorld, subject: Subject, { amount, sponsored }: Spend): Promise<Sent> => {
  const { rpcUrl, session, relayer } = world;
  const { account, validUntilSeconds } = subject;
  const payment: Payment = { rpcUrl, account, token: TOKEN, amount, validUntilSeconds };
  if (sponsored !== true) return session.ask('pay', payment);
  const signed = await session.ask('signSponsored', payment);
  return relayer.ask('relay', { rpcUrl, account, signed });
};

const showAnswer = (terminal: Terminal, what: string, sent: Sent, data: SessionAnswer): void => {
  const outcome = sent.reverted ? 'REVERTED' : 'ok';
  terminal.out(`      ${what}: ${outcome} in block ${sent.blockNumber}`);
  terminal.out(
    `        -> isActive ${data.isActive}, remainingCalls ${data.remainingCalls}, validUntil ${data.validUntil}, as of block ${data.asOf.blockNumber} (${data.source})`,
  );
};

const showFacts = async (world: DemoWorld, { account }: Subject, terminal: Terminal): Promise<void> => {
  terminal.out('\n[4/6] Facts: what the event store in PostgreSQL holds about the account');
  const { indexer } = world.service.database;
  if (indexer === undefined) throw new Error('the demo indexes');
  const facts = await countFacts(indexer.connection.db, account);
  terminal.out(indented(formatTable(['kind', 'count'], Object.entries(facts))));
  check(facts['SessionKeyAdded'] === 1, 'one SessionKeyAdded');
  check(facts['SpendingPolicySet'] === 1, 'one SpendingPolicySet');
  const uses = facts['SessionStateChanged'] ?? 0;
  check(uses >= SPENDS.length, `each of the ${SPENDS.length} uses left its fact, the reverted one too`);
};

const alertShape = z.object({
  type: z.string(),
  data: z.looseObject({ sessionKey: z.string(), remainingCalls: z.string() }),
});

const expectOneAlert = async (world: DemoWorld, subject: Subject, terminal: Terminal): Promise<void> => {
  const { receiver, secret } = world;
  terminal.out(`\n[5/6] Alert: fewer than ${THRESHOLD} calls remain, so the receiver is told`);
  for (let waitedMs = 0; receiver.received.length === 0 && waitedMs < 15_000; waitedMs += 50) await delay(50);
  const [post] = receiver.received;
  if (post === undefined) throw new CliError('DEMO_FAILED', 'no alert came in 15 s', { exitCode: 1 });
  const { type, data } = alertShape.parse(JSON.parse(post.body));
  terminal.out(`      ${post.headers['webhook-id'] ?? ''}: ${post.body}`);
  check(type === 'session.calls_low', 'the alert is session.calls_low');
  check(data.sessionKey === feltToHex(subject.sessionKey), 'the alert names the key');
  check(data.remainingCalls === String(THRESHOLD - 1), `it was sent when ${THRESHOLD - 1} calls remained`);
  checkSignature(secret, post);
  terminal.out('      its HMAC is right, and a copy with one byte changed is refused');
  terminal.out('\n[6/6] Exactly once: the spend after the alert sends no second one');
  await delay(QUIET_MS);
  check(receiver.received.length === 1, `one POST, ${receiver.received.length} came`);
  terminal.out(`      ${receiver.received.length} POST received in all`);
};

const checkSignature = (secret: string, post: ReceivedPost): void => {
  const now = Math.floor(Date.now() / 1000);
  check(isAuthentic(secret, post, now), 'the signature of the alert is right');
  check(!isAuthentic(secret, { ...post, body: `${post.body} ` }, now), 'an altered copy is refused');
};

const indented = (text: string): string =>
  text
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n');
