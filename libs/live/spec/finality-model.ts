import { expect } from '@jest/globals';
import { type Address, feltToHex } from '#libs/felt';
import fc from 'fast-check';
import type { BoundedQueue } from '../src/bounded-queue.ts';
import type { Change } from '../src/change.ts';
import type { ChangeHub } from '../src/change-hub.ts';
import { endOfBlock, type Position, positionFromValues, positionToValues } from '../src/position.ts';
import type { IndexWriter, WrittenBlock } from './index-writer.ts';

type Queue = BoundedQueue<Change, Position>;

type Command =
  /** A block, in which none, one or both accounts did something. */
  | { readonly kind: 'grow'; readonly used: number }
  /** A reorganisation down to so many blocks below the head, as far as these are not final. */
  | { readonly kind: 'leave'; readonly depth: number }
  /** A branch that was left comes back. */
  | { readonly kind: 'return'; readonly which: number }
  | { readonly kind: 'finalize'; readonly depth: number }
  /** A reader takes so much, or all. */
  | { readonly kind: 'read'; readonly reader: number; readonly most: number }
  /** A reader goes away and comes back, to the other process, with the cursor of what he read last. */
  | { readonly kind: 'resume'; readonly reader: number };

const READERS = 2;
const reader = fc.nat({ max: READERS - 1 });
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('grow' as const), used: fc.nat({ max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('leave' as const), depth: fc.nat({ max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('return' as const), which: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('finalize' as const), depth: fc.nat({ max: 3 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('read' as const),
      reader,
      most: fc.integer({ min: 1, max: 9 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('resume' as const), reader }) },
);

interface Parts {
  readonly writer: IndexWriter;
  readonly accounts: readonly Address[];
  readonly hubs: readonly [ChangeHub, ChangeHub];
  readonly listen: (hub: ChangeHub, after: Position) => Promise<Queue>;
  readonly waitingIn: (hub: ChangeHub, queue: Queue) => Promise<Change[]>;
}

const TRUNK: WrittenBlock = { number: 1, hash: '0xa1', parent: '0x0', used: [] };

/** Which key was used in which block. Findings are left out: of these more may be taken back than was told. */
const nameOf = ({ block, place }: Change): string => `${feltToHex(block.blockHash)} ${place[0]}`;

/** What one reader made of what he was told. */
class Reader {
  readonly told: string[] = [];
  final = 0;
  position = endOfBlock(TRUNK.number, TRUNK.hash);
  queue: Queue | undefined;

  constructor(
    /** The one that he is told by, and the other. */
    private hubs: readonly [ChangeHub, ChangeHub],
    private readonly chain: () => { readonly blocks: readonly WrittenBlock[]; readonly final: number },
  ) {}

  get hub(): ChangeHub {
    return this.hubs[0];
  }

  async goOver(): Promise<void> {
    await this.queue?.return();
    this.queue = undefined;
    this.hubs = [this.hubs[1], this.hubs[0]];
  }

  take(change: Change): void {
    const { told, block } = change;
    this.position = positionFromValues(positionToValues(change.position));
    switch (told.kind) {
      case 'SESSION':
        this.told.push(nameOf(change));
        return;
      case 'RETRACTED':
        expect(block.blockNumber).toBeGreaterThan(this.final);
        if (change.place[3] === 'SESSION') expect(this.told.pop()).toBe(nameOf(change));
        return;
      case 'FINALIZED':
        this.takeFinal(change);
        return;
      case 'POLICY':
      case 'FINDING':
    }
  }

  private takeFinal({ block: { blockNumber, blockHash } }: Change): void {
    const { blocks, final } = this.chain();
    expect(blockNumber).toBeGreaterThan(this.final);
    expect(blockNumber).toBeLessThanOrEqual(final);
    const upTo = blocks.filter(({ number }) => number <= blockNumber);
    expect(upTo.at(-1)?.hash).toBe(feltToHex(blockHash));
    const expected = usesOf(upTo);
    expect(this.told.slice(0, expected.length)).toEqual(expected);
    this.final = blockNumber;
  }
}

const usesOf = (blocks: readonly WrittenBlock[]): string[] =>
  blocks.flatMap(({ hash, used }) => used.map((account) => `${hash} ${feltToHex(account)}`));

/** A chain that grows, is reorganised and becomes final, and readers who come and go. */
class Model {
  private blocks: WrittenBlock[] = [TRUNK];
  private final = 0;
  private made = 1;
  /** Of the tips that were left, every block from the first on. */
  private readonly left: (readonly WrittenBlock[])[] = [];
  private head: WrittenBlock = TRUNK;
  private readonly readers: readonly Reader[];

  constructor(private readonly parts: Parts) {
    const chain = () => ({ blocks: this.blocks, final: this.final });
    const [one, other] = parts.hubs;
    this.readers = [new Reader([one, other], chain), new Reader([other, one], chain)];
  }

  async run(command: Command): Promise<void> {
    switch (command.kind) {
      case 'grow':
        return this.grow(this.parts.accounts.filter((_account, at) => (command.used >> at) % 2 === 1));
      case 'leave':
        return this.leave(Math.max(1, this.final, this.head.number - command.depth));
      case 'return':
        return this.comeBack(this.left[command.which % Math.max(1, this.left.length)] ?? []);
      case 'finalize':
        this.final = Math.max(this.final, this.head.number - command.depth);
        await this.parts.writer.finalize(this.final);
        return;
      case 'read':
        return this.read(this.readers[command.reader], command.most);
      case 'resume':
        return this.readers[command.reader]?.goOver();
    }
  }

  async end(): Promise<void> {
    for (const one of this.readers) {
      await this.read(one, Number.POSITIVE_INFINITY);
      expect(one.told).toEqual(usesOf(this.blocks));
      expect(one.final).toBe(this.final);
    }
  }

  private async grow(used: readonly Address[]): Promise<void> {
    this.made += 1;
    const { number, hash: parent } = this.head;
    await this.commit({ number: number + 1, hash: `0xa${this.made.toString(16)}`, parent, used });
  }

  private async commit(block: WrittenBlock): Promise<void> {
    await this.parts.writer.block(block);
    this.blocks.push(block);
    this.head = block;
  }

  private async leave(number: number): Promise<void> {
    if (number === this.head.number) return;
    this.left.push([...this.blocks]);
    this.blocks = this.blocks.filter((block) => block.number <= number);
    this.head = this.blocks.at(-1) ?? TRUNK;
    await this.parts.writer.leave(this.head);
  }

  private async comeBack(branch: readonly WrittenBlock[]): Promise<void> {
    const common = branch.filter(({ number, hash }) => this.blocks[number - 1]?.hash === hash).length;
    if (common < Math.max(1, this.final)) return;
    await this.leave(common);
    for (const block of branch.slice(common)) await this.commit(block);
  }

  private async read(one: Reader | undefined, most: number): Promise<void> {
    if (one === undefined) return;
    const queue = one.queue ?? (await this.parts.listen(one.hub, one.position));
    one.queue = queue;
    await one.hub.settled();
    if (most === Number.POSITIVE_INFINITY) {
      for (const change of await this.parts.waitingIn(one.hub, queue)) one.take(change);
      return;
    }
    for (let n = 0; n < most && queue.length > 0; n += 1) one.take((await queue.next()).value as Change);
  }
}

export const finalityModel = {
  commands: fc.array(command, { minLength: 5, maxLength: 40 }),
  of: (parts: Parts): Model => new Model(parts),
};
