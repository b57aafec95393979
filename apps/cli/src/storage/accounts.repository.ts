import { type AccountWish, DEFAULT_ORGANISATION, followAccounts, requireOrganisation } from '#libs/access';
import type { Db } from '#libs/database';
import { feltToHex } from '#libs/felt';
import { asHost } from '../service/host-actor.ts';
import { requireNetwork } from './require-network.ts';

export interface ListedAccount {
  readonly network: string;
  readonly chainId: string;
  readonly address: string;
  /** What the organisation calls it. */
  readonly label: string | null;
  readonly team: string | null;
  readonly costCentre: string | null;
  readonly status: string;
  readonly source: string;
  readonly followedFromBlock: number | null;
  readonly reasonCode: string | null;
  /** How many organisations follow it. The index goes on with one that none does. */
  readonly followers: number;
}

export interface AccountsOf {
  readonly organisation?: string;
  readonly network?: string;
}

/** Lets an organisation follow an account, with its texts. @returns how it stands now. */
export const addAccount = async (db: Db, wish: AccountWish, of: AccountsOf): Promise<ListedAccount> => {
  const { networkId } = await requireNetwork(db, of.network);
  const { organisationId } = await requireOrganisation(db, of.organisation ?? DEFAULT_ORGANISATION);
  await asHost(db, organisationId, (work) => followAccounts(work, networkId, [wish], 'ADDED'));
  return await rowsOf(db, organisationId)
    .where('account.network_id', '=', networkId)
    .where('account.address', '=', feltToHex(wish.account))
    .executeTakeFirstOrThrow();
};

/** Of an organisation those that it follows; of none all of the index, with what the first one calls them. */
export const listAccounts = async (
  db: Db,
  { organisation, network }: AccountsOf,
): Promise<ListedAccount[]> => {
  const { organisationId } = await requireOrganisation(db, organisation ?? DEFAULT_ORGANISATION);
  const networkId = network === undefined ? undefined : (await requireNetwork(db, network)).networkId;
  return await rowsOf(db, organisationId)
    .$if(organisation !== undefined, (query) => query.where('follow.account', 'is not', null))
    .$if(networkId !== undefined, (query) => query.where('account.network_id', '=', networkId ?? 0))
    .orderBy('account.network_id')
    .orderBy('account.address')
    .execute();
};

const rowsOf = (db: Db, organisationId: number) =>
  db
    .selectFrom('accounts as account')
    .innerJoin('networks as network', 'network.network_id', 'account.network_id')
    .leftJoin('follows as follow', (join) =>
      join
        .onRef('follow.network_id', '=', 'account.network_id')
        .onRef('follow.account', '=', 'account.address')
        .on('follow.organisation_id', '=', organisationId),
    )
    .select([
      'network.label as network',
      'network.chain_id as chainId',
      'account.address',
      'follow.label',
      'follow.team',
      'follow.cost_centre as costCentre',
      'account.status',
      'account.source',
      'account.followed_from_block as followedFromBlock',
      'account.reason_code as reasonCode',
    ])
    .select((eb) =>
      eb
        .selectFrom('follows as every')
        .select((of) => of.cast<number>(of.fn.countAll(), 'integer').as('followers'))
        .whereRef('every.network_id', '=', 'account.network_id')
        .whereRef('every.account', '=', 'account.address')
        .$asScalar()
        .$notNull()
        .as('followers'),
    );
