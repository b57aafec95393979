import { readFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { loadSettings } from '#libs/config';
import { type ClassHash, parseFelt, toClassHash } from '#libs/felt';
import { z } from 'zod';
import { createLogger } from '../../../server/src/http/create-logger.ts';
import type { Cleanup } from '../service/cleanup.ts';
import { packageRoot } from '../service/package-root.ts';
import { type Service, startService } from '../service/start-service.ts';
import { type Child, startChild } from './child-process.ts';
import type { OwnerCommands } from './owner.process.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import type { RelayerCommands } from './relayer.process.ts';
import type { SessionCommands } from './session.process.ts';

/** Everybody who takes part in the demo. */
export interface DemoWorld {
  readonly service: Service;
  readonly serviceUrl: string;
  readonly rpcUrl: string;
  readonly receiver: Receiver;
  readonly secret: string;
  readonly owner: Child<OwnerCommands>;
  readonly session: Child<SessionCommands>;
  readonly relayer: Child<RelayerCommands>;
  readonly classHash: ClassHash;
}

/** A service with everything of its own in a folder that is thrown away, a receiver, and three processes that sign. */
export const createDemoWorld = async (cleanup: Cleanup): Promise<DemoWorld> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'purser-demo-'));
  cleanup.defer('folder of the demo', () => rm(dataDir, { recursive: true, force: true }));
  // The PostgreSQL that root starts runs as somebody else, who has to get in.
  await chmod(dataDir, 0o755);
  const receiver = await startReceiver();
  cleanup.defer('receiver', () => receiver.close());
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const service = await startDemoService(dataDir, receiver, secret);
  cleanup.defer('service', () => service.stop());
  const { url, sandbox } = service;
  if (url === undefined || sandbox === undefined) throw new Error('the demo needs the API and the sandbox');
  const world = {
    owner: startChild<OwnerCommands>('owner'),
    session: startChild<SessionCommands>('session'),
    relayer: startChild<RelayerCommands>('relayer'),
  };
  for (const child of Object.values(world)) cleanup.defer('signing process', () => child.stop());
  const classHash = await sessionClassHash();
  return { service, serviceUrl: url, rpcUrl: sandbox.rpcUrl, receiver, secret, classHash, ...world };
};

const startDemoService = (dataDir: string, receiver: Receiver, secret: string): Promise<Service> => {
  const settings = loadSettings({
    DATA_DIR: dataDir,
    PORT: '0',
    SANDBOX: 'on',
    SANDBOX_RPC_PORT: '0',
    WEBHOOK_URL: receiver.url,
    WEBHOOK_SECRET: secret,
    LOW_CALLS_THRESHOLD: '5',
    POLL_INTERVAL_MS: '100',
  });
  const logger = createLogger('warn', pino.destination(2));
  return startService({ settings, logger, livingSandbox: false });
};

const classes = z.looseObject({ session_account_setting: z.object({ classHash: z.string() }).loose() });

const sessionClassHash = async (): Promise<ClassHash> => {
  const file = join(packageRoot(), 'contracts', 'artifacts', 'classes.json');
  const { session_account_setting } = classes.parse(JSON.parse(await readFile(file, 'utf8')));
  return toClassHash(parseFelt(session_account_setting.classHash));
};
