import { requireDevnet } from './chain/devnet-binary.ts';
import startPostgres from './postgres.global-setup.ts';

/** Chain specs start a devnet each; that there is none is said once, before any of them. */
export default async (): Promise<void> => {
  requireDevnet();
  await startPostgres();
};
