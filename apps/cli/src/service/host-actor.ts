import { hostname, userInfo } from 'node:os';
import { type Actor, actFor, type KeyWork } from '#libs/access';
import { type Db, inTransaction } from '#libs/database';

/** Changes something of an organisation on the host, as the owner of the database; the audit log of the organisation says so. */
export const asHost = <T>(db: Db, organisationId: number, work: (work: KeyWork) => Promise<T>): Promise<T> =>
  inTransaction(db, async (trx) => {
    await actFor(trx, organisationId);
    return await work({ trx, organisationId, actor: hostActor() });
  });

const hostActor = (): Actor => {
  const user = userName();
  return { kind: 'HOST', id: user, name: `${user}@${hostname()}` };
};

/** In a container the user may have a number and no name. */
const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return `uid ${String(process.getuid?.() ?? 'unknown')}`;
  }
};
