import type { Db, NewRow, RequestScope } from '#libs/database';
import { type Address, feltToHex } from '#libs/felt';

/** An organisation of a spec, and what its principals see. */
export interface TestOrganisation {
  readonly id: number;
  /** Everything that it follows. */
  readonly scope: RequestScope;
  /** Follows the account, with a label, a team or a cost centre of its own. */
  follow(networkId: number, account: Address, row?: Partial<NewRow<'follows'>>): Promise<void>;
}

export const makeOrganisation = async (db: Db, name: string): Promise<TestOrganisation> => {
  const { organisation_id: id } = await db
    .insertInto('organisations')
    .values({ name })
    .returning('organisation_id')
    .executeTakeFirstOrThrow();
  return {
    id,
    scope: { organisationId: id },
    follow: async (networkId, account, row = {}) => {
      const follow = { organisation_id: id, network_id: networkId, account: feltToHex(account) };
      await db
        .insertInto('follows')
        .values({ label: null, team: null, cost_centre: null, source: 'ADDED', ...follow, ...row })
        .execute();
    },
  };
};
