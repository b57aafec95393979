import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseFelt } from '#libs/felt';
import { createErc20 } from '../contracts/erc20.ts';
import { SETTING_ANCHORED, SPEND_ANCHORED } from '../contracts/family-rules.ts';
import { createForwarder } from '../contracts/forwarder.ts';
import { createSessionAccount } from '../contracts/session-account/session-account.ts';
import type { NativeContract } from '../execution/native-contract.ts';
import { SandboxError } from '../sandbox.error.ts';
import type { ClassArtifact, EntryPointArtifact, SandboxClass } from './class-registry.ts';

/** Names of the classes in contracts/artifacts. */
export type TestClassName =
  | 'session_account_setting'
  | 'session_account_spend'
  | 'forwarder'
  | 'token_keyed'
  | 'token_legacy';

const TOKEN_RULES = { refusesZero: false, announcesSpending: false } as const;

const IMPLEMENTATIONS: Readonly<Record<TestClassName, () => NativeContract>> = {
  session_account_setting: () => createSessionAccount(SETTING_ANCHORED),
  session_account_spend: () => createSessionAccount(SPEND_ANCHORED),
  forwarder: createForwarder,
  token_keyed: () => createErc20({ ...TOKEN_RULES, layout: 'KEYED' }),
  token_legacy: () => createErc20({ ...TOKEN_RULES, layout: 'LEGACY' }),
};

export const isTestClassName = (name: string): name is TestClassName => Object.hasOwn(IMPLEMENTATIONS, name);

/** A test class under any hash, for specs that need classes of their own. */
export const createTestClass = (
  name: TestClassName,
  hashes: { readonly classHash: bigint; readonly compiledClassHash: bigint },
  loadArtifact: () => ClassArtifact,
): SandboxClass => ({ name, ...hashes, contract: IMPLEMENTATIONS[name](), loadArtifact });

/**
 * The classes that `npm run contracts:build` wrote, by the hashes in `classes.json`.
 * @throws SandboxError CLASSES_INVALID where the file is not what the build writes.
 */
export const loadArtifactClasses = (directory: string): SandboxClass[] => {
  const listed: unknown = readJson(join(directory, 'classes.json'));
  if (typeof listed !== 'object' || listed === null) throw invalid('classes.json is not an object');
  return Object.entries(listed).flatMap(([name, entry]: [string, unknown]) =>
    isTestClassName(name)
      ? [
          createTestClass(name, hashesOf(name, entry), () =>
            readArtifact(join(directory, `${name}.sierra.json`)),
          ),
        ]
      : [],
  );
};

const hashesOf = (name: string, entry: unknown): { classHash: bigint; compiledClassHash: bigint } => {
  if (typeof entry !== 'object' || entry === null) throw invalid(`${name} is not an object`);
  const { classHash, compiledClassHash } = entry as Record<string, unknown>;
  return { classHash: parseFelt(classHash), compiledClassHash: parseFelt(compiledClassHash) };
};

const readArtifact = (path: string): ClassArtifact => {
  const raw = readJson(path) as {
    sierra_program: string[];
    contract_class_version: string;
    entry_points_by_type: Record<string, EntryPointArtifact[]>;
    abi: unknown;
  };
  return {
    sierra_program: raw.sierra_program,
    contract_class_version: raw.contract_class_version,
    entry_points_by_type: raw.entry_points_by_type,
    abi: typeof raw.abi === 'string' ? raw.abi : JSON.stringify(raw.abi),
  };
};

const readJson = (path: string): unknown => {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch (cause) {
    throw new SandboxError('CLASSES_INVALID', 'a class artefact cannot be read', { cause });
  }
};

const invalid = (reason: string): SandboxError => new SandboxError('CLASSES_INVALID', reason);
