import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** PostgreSQL refuses to run as root; a uid without a passwd entry is refused too. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** The user to run the server as: `nobody` when we are root, otherwise ourselves (undefined). */
export const serverUser = async (): Promise<ServerUser | undefined> => {
  if (process.getuid?.() !== 0) return undefined;
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const [, , uid, gid] =
    passwd
      .split('\n')
      .map((line) => line.split(':'))
      .find(([name]) => name === 'nobody') ?? [];
  return { uid: Number(uid ?? 65_534), gid: Number(gid ?? 65_534) };
};

/** Whether the user may enter the folder and all above it. */
export const canEnter = async (folder: string, user: ServerUser): Promise<boolean> => {
  for (let current = await realpath(folder); ; current = dirname(current)) {
    const { uid, gid, mode } = await stat(current);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (current === dirname(current)) return true;
  }
};
