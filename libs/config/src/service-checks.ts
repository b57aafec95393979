import type { ConfigFault } from './config.error.ts';
import { isLoopback } from './loopback.ts';
import type { Role } from './settings.ts';

/** What the parts of the service that run in this process lack. A command on the host needs none of it. */
export const serviceFaults = (
  present: ReadonlySet<string>,
  roles: readonly Role[],
  host: string,
): readonly ConfigFault[] => {
  const answers = roles.includes('api');
  const writes = roles.some((role) => role !== 'api');
  const hasWriter = present.has('DATABASE_URL') || present.has('INDEXER_DATABASE_URL');
  const hasApi = present.has('API_DATABASE_URL');
  const isReachable = answers && !isLoopback(host);
  const rules: readonly (readonly [boolean, string, string])[] = [
    [
      answers && hasWriter && !hasApi,
      'API_DATABASE_URL',
      'needed beside DATABASE_URL: what answers must not own what it reads. purser database roles prints how to make its role',
    ],
    [
      writes && hasApi && !hasWriter,
      'INDEXER_DATABASE_URL',
      'needed beside API_DATABASE_URL where PURSER_ROLES has more than api; DATABASE_URL does too',
    ],
    [
      answers && (hasWriter || hasApi) && !present.has('KEY_PEPPER'),
      'KEY_PEPPER',
      'needed beside API_DATABASE_URL: openssl rand -base64 32 makes one, and every process that answers has the same',
    ],
    [
      isReachable && !present.has('PUBLIC_URL'),
      'PUBLIC_URL',
      'needed where HOST is not loopback: other names are not answered, and sign-ins are bound to it',
    ],
    [
      isReachable && !hasWriter && !hasApi && !present.has('KEY_PEPPER'),
      'KEY_PEPPER',
      'needed where HOST is not loopback: openssl rand -base64 32 makes one',
    ],
  ];
  return rules.filter(([broken]) => broken).map(([, key, message]) => ({ key, message }));
};
