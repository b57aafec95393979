import type { BlockHeader, BlockWithReceipts, ChainSource, StateUpdate } from '#libs/chain';
import type { Felt } from '#libs/felt';
import type { PlantedBug } from './planted-bug.ts';

type Changes = (source: ChainSource) => Partial<ChainSource>;

const hearing = (name: string, changes: Changes): PlantedBug => ({
  name,
  source: (source) => ({ ...source, ...changes(source) }),
});

const changedUpdate =
  (change: (update: StateUpdate) => StateUpdate): Changes =>
  (source) => ({
    stateUpdate: async (...question) => change(await source.stateUpdate(...question)),
  });

const changedBlock =
  (change: (block: BlockWithReceipts) => BlockWithReceipts): Changes =>
  (source) => ({
    block: async (...question) => change(await source.block(...question)),
  });

const withoutLastEvents = (block: BlockWithReceipts): BlockWithReceipts => ({
  ...block,
  transactions: block.transactions.map((transaction) => ({
    ...transaction,
    events: transaction.events.slice(0, Math.max(1, transaction.events.length - 2)),
  })),
});

const withoutZeros = (update: StateUpdate): StateUpdate => ({
  ...update,
  storageDiffs: new Map(
    [...update.storageDiffs].map(([address, slots]) => [
      address,
      new Map([...slots].filter(([, value]) => value !== 0n)),
    ]),
  ),
});

/** Every header looks as if it continued what was read before. */
const trusting: Changes = (source) => {
  const read = new Map<number, Felt>();
  const continued = <T extends BlockHeader>(header: T): T => ({
    ...header,
    parentHash: read.get(header.blockNumber - 1) ?? header.parentHash,
  });
  return {
    head: async (options) => continued(await source.head(options)),
    block: async (...question) => {
      const block = await source.block(...question);
      read.set(block.header.blockNumber, block.header.blockHash);
      return { ...block, header: continued(block.header) };
    },
  };
};

const FINAL_DEPTH = 4;

export const SOURCE_BUGS: readonly PlantedBug[] = [
  hearing('diff of the block before', (source) => ({
    stateUpdate: async (blockHash, addresses, options) => {
      const { parentHash, blockNumber } = await source.header({ blockHash }, options);
      const asked = blockNumber === 0 ? blockHash : parentHash;
      return { ...(await source.stateUpdate(asked, addresses, options)), blockHash };
    },
  })),
  hearing('diff of a height, not of a block', (source) => {
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
        return { ...(await source.stateUpdate(header.blockHash, addresses, options)), blockHash };
      },
    };
  }),
  hearing('parent hash not looked at', trusting),
  hearing(
    'events folded out of order',
    changedBlock((block) => ({
      ...block,
      transactions: block.transactions.map((transaction) => ({
        ...transaction,
        events: transaction.events.toReversed(),
      })),
    })),
  ),
  hearing('incomplete receipts believed', changedBlock(withoutLastEvents)),
  hearing(
    'a block now and then skipped',
    changedBlock((block) => (block.header.blockNumber % 17 === 0 ? { ...block, transactions: [] } : block)),
  ),
  hearing('page of events lost', (source) => ({
    events: async function* (...question) {
      let page = 0;
      for await (const events of source.events(...question)) if ((page += 1) % 2 === 1) yield events;
    },
  })),
  hearing(
    'upgrades not seen',
    changedUpdate((update) => ({ ...update, replacedClasses: new Map() })),
  ),
  hearing('writes of zero not seen', changedUpdate(withoutZeros)),
  hearing('final by depth', (source) => ({
    l1AcceptedHead: async (options) => {
      const { blockNumber } = await source.head(options);
      const header = await source.header({ blockNumber: Math.max(0, blockNumber - FINAL_DEPTH) }, options);
      return { ...header, finality: 'ACCEPTED_ON_L1' };
    },
  })),
];
