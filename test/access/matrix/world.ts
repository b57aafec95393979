import { encodeNodeId, type Role, ROLES } from '#libs/api';
import type { ScopedDb } from '#libs/database';
import { type Address, feltToHex, toAddress } from '#libs/felt';
import {
  createSandboxChain,
  followSandbox,
  type SandboxChain,
  type TestAccess,
  type TestDatabase,
} from '#libs/testing';
import type { CompiledQuery } from 'kysely';
import type { PurserServer } from '../../../apps/server/src/create-server.ts';
import type { ServerSettings } from '../../../apps/server/src/settings.ts';
import { addBelongings, alikeRows, NEVER_WERE, remarkOn, rowIdsOf } from './belongings.ts';
import { type Cost, GENESIS, startCounted } from './counted-server.ts';
import { liveAlike, type Life, openBank } from './lives.ts';
import type { Answer } from './post-to.ts';
import type { Things } from './things.ts';
import { troubleOf } from './trouble.ts';

/** Followed by the first organisation, and not read yet. */
const WAITING = toAddress(0xa11fan);
/** The place of the first use in its transaction, as uses are numbered. */
const FIRST_USE = '1000000';

/** In every name, label and key that the first organisation gave: nobody else may ever be told it. */
export const SECRET = 'alpha-only';

/** In what it gave to its account: keys of its own that are limited to other accounts may never be told it either. */
export const OF_ACCOUNT = `${SECRET} of-the-account`;

/** Who asks. */
export type Asker = 'NOBODY' | Role | 'STRANGER' | 'LIMITED_BY_ACCOUNT' | 'LIMITED_BY_LABEL';

export interface World {
  readonly database: TestDatabase;
  readonly access: TestAccess;
  readonly server: PurserServer;
  readonly networkId: number;
  /** Of the first organisation, of the stranger, and of an account that lived the same life and that nobody follows. */
  readonly theirs: Things;
  readonly own: Things;
  readonly unfollowed: Things;
  /** The first organisation, whose roles are the askers with a role, and the stranger. */
  readonly organisations: { readonly first: number; readonly stranger: number };
  /** Every statement sent for an answer since the list was emptied. */
  readonly statements: CompiledQuery[];
  /** How many operations the server has compiled. */
  compiled(): number;
  ask(asker: Asker, document: string): Promise<Answer & Cost>;
  /** What the first organisation follows, with a group, a rule, a key, a member and an export that are new. */
  freshThings(): Promise<Things>;
  /** Lets the stranger follow, or no longer follow, what the first organisation follows. */
  shareWithStranger(shared: boolean): Promise<void>;
  close(): Promise<void>;
}

export interface WorldOptions {
  /** In place of what the server asks the database with: where faults are planted. */
  readonly api?: (db: ScopedDb) => ScopedDb;
  /** Of the server, apart from those that let everything through. */
  readonly settings?: Partial<ServerSettings>;
  /** In place of what lets people in. */
  readonly access?: (access: TestAccess) => Pick<TestAccess, 'authenticate' | 'hasher'>;
}

/**
 * A chain, its index, two organisations and a server that answers as the API's role. The first organisation and the
 * stranger follow an account each; a third account has lived the very life of the first and is followed by nobody.
 */
export const openWorld = async (database: TestDatabase, options: WorldOptions = {}): Promise<World> => {
  const chain = createSandboxChain();
  const bank = openBank(chain);
  const [first, unfollowed] = liveAlike(bank, [0x11n, 0x22n], [0x777n, 0x888n]);
  const [own] = liveAlike(bank, [0x33n], [0x999n, 0xaaan]);
  if (first === undefined || unfollowed === undefined || own === undefined) throw new Error('three lives');
  const networkId = await indexed(database, chain, [first, own]);
  const organisations = await settle(database, networkId, first, own);
  const counted = await startCounted(database, options, { chain, networkId, account: first.account });
  const keys = await keysFor(counted.access, networkId, organisations, own);
  const ask: World['ask'] = (asker, document) => counted.post(keys[asker], document);
  const [a, b, c] = [first, own, unfollowed].map((life) => chainThingsOf(life, bank.token, chain));
  const things = await belongTo(ask, a!, b!, c!);
  counted.statements.length = 0;
  return {
    database,
    ...counted,
    ...things,
    networkId,
    organisations,
    ask,
    shareWithStranger: async (shared) => {
      const follow = {
        organisation_id: organisations.stranger,
        network_id: networkId,
        account: feltToHex(first.account),
      };
      if (shared) {
        const none = { label: null, team: null, cost_centre: null, source: 'ADDED' as const };
        await database.db
          .insertInto('follows')
          .values({ ...follow, ...none })
          .execute();
      } else
        await database.sql`delete from follows where organisation_id = ${follow.organisation_id} and account = ${follow.account}`;
    },
  };
};

type ChainThings = Omit<Things, keyof typeof NEVER_WERE | 'debitId' | 'movementId'>;

