import type { Settings } from '#libs/config';
import { readServiceFile } from '../service/service-file.ts';

/** Where the running service answers: as told, else by the file it left in DATA_DIR, else by HOST and PORT. */
export const findService = async (url: string | undefined, settings: () => Settings): Promise<string> => {
  if (url !== undefined) return url.replace(/\/+$/, '').replace(/\/graphql$/, '');
  const { dataDir, host, port } = settings();
  const running = await readServiceFile(dataDir);
  return running?.url ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
};
