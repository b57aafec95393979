import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CompiledSierra, type CompiledSierraCasm, hash } from 'starknet';
import { ensureCompilers } from './compilers.ts';
import { runProgram } from './run-program.ts';

export interface CompileRequest {
  /** The whole Cairo text: one file, one contract. */
  readonly sourceText: string;
  /** Names the crate, and so the types in the ABI. */
  readonly fileName: string;
  /** Where the compilers are kept; PURSER_CACHE or the user's cache directory when absent. */
  readonly cacheDir?: string;
}

export interface CompiledContract {
  /** The contract class as `declare` takes it, without debug info. */
  readonly sierra: CompiledSierra;
  readonly casm: CompiledSierraCasm;
  readonly classHash: string;
  /** The Blake2s hash of the CASM, which networks ask for since Starknet 0.14.1. */
  readonly compiledClassHash: string;
}

/** Compiles one contract. Every call works in a directory of its own, so calls may run side by side. */
export async function compileContract(request: CompileRequest): Promise<CompiledContract> {
  const compilers = await ensureCompilers(request.cacheDir);
  const work = await mkdtemp(join(tmpdir(), 'purser-cairo-'));
  try {
    const source = join(work, request.fileName);
    const sierraPath = join(work, 'out.sierra.json');
    const casmPath = join(work, 'out.casm.json');
    await writeFile(source, request.sourceText);
    const failed = `${request.fileName} does not compile`;
    await runProgram(compilers.cairo, ['--single-file', source, sierraPath], failed);
    await runProgram(compilers.sierra, [sierraPath, casmPath], failed);
    return withHashes(await readSierra(sierraPath), await readJson<CompiledSierraCasm>(casmPath));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function withHashes(sierra: CompiledSierra, casm: CompiledSierraCasm): CompiledContract {
  return {
    sierra,
    casm,
    classHash: hash.computeContractClassHash(sierra),
    compiledClassHash: hash.computeCompiledClassHash(casm),
  };
}

/** Debug info is no part of a class, and its numbering would make harmless edits look like changes. */
async function readSierra(path: string): Promise<CompiledSierra> {
  const { sierra_program, contract_class_version, entry_points_by_type, abi } =
    await readJson<CompiledSierra>(path);
  return { sierra_program, contract_class_version, entry_points_by_type, abi };
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T;
}
