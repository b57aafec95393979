import type { ClassHash } from '#libs/felt';
import type { ClassProfile } from './class-profile.ts';
import { parseProfiles } from './parse-profiles.ts';
import shipped from './shipped-profiles.json' with { type: 'json' };

/** Rules by class hash. */
export interface ProfileRegistry {
  /** The profile of a class, or nothing: then every rule of it is unverified. */
  readonly find: (classHash: ClassHash) => ClassProfile | undefined;
  readonly list: () => readonly ClassProfile[];
}

/** The profiles that come with Purser: only what evidence shows. */
export const SHIPPED_PROFILES: readonly ClassProfile[] = parseProfiles(shipped);

/**
 * Puts the operator's profiles over the shipped ones, rule by rule: what the operator states wins, what it leaves
 * out stays as shipped.
 */
export const createProfileRegistry = (operatorProfiles: readonly ClassProfile[] = []): ProfileRegistry => {
  const byHash = new Map<bigint, ClassProfile>();
  for (const profile of [...SHIPPED_PROFILES, ...operatorProfiles]) {
    byHash.set(profile.classHash, { ...byHash.get(profile.classHash), ...profile });
  }
  const profiles = [...byHash.values()];
  return { find: (classHash) => byHash.get(classHash), list: () => profiles };
};