/** What the two organisations add, and what nobody does. */
const belongTo = async (
  ask: World['ask'],
  first: ChainThings,
  own: ChainThings,
  unfollowed: ChainThings,
): Promise<Pick<World, 'theirs' | 'own' | 'unfollowed' | 'freshThings'>> => {
  const asAdmin = (document: string) => ask('ADMIN', document);
  const rows = await rowIdsOf(asAdmin, first);
  let number = 0;
  const freshThings = async (): Promise<Things> => {
    number += 1;
    const things = { ...first, ...rows, ...(await addBelongings(asAdmin, { text: OF_ACCOUNT, number })) };
    await remarkOn(asAdmin, things, OF_ACCOUNT);
    return things;
  };
  const strangers = await addBelongings((document) => ask('STRANGER', document), { text: 'beta', number });
  return {
    freshThings,
    theirs: await freshThings(),
    own: { ...own, ...alikeRows(rows, first, own), ...strangers },
    unfollowed: { ...unfollowed, ...alikeRows(rows, first, unfollowed), ...NEVER_WERE },
  };
};

const chainThingsOf = (life: Life, coin: Address, { chainId, request }: SandboxChain): ChainThings => {
  const [account, sessionKey] = [feltToHex(life.account), feltToHex(life.sessionKey)];
  const [token, transactionHash] = [feltToHex(coin), feltToHex(life.transactionHash)];
  const idOf = (kind: string, ...parts: string[]) =>
    encodeNodeId(kind, { chainId, genesisHash: GENESIS }, parts);
  return {
    ...{ account, sessionKey, token, transactionHash, firstBlock: firstBlockOf(request) },
    accountId: idOf('Account', account),
    sessionId: idOf('Session', account, sessionKey),
    policyId: idOf('SpendingPolicy', account, sessionKey, token),
    useId: idOf('Use', account, transactionHash, FIRST_USE),
  };
};

const firstBlockOf = (request: SandboxChain['request']): string => {
  const block = request('starknet_getBlockWithTxHashes', { block_id: { block_number: 0 } });
  return `block:0:${(block as { block_hash: string }).block_hash}`;
};

const indexed = async (
  database: TestDatabase,
  chain: SandboxChain,
  followed: readonly Life[],
): Promise<number> => {
  const running = await followSandbox(database.indexer, chain, {
    discovery: false,
    watch: followed.map(({ account }) => account),
  });
  await running.caughtUp();
  const networkId = running.indexer.status()?.networkId;
  await running.stop();
  if (networkId === undefined) throw new Error('the network is not there');
  const rows = await database.db.selectFrom('accounts').select(['address', 'status']).execute();
  if (rows.length !== followed.length || rows.some(({ status }) => status !== 'FOLLOWED'))
    throw new Error(`not followed: ${JSON.stringify(rows)}`);
  return networkId;
};

/** The organisation of the deployment, which follows everything, is taken out of the way. */
const settle = async (database: TestDatabase, networkId: number, first: Life, own: Life) => {
  await database.sql`delete from follow_rules`;
  await database.sql`delete from follows`;
  await database.sql`update accounts set label = ${`${SECRET} of the operator`} where address = ${feltToHex(first.account)}`;
  const alpha = await database.organisation(SECRET);
  const beta = await database.organisation('beta');
  await alpha.follow(networkId, first.account, {
    ...{ label: `${OF_ACCOUNT} label`, team: `${OF_ACCOUNT} team`, cost_centre: `${OF_ACCOUNT} centre` },
  });
  await alpha.follow(networkId, WAITING, { label: `${SECRET} waiting` });
  await database.sql`
    insert into accounts (network_id, address, source, status) values (${networkId}, ${feltToHex(WAITING)}, 'WATCH', 'PENDING')`;
  await beta.follow(networkId, own.account, { label: 'till' });
  await troubleOf(database, networkId, first.account, 'alpha', 2);
  await troubleOf(database, networkId, own.account, 'beta');
  return { first: alpha.id, stranger: beta.id };
};

const keysFor = async (
  access: TestAccess,
  networkId: number,
  { first, stranger }: World['organisations'],
  own: Life,
): Promise<Readonly<Record<Asker, string | undefined>>> => {
  const keyOf = async (
    organisation: number,
    role: Role,
    scope?: { accounts: string[]; labels: string[] },
  ) => {
    const name = organisation === first ? `${SECRET} ${role}` : role;
    return (await access.makeKey(organisation, { role, name, scope })).text;
  };
  const roles = await Promise.all(ROLES.map(async (role) => [role, await keyOf(first, role)] as const));
  const elsewhere = { accounts: [`${networkId}/${feltToHex(own.account)}`], labels: [] };
  return {
    ...(Object.fromEntries(roles) as Record<Role, string>),
    NOBODY: undefined,
    STRANGER: await keyOf(stranger, 'ADMIN'),
    LIMITED_BY_ACCOUNT: await keyOf(first, 'ADMIN', elsewhere),
    LIMITED_BY_LABEL: await keyOf(first, 'ADMIN', { accounts: [], labels: ['till'] }),
  };
};
