import type { ExportFormat } from '#libs/database';
import { parseAddress, parseFelt, parseSessionKey } from '#libs/felt';
import type { AskedPeriod } from '../period/period.ts';
import { type FinanceFilter, printedFilter } from '../report/ledger-scope.ts';
import type { ExportContent } from './export-rows.statement.ts';

/** What an export is of, as it is kept. */
export interface ExportTerms {
  readonly contents: readonly ExportContent[];
  readonly period: AskedPeriod | undefined;
  readonly filter: FinanceFilter;
}

/** A row of exports, as its organisation sees it. */
export interface StoredExport {
  readonly export_id: string;
  readonly network_id: number;
  readonly format: ExportFormat;
  readonly filter: object;
  readonly created_by: string;
  readonly creator_name: string;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly revoked_at: Date | null;
}

/** What find_export_link answers. */
export type ExportLinkRow = Pick<
  StoredExport,
  'export_id' | 'network_id' | 'format' | 'filter' | 'created_by' | 'creator_name' | 'expires_at'
> & {
  readonly organisation_id: number;
  readonly scope: { readonly accounts: readonly string[]; readonly labels: readonly string[] } | null;
};

export const termsToJson = ({ contents, period, filter }: ExportTerms): string =>
  JSON.stringify({ contents, period: period ?? null, filter: printedFilter(filter) });

/** What termsToJson wrote: nobody else writes there. Without contents: before there was more than the ledgers. */
export const termsFromJson = (json: object): ExportTerms => {
  const {
    contents = ['LEDGERS'],
    period,
    filter = {},
  } = json as {
    readonly contents?: readonly ExportContent[];
    readonly period: AskedPeriod | null;
    readonly filter?: ReturnType<typeof printedFilter>;
  };
  const text = (value: string | undefined) =>
    value === undefined ? undefined : (JSON.parse(value) as string | null);
  const { account, sessionKey, token, recipient } = filter;
  return {
    contents,
    period: period ?? undefined,
    filter: {
      account: account === undefined ? undefined : parseAddress(account),
      sessionKey: sessionKey === undefined ? undefined : parseSessionKey(sessionKey),
      token: token === undefined ? undefined : parseAddress(token),
      recipient: recipient === undefined ? undefined : parseFelt(recipient),
      label: text(filter['label']),
      team: text(filter['team']),
      costCentre: text(filter['costCentre']),
      group: filter['group'],
    },
  };
};
