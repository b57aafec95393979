import { demoKeyOf } from '#libs/access';
import { localAuthority, type Settings } from '#libs/config';
import { readServiceFile } from '../service/service-file.ts';

/** A running service, and with which key it is asked. */
export interface ServicePlace {
  readonly url: string;
  readonly key: string | undefined;
}

export interface PlaceOptions {
  readonly url?: string;
  readonly key?: string;
}

/**
 * Where the running service answers: as told, else by the file it left in DATA_DIR, else by HOST and PORT. The key is the one that was
 * given, else PURSER_KEY, else of a sandbox that runs here its own.
 */
export const findService = async (options: PlaceOptions, settings: () => Settings): Promise<ServicePlace> => {
  const { dataDir, host, port, key: ownKey } = settings();
  const running = await readServiceFile(dataDir);
  const local = running?.url ?? `http://${localAuthority(host, port)}`;
  const url = options.url?.replace(/\/+$/, '').replace(/\/graphql$/, '') ?? local;
  const isSandbox = running?.sandbox === true && running.url === url;
  return { url, key: options.key ?? ownKey ?? (isSandbox ? demoKeyOf('ADMIN').text : undefined) };
};
