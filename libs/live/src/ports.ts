import type { ProfileRegistry } from '#libs/account';
import type { ScopedDb } from '#libs/database';
import type { ServedNetwork } from '#libs/sessions';
import type { CommitListener, HubSettings } from './change-hub.ts';

/** What subscriptions are composed of. */
export interface LivePorts {
  readonly db: ScopedDb;
  readonly networks: readonly ServedNetwork[];
  readonly profiles: ProfileRegistry;
  readonly settings: HubSettings;
  /** Absent: new blocks are looked for, and not heard of. */
  readonly listener?: CommitListener;
  /** What kept somebody from being told, for a while. */
  readonly onError: (error: unknown) => void;
}

export const LIVE_PORTS = Symbol('LivePorts');
