import {
  type Headers,
  type KeyHasher,
  type NoteRefusal,
  type SignInSettings,
  type TakeUnits,
} from '#libs/access';
import { type Clock, type IndexerStatus, type Principal } from '#libs/api';
import { type ProfileRegistry } from '#libs/account';
import { type ScopedDb } from '#libs/database';
import { type CommitListener } from '#libs/live';
import { type FollowOnRead, type ServedNetwork } from '#libs/sessions';
import { type Logger } from 'pino';
import { type CountDeadLetters, type PurserMetrics } from './metrics/purser-metrics.ts';

/** Who is let in, and what the pages may offer. */
export interface ServerAccess {
  /** Undefined: no credential came with the request. Rejects with an AccessError for one that is refused. */
  readonly authenticate: (headers: Headers) => Promise<Principal | undefined>;
  /** Units of those who ask, of all processes that share them. Absent: this process gives them alone. */
  readonly takeUnits?: TakeUnits;
  /** Of the keys that are made over GraphQL. */
  readonly hasher: KeyHasher;
  /** Absent: an account signs in for this server's own loopback address only, as a member only. */
  readonly signIn?: SignInSettings;
  /** Told of credentials that are refused and say whom that concerns. Absent: nobody is told. */
  readonly onRefused?: NoteRefusal;
  /** Of the sandbox: the pages fill it in, so that they work at once. */
  readonly demoKey?: string;
}

/** What the server is composed of. Who passes them in also closes them, after the server. */
export interface ServerDeps {
  readonly db: ScopedDb;
  /** Rejects with what is unsafe about the role that `db` asks as. Absent: it was looked at by who passes it in. */
  readonly requireSafeRole?: () => Promise<void>;
  /** There is no open server: without this none is composed. */
  readonly access: ServerAccess;
  /** One entry for each network that is served; the source may be the indexer's own. */
  readonly networks: readonly ServedNetwork[];
  readonly status: IndexerStatus;
  readonly profiles: ProfileRegistry;
  readonly logger: Logger;
  /** Absent: accounts are not followed just because somebody asked. */
  readonly followOnRead?: FollowOnRead;
  /** Hears when something is committed. Absent: who subscribes is told when it is looked for the next time. */
  readonly listener?: CommitListener;
  /** How long a node may take over one question. Default 10 s. */
  readonly nodeDeadlineMs?: number;
  readonly clock?: Clock;
  /** Of every account there is, for metrics. Absent: of those that the first organisation follows. */
  readonly countDeadLetters?: CountDeadLetters;
  /** Absent: the server counts for itself; pass the one that the indexer feeds. */
  readonly metrics?: PurserMetrics;
}

/** With what the server makes for itself where it is not passed in. */
export type ServerParts = ServerDeps & Required<Pick<ServerDeps, 'metrics'>>;

export const SERVER_SETTINGS = Symbol('ServerSettings');
export const DEAD_LETTERS = Symbol('DeadLetters');
export const DATABASE_PROBE = Symbol('DatabaseProbe');
export const ROLE_GUARD = Symbol('RoleGuard');

/** Rejects while the database does not answer. */
export type DatabaseProbe = () => Promise<void>;
