import { readFile } from 'node:fs/promises';
import { AccountError, createProfileRegistry, parseProfiles, type ProfileRegistry } from '#libs/account';
import { CliError } from '../cli.error.ts';
import { EXIT } from '../exit-codes.ts';

/** The shipped class profiles with the operator's own over them. @throws CliError CLASS_PROFILES_INVALID */
export const loadProfiles = async (path: string | undefined): Promise<ProfileRegistry> => {
  if (path === undefined) return createProfileRegistry();
  try {
    return createProfileRegistry(parseProfiles(JSON.parse(await readFile(path, 'utf8'))));
  } catch (cause) {
    const faults = cause instanceof AccountError ? cause.faults : [messageOf(cause)];
    throw new CliError('CLASS_PROFILES_INVALID', `${path} (CLASS_PROFILES): ${faults.join('; ')}`, {
      cause,
      exitCode: EXIT.CONFIG,
    });
  }
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
