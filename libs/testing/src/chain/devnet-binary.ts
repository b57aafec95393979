import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Recordings and masks are of this version. */
const DEVNET_VERSION = '0.10.1';

const NAME = 'starknet-devnet';

/**
 * Where starknet-devnet is: the PATH, then cargo's own folder.
 * @throws Error that says how to install it. A chain spec without a chain is a failure, never a skip.
 */
export const requireDevnet = (): string => {
  const found = candidates().find(isExecutable);
  if (found === undefined) throw new Error(`${NAME} is not installed.\n${HOW_TO_INSTALL}`);
  const version = versionOf(found);
  if (version !== DEVNET_VERSION) {
    throw new Error(
      `${found} is version ${version}, the chain specs need ${DEVNET_VERSION}.\n${HOW_TO_INSTALL}`,
    );
  }
  return found;
};

const HOW_TO_INSTALL = [
  'Install it with cargo (about 11 minutes on two cores), into a folder of the PATH or ~/.cargo/bin:',
  `  CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \\`,
  `    cargo install ${NAME} --version ${DEVNET_VERSION} --locked`,
].join('\n');

const candidates = (): string[] => {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), join(homedir(), '.cargo', 'bin')];
  return folders.filter((folder) => folder !== '').map((folder) => join(folder, NAME));
};

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const versionOf = (path: string): string => {
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 10_000 });
  return /\d+\.\d+\.\d+\S*/.exec(stdout)?.[0] ?? 'unknown';
};
