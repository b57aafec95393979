import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';

export interface Compilers {
  /** Cairo source to Sierra. */
  readonly cairo: string;
  /** Sierra to CASM. */
  readonly sierra: string;
}

interface CompilerPackage {
  readonly version: string;
  readonly program: string;
  readonly sha256: string;
}

/** Cairo 2.1.0: the last release on the package index whose standard library is complete. */
const CAIRO: CompilerPackage = {
  version: '0.12.3',
  program: 'starknet-compile',
  sha256: '1cd9a054a068aa6a4152280888c2e54fce8541671fde6dea6a17caf96f320e9f',
};

/** 2.12: current networks check the CASM they are given against their own, newer compiler. */
const SIERRA: CompilerPackage = {
  version: '0.14.0.1',
  program: 'starknet-sierra-compile',
  sha256: '71c391de9e15b4136ad1d9cd9468bce1c77ce0c8880e6947df826cd29ec5238a',
};

const PATH_IN_PACKAGE = 'starkware/starknet/compiler/v1/sierra-compiler-major-1';

/** Gives the two compilers, downloading them once into the cache directory. */
export async function ensureCompilers(cacheDir = defaultCacheDir()): Promise<Compilers> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `the Cairo compilers are programs for linux-x64 and this is ${process.platform}-${process.arch}: ` +
        'build the contracts there (contracts/artifacts/ is in the repository, so nothing else needs this)',
    );
  }
  await mkdir(cacheDir, { recursive: true });
  return { cairo: await ensure(CAIRO, cacheDir), sierra: await ensure(SIERRA, cacheDir) };
}

function defaultCacheDir(): string {
  return join(process.env.PURSER_CACHE ?? join(homedir(), '.cache', 'purser'), 'cairo');
}

async function ensure(wanted: CompilerPackage, cacheDir: string): Promise<string> {
  const home = join(cacheDir, `cairo-lang-${wanted.version}`);
  const program = join(home, 'bin', wanted.program);
  if (await exists(program)) return program;

  const work = await mkdtemp(join(cacheDir, 'download-'));
  try {
    const unpacked = await download(wanted, work);
    await verify(join(unpacked, 'bin', wanted.program), wanted);
    await publish(unpacked, home);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return program;
}

async function download(wanted: CompilerPackage, work: string): Promise<string> {
  const requirement = `cairo-lang==${wanted.version}`;
  const help = `the Cairo compiler is fetched by \`python3 -m pip download --no-deps ${requirement}\``;
  await runProgram(
    'python3',
    ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', work, requirement],
    help,
  );

  const archive = (await readdir(work)).find((name) => /\.(zip|whl|tar\.gz)$/.test(name));
  if (archive === undefined) throw new Error(`${help}, and it left no .zip, .whl or .tar.gz`);
  // pip leaves an archive; Python is here already, so it also unpacks.
  const unpacker = archive.endsWith('.tar.gz') ? 'tarfile' : 'zipfile';
  const target = join(work, 'unpacked');
  await runProgram('python3', ['-m', unpacker, '-e', join(work, archive), target], help);

  const roots = [target, ...(await readdir(target)).map((name) => join(target, name))];
  for (const root of roots) {
    if (await exists(join(root, PATH_IN_PACKAGE))) return join(root, PATH_IN_PACKAGE);
  }
  throw new Error(`${archive} has no ${PATH_IN_PACKAGE}`);
}

async function verify(program: string, wanted: CompilerPackage): Promise<void> {
  const found = createHash('sha256')
    .update(await readFile(program))
    .digest('hex');
  if (found !== wanted.sha256) {
    throw new Error(
      `${wanted.program} of cairo-lang ${wanted.version} has sha256 ${found}, expected ${wanted.sha256}`,
    );
  }
  await chmod(program, 0o755);
}

/** A rename is atomic, so two builds at once are safe: the second finds the first one's directory. */
async function publish(unpacked: string, home: string): Promise<void> {
  try {
    await rename(unpacked, home);
  } catch (error) {
    if (!(await exists(home))) throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
