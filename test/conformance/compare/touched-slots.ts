import { toHex } from '../client/wire-call.ts';
import { ACCOUNT_NAMES, TOKEN_NAMES, type World } from '../play/world.ts';
import type { Observation, Slot } from './observe.ts';

interface UpdateAnswer {
  readonly result?: {
    readonly state_diff: {
      readonly storage_diffs: readonly {
        readonly address: string;
        readonly storage_entries: readonly { readonly key: string; readonly value: string }[];
      }[];
    };
  };
}

/** Slots of accounts, tokens and forwarder that a block wrote; those that hold fees are left out. */
export const touchedSlots = (world: World, { update }: Observation): readonly Slot[] => {
  const own = new Set(
    [
      ...ACCOUNT_NAMES.map((name) => world.accounts[name].address),
      ...TOKEN_NAMES.filter((token) => token !== 'STRK').map((token) => world.tokens[token]),
      world.forwarder,
    ].map(toHex),
  );
  const diffs = (update as UpdateAnswer | undefined)?.result?.state_diff.storage_diffs ?? [];
  return diffs
    .filter(({ address }) => own.has(address))
    .flatMap(({ address, storage_entries }) => storage_entries.map(({ key }) => ({ address, key })));
};
