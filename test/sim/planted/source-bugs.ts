import type { BlockHeader, BlockWithReceipts, ChainSource, StateUpdate } from '#libs/chain';
import type { Felt } from '#libs/felt';
import type { PlantedBug } from './planted-bug.ts';

type Changes = (source: ChainSource, hit: () => void) => Partial<ChainSource>;

const HEARD = 'an answer that it changes';

const hearing = (name: string, changes: Changes, mode?: PlantedBug['mode']): PlantedBug => ({
  name,
  ...(mode && { mode }),
  parts: [HEARD],
  source: (source, hit) => ({ ...source, ...changes(source, () => hit(HEARD)) }),
});

const changedUpdate =
  (change: (update: StateUpdate, hit: () => void) => StateUpdate): Changes =>
  (source, hit) => ({
    stateUpdate: async (...question) => change(await source.stateUpdate(...question), hit),
  });

const changedBlock =
  (change: (block: BlockWithReceipts, hit: () => void) => BlockWithReceipts): Changes =>
  (source, hit) => ({
    block: async (...question) => change(await source.block(...question), hit),
  });

type Events = BlockWithReceipts['transactions'][number]['events'];

const withEvents =
  (change: (events: Events) => Events) =>
  (block: BlockWithReceipts, hit: () => void): BlockWithReceipts => ({
    ...block,
    transactions: block.transactions.map((transaction) => {
      const events = change(transaction.events);
      if (events.some((event, index) => event !== transaction.events[index])) hit();
      if (events.length !== transaction.events.length) hit();
      return { ...transaction, events };
    }),
  });

const withoutZeros = (update: StateUpdate, hit: () => void): StateUpdate => ({
  ...update,
  storageDiffs: new Map(
    [...update.storageDiffs].map(([address, slots]) => {
      const kept = [...slots].filter(([, value]) => value !== 0n);
      if (kept.length < slots.size) hit();
      return [address, new Map(kept)];
    }),
  ),
});

/** Every header looks as if it continued what was read before. */
const trusting: Changes = (source, hit) => {
  const read = new Map<number, Felt>();
  const continued = <T extends BlockHeader>(header: T): T => {
    const parentHash = read.get(header.blockNumber - 1) ?? header.parentHash;
    if (parentHash !== header.parentHash) hit();
    return { ...header, parentHash };
  };
  return {
    head: async (options) => continued(await source.head(options)),
    block: async (...question) => {
      const block = await source.block(...question);
      read.set(block.header.blockNumber, block.header.blockHash);
      return { ...block, header: continued(block.header) };
    },
  };
};

/** Every second page of a scan is lost. */
const everySecondPage = (events: ChainSource['events'], hit: () => void): ChainSource['events'] =>
  async function* (...question) {
    let page = 0;
    for await (const found of events(...question)) {
      page += 1;
      if (page % 2 === 1) yield found;
      else hit();
    }
  };

const FINAL_DEPTH = 4;

export const SOURCE_BUGS: readonly PlantedBug[] = [
  hearing('diff of the block before', (source, hit) => ({
    stateUpdate: async (blockHash, addresses, options) => {
      const { parentHash, blockNumber } = await source.header({ blockHash }, options);
      if (blockNumber > 0) hit();
      const asked = blockNumber === 0 ? blockHash : parentHash;
      return { ...(await source.stateUpdate(asked, addresses, options)), blockHash };
    },
  })),
  hearing('diff of a height, not of a block', (source, hit) => {
    const heights = new Map<Felt, number>();
    return {
      block: async (...question) => {
        const block = await source.block(...question);
        heights.set(block.header.blockHash, block.header.blockNumber);
        return block;
      },
      stateUpdate: async (blockHash, addresses, options) => {
        const blockNumber = heights.get(blockHash) ?? 0;
        const header = await source.header({ blockNumber }, options);
        if (header.blockHash !== blockHash) hit();
        return { ...(await source.stateUpdate(header.blockHash, addresses, options)), blockHash };
      },
    };
  }),
  hearing('parent hash not looked at', trusting),
  hearing('events folded out of order', changedBlock(withEvents((events) => events.toReversed()))),
  hearing(
    'incomplete receipts believed',
    changedBlock(withEvents((events) => events.slice(0, Math.max(1, events.length - 2)))),
  ),
  hearing(
    'a block now and then skipped',
    changedBlock((block, hit) => {
      if (block.header.blockNumber % 17 !== 0 || block.transactions.length === 0) return block;
      hit();
      return { ...block, transactions: [] };
    }),
  ),
  hearing(
    'page of events lost',
    (source, hit) => ({
      witnesses: () => source.witnesses().map(({ events }) => ({ events: everySecondPage(events, hit) })),
    }),
    'BY_NAME',
  ),
  {
    ...hearing(
      'events that one node leaves out not missed',
      (source, hit) => ({
        witnesses: () => {
          const [first, ...others] = source.witnesses();
          if (others.length > 0) hit();
          return first ? [first] : [];
        },
      }),
      'BY_NAME',
    ),
    needs: 'event left out of a page',
  },
  hearing(
    'upgrades not seen',
    changedUpdate((update, hit) => {
      if (update.replacedClasses.size > 0) hit();
      return { ...update, replacedClasses: new Map() };
    }),
  ),
  hearing('writes of zero not seen', changedUpdate(withoutZeros)),
  hearing('final by depth', (source, hit) => ({
    l1AcceptedHead: async (options) => {
      hit();
      const { blockNumber } = await source.head(options);
      const header = await source.header({ blockNumber: Math.max(0, blockNumber - FINAL_DEPTH) }, options);
      return { ...header, finality: 'ACCEPTED_ON_L1' };
    },
  })),
];
