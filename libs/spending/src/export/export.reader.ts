import { PurserError } from '#libs/api';
import type { RequestScope, ScopedDb } from '#libs/database';
import type { ServedNetwork } from '#libs/sessions';
import { periodOf } from '../period/period.ts';
import { exportRowsStatement } from './export-rows.statement.ts';
import { type ExportSummary, exportText } from './export-text.ts';
import type { ExportsRepository } from './exports.repository.ts';
import { type ExportLinkRow, termsFromJson } from './stored-export.ts';
import { writerOf } from './write-record.ts';

/** An export that is being read. */
export interface OpenExport {
  readonly contentType: string;
  readonly fileName: string;
  /** Fetched as it is taken. Ending it early ends the reading. */
  readonly text: AsyncIterableIterator<string>;
}

interface ExportLimits {
  /** At once, by this process. Each takes a connection for as long as it is read. */
  readonly ofOrganisation: number;
  readonly ofProcess: number;
  readonly readWithinMs: number;
  readonly rowsInChunk: number;
}

const LIMITS: ExportLimits = {
  ofOrganisation: 2,
  ofProcess: 4,
  readWithinMs: 30 * 60_000,
  rowsInChunk: 1_000,
};
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** Opens exports by their links. */
export class ExportReader {
  readonly #db: ScopedDb;
  readonly #exports: ExportsRepository;
  readonly #networks: readonly ServedNetwork[];
  readonly #limits: ExportLimits;
  readonly #open = new Map<number, number>();

  constructor(
    db: ScopedDb,
    exports: ExportsRepository,
    networks: readonly ServedNetwork[],
    limits: Partial<ExportLimits> = {},
  ) {
    this.#db = db;
    this.#exports = exports;
    this.#networks = networks;
    this.#limits = { ...LIMITS, ...limits };
  }

  /** @throws PurserError EXPORT_EXPIRED, EXPORT_BUSY, INDEX_UNAVAILABLE */
  async open(token: string): Promise<OpenExport> {
    const link = TOKEN.test(token) ? await this.#exports.findLink(token) : undefined;
    const network = this.#networks.find(({ networkId }) => networkId === link?.network_id);
    if (link === undefined || network === undefined)
      throw new PurserError('EXPORT_EXPIRED', 'The link is unknown, has come to its end, or was taken back.');
    const leave = this.#enter(link.organisation_id);
    try {
      await this.#exports.logRead(link.organisation_id, link, 'EXPORT_READ_STARTED');
      const writer = writerOf(link.format);
      return {
        contentType: writer.contentType,
        fileName: `purser-${link.export_id}.${writer.extension}`,
        text: endedUnread(this.#logged(link, network, leave), () => this.#broken(link, leave)),
      };
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** The text, and what became of it in the audit log: whoever stops half-way is told apart from who got all. */
  async *#logged(
    link: ExportLinkRow,
    network: ServedNetwork,
    leave: () => void,
  ): AsyncGenerator<string, void, undefined> {
    const { organisation_id: organisationId } = link;
    let summary: ExportSummary | undefined;
    try {
      yield* exportText(this.#rows(link), network, writerOf(link.format), (told) => void (summary = told));
    } finally {
      if (summary === undefined) await this.#broken(link, leave);
      else {
        leave();
        await this.#exports.logRead(organisationId, link, 'EXPORT_READ_FINISHED', summary);
      }
    }
  }

  async #broken(link: ExportLinkRow, leave: () => void): Promise<void> {
    leave();
    await this.#exports.logRead(link.organisation_id, link, 'EXPORT_READ_BROKEN');
  }

  #rows(link: ExportLinkRow) {
    const { contents, filter, period } = termsFromJson(link.filter);
    const { readWithinMs, rowsInChunk } = this.#limits;
    const scope: RequestScope = {
      organisationId: link.organisation_id,
      ...(link.scope !== null && { only: link.scope }),
      deadlineAtMs: performance.now() + readWithinMs,
    };
    const boundsSeconds = period === undefined ? [] : periodOf(period).boundsSeconds;
    const statement = exportRowsStatement(this.#db.build, link.network_id, {
      ...{ contents, filter, boundsSeconds },
    });
    return this.#db.stream(scope, statement, rowsInChunk);
  }

  /** @throws PurserError EXPORT_BUSY */
  #enter(organisationId: number): () => void {
    const ofOrganisation = this.#open.get(organisationId) ?? 0;
    const all = [...this.#open.values()].reduce((sum, count) => sum + count, 0);
    if (ofOrganisation >= this.#limits.ofOrganisation || all >= this.#limits.ofProcess)
      throw new PurserError(
        'EXPORT_BUSY',
        'As many exports are read as may be at once: try again when one is finished.',
      );
    this.#open.set(organisationId, ofOrganisation + 1);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#open.set(organisationId, (this.#open.get(organisationId) ?? 1) - 1);
    };
  }
}

/** A generator that was never begun runs nothing when it is ended, not even its finally. */
const endedUnread = (
  text: AsyncGenerator<string, void, undefined>,
  unread: () => Promise<void>,
): AsyncIterableIterator<string> => {
  let [begun, ended] = [false, false];
  return {
    next: () => {
      begun = true;
      return text.next();
    },
    return: async () => {
      if (!begun && !ended) await unread();
      ended = true;
      return await text.return();
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
};
