import { type AccountEvent, policySlotBase, sessionSlotBase } from '#libs/account';
import type { Address, Felt, SessionKey } from '#libs/felt';

/** What the owner did to a session key in one block, as the last of its events there says. */
interface KeyTurn {
  readonly blockNumber: number;
  /** Calls that a grant allows; 0 of a revoke. */
  readonly maxCalls: bigint;
}

export interface KeyLife {
  readonly sessionKey: SessionKey;
  readonly slotBase: Felt;
  /** In the order of the chain, one a block. */
  readonly turns: readonly KeyTurn[];
}

interface PolicyLife {
  readonly sessionKey: SessionKey;
  readonly token: Address;
  readonly slotBase: Felt;
}

/** What the events of an account say of its keys and policies, and where they stand. */
export interface AccountLives {
  readonly keys: readonly KeyLife[];
  readonly policies: readonly PolicyLife[];
  /** Blocks with an event of the account that can be read, in order. */
  readonly eventBlocks: readonly number[];
  readonly upgradeBlocks: readonly number[];
}

/** An event as far as a plan needs it: read from the chain just now, or kept as a fact. */
export interface LifeEvent {
  readonly blockNumber: number;
  readonly kind: AccountEvent['kind'] | (string & {});
  readonly sessionKey?: SessionKey | undefined;
  readonly token?: Address | undefined;
  readonly maxCalls?: bigint | undefined;
}

/** Events in the order of the chain. */
export const livesOf = (events: readonly LifeEvent[]): AccountLives => {
  const keys = new Map<SessionKey, Map<number, bigint>>();
  const policies = new Map<string, PolicyLife>();
  for (const { kind, sessionKey, token, blockNumber, maxCalls = 0n } of events) {
    if (sessionKey === undefined) continue;
    if (kind === 'SessionKeyAdded' || kind === 'SessionKeyRevoked') {
      const turns = keys.get(sessionKey) ?? new Map<number, bigint>();
      keys.set(sessionKey, turns.set(blockNumber, kind === 'SessionKeyAdded' ? maxCalls : 0n));
    }
    const id = `${sessionKey}/${token ?? ''}`;
    if (token !== undefined && !policies.has(id)) {
      policies.set(id, { sessionKey, token, slotBase: policySlotBase(sessionKey, token) });
    }
  }
  return {
    keys: [...keys].map(([sessionKey, turns]) => ({
      sessionKey,
      slotBase: sessionSlotBase(sessionKey),
      turns: [...turns].map(([blockNumber, maxCalls]) => ({ blockNumber, maxCalls })),
    })),
    policies: [...policies.values()],
    eventBlocks: [...new Set(events.map(({ blockNumber }) => blockNumber))],
    upgradeBlocks: [
      ...new Set(events.filter(({ kind }) => UPGRADES.has(kind)).map(({ blockNumber }) => blockNumber)),
    ],
  };
};

const UPGRADES: ReadonlySet<string> = new Set(['Upgraded', 'UpgradeExecuted']);
