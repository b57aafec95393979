import { type EmittedEvent, type EventQuery, type EventWitness, isChainError } from '#libs/chain';
import type { Felt } from '#libs/felt';
import { AdoptionError } from './adoption.error.ts';
import type { AccountReads } from './limit-reads.ts';

/** What nodes tell of the events of a filter. */
export interface ToldEvents {
  /** Whatever one of them tells. */
  readonly events: readonly EmittedEvent[];
  /** Hashes of blocks of which two nodes tell different events: one of them leaves something out, or makes it up. */
  readonly doubted: ReadonlySet<Felt>;
}

/**
 * Reads a filter to its end as two nodes tell it, each alone, and says on which blocks they differ. With one provider
 * there is nobody to compare with.
 * @throws AdoptionError ADOPTION_UNCONFIRMED where there are several and only one answers, unless one will do
 */
export const readToldEvents = async (
  source: AccountReads,
  query: EventQuery,
  { oneWillDo }: { readonly oneWillDo: boolean },
): Promise<ToldEvents> => {
  const all = source.witnesses();
  const witnesses = all.length > 0 ? all : [source];
  const [first, second] = await testimonies(witnesses, query);
  if (first === undefined) throw new AdoptionError('ADOPTION_UNCONFIRMED', 'no node tells its events');
  if (second !== undefined) return compared(first, second);
  if (witnesses.length > 1 && !oneWillDo)
    throw new AdoptionError('ADOPTION_UNCONFIRMED', 'a second node does not tell its events');
  return { events: first, doubted: new Set() };
};

const ENOUGH = 2;

/** Of the first two that answer. @throws what the last one failed with where none does */
const testimonies = async (
  witnesses: readonly EventWitness[],
  query: EventQuery,
): Promise<readonly (readonly EmittedEvent[])[]> => {
  const told: EmittedEvent[][] = [];
  let failure: unknown;
  for (const witness of witnesses) {
    if (told.length === ENOUGH) break;
    try {
      const events: EmittedEvent[] = [];
      for await (const page of witness.events(query)) events.push(...page);
      told.push(events);
    } catch (error) {
      if (!isChainError(error) || error.code === 'ABORTED') throw error;
      failure = error;
    }
  }
  if (told.length === 0) throw failure;
  return told;
};

const compared = (first: readonly EmittedEvent[], second: readonly EmittedEvent[]): ToldEvents => {
  const [ours, theirs] = [textsByBlock(first), textsByBlock(second)];
  const doubted = new Set(
    [...ours.keys(), ...theirs.keys()].filter((hash) => sorted(ours.get(hash)) !== sorted(theirs.get(hash))),
  );
  const isNew = (event: EmittedEvent): boolean => ours.get(event.blockHash)?.includes(textOf(event)) !== true;
  return { events: [...first, ...second.filter(isNew)], doubted };
};

const textsByBlock = (events: readonly EmittedEvent[]): ReadonlyMap<Felt, readonly string[]> => {
  const texts = new Map<Felt, string[]>();
  for (const event of events) {
    const list = texts.get(event.blockHash);
    if (list) list.push(textOf(event));
    else texts.set(event.blockHash, [textOf(event)]);
  }
  return texts;
};

/** Places are left out: nodes before RPC 0.10 do not tell them. */
const textOf = ({ transactionHash, keys, data }: EmittedEvent): string =>
  `${transactionHash}:${keys.join()}:${data.join()}`;

const sorted = (texts: readonly string[] = []): string => texts.toSorted().join('\n');
