import { randomBytes } from 'node:crypto';
import { afterAll } from '@jest/globals';
import { asSuperuser } from './test-database.ts';
import type { TestDatabase } from './with-database.ts';

export interface Logins {
  /**
   * Makes a role that may log in, as somebody who runs a server of their own would.
   * @param clause of CREATE ROLE, such as `superuser`. Default: a member of the group of the API.
   * @returns its URL, for the database of the spec
   */
  create(clause?: string): Promise<string>;
}

/** Roles of the spec's own, gone with it. Call behind withDatabase. */
export const withLogins = (database: TestDatabase): Logins => {
  const names: string[] = [];
  afterAll(async () => {
    // The database is gone by now, and with it all that was granted there.
    for (const name of names) await asSuperuser((sql) => sql.unsafe(`drop role ${name}`));
  });
  return {
    create: async (clause = 'in role purser_api') => {
      const name = `spec_${randomBytes(8).toString('hex')}`;
      const password = randomBytes(16).toString('hex');
      await database.tamper(`create role ${name} login password '${password}' ${clause}`);
      names.push(name);
      const url = new URL(database.url);
      Object.assign(url, { username: name, password });
      return url.href;
    },
  };
};
