import { hostname, userInfo } from 'node:os';
import { type Actor, type OrganisationWork, workForOrganisation } from '#libs/access';
import type { Db } from '#libs/database';

/** Who runs a command on the host. */
export const hostActor = (): Actor => {
  const user = userName();
  return { kind: 'HOST', id: user, name: `${user}@${hostname()}` };
};

/** On the host, as the owner of the database; the audit log of the organisation says so. */
export const asHost = <T>(
  db: Db,
  organisationId: number,
  work: (work: OrganisationWork) => Promise<T>,
): Promise<T> => workForOrganisation(db, organisationId, hostActor(), work);

/** In a container the user may have a number and no name. */
const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return `uid ${String(process.getuid?.() ?? 'unknown')}`;
  }
};
