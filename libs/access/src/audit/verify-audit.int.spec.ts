import { beforeAll, describe, expect, it } from '@jest/globals';
import { inTransaction } from '#libs/database';
import { withDatabase } from '#libs/testing';
import { actFor } from '../organisations/organisations.repository.ts';
import { appendAudit } from './append-audit.ts';
import type { AuditHead } from './audit-record.ts';
import { verifyAudit } from './audit.repository.ts';
import type { AuditFinding } from './verify-chain.ts';

const HOST = { kind: 'HOST', id: 'spec', name: 'spec', requestId: 'r1' } as const;
const ENTRIES = 8;

describe('verifying an audit log', () => {
  const database = withDatabase();
  let template = 0;

  const makeLog = async (entries = ENTRIES): Promise<number> => {
    template += 1;
    const { id } = await database.organisation(`log ${template}`);
    for (let place = 1; place <= entries; place += 1) {
      await inTransaction(database.db, async (trx) => {
        await actFor(trx, id);
        await appendAudit(trx, HOST, {
          action: 'KEY_CREATED',
          objectKind: 'API_KEY',
          objectId: `key ${place}`,
          before: { place: place - 1 },
          after: { place, name: 'ünï 💰' },
        });
      });
    }
    return id;
  };
  const verify = (id: number, expected?: AuditHead) =>
    inTransaction(database.db, (trx) => verifyAudit(trx, id, expected), {
      isolationLevel: 'repeatable read',
    });
  const findingsAfter = async (
    statement: (id: number) => string,
    expected?: (head: AuditHead) => AuditHead,
  ): Promise<readonly AuditFinding[]> => {
    const id = await makeLog();
    const { head, findings } = await verify(id);
    expect(findings).toEqual([]);
    await database.tamper(statement(id));
    return (await verify(id, head && expected?.(head))).findings;
  };
  const of = (id: number, more: string) => `organisation_id = ${id} and ${more}`;
  let columns: { name: string; type: string }[] = [];

  beforeAll(async () => {
    columns = await database.sql<{ name: string; type: string }[]>`
      select column_name as name, data_type as type from information_schema.columns
      where table_name = 'audit_entries' and column_name not in ('organisation_id', 'sequence') order by 1`;
  });

  it('finds nothing in a log that was only added to, nor in one that was never begun', async () => {
    expect(await verify(await makeLog())).toMatchObject({ entries: ENTRIES, findings: [] });
    expect(await verify(await makeLog(0))).toEqual({ head: undefined, entries: 0, findings: [] });
  });

  it('locates an entry in which any column was changed, at the start, within, and at the end', async () => {
    expect(columns).toHaveLength(12);
    const id = await makeLog();
    for (const { name, type } of columns) {
      for (const sequence of [1, 4, ENTRIES]) {
        const changed = type === 'bytea' ? `sha256(${name})` : `${name} || 'X'`;
        const where = of(id, `sequence = ${sequence}`);
        await database.tamper(`create table kept as select * from audit_entries where ${where};
          ${name === 'actor_kind' ? `update audit_entries set actor_kind = 'KEY'` : `update audit_entries set ${name} = ${changed}`}
          where ${where}`);
        expect([name, (await verify(id)).findings]).toEqual([name, [{ kind: 'EDITED', sequence }]]);
        await database.tamper(`update audit_entries a set ${name} = k.${name} from kept k
          where a.organisation_id = k.organisation_id and a.sequence = k.sequence; drop table kept`);
      }
    }
    expect((await verify(id)).findings).toEqual([]);
  });

  it('locates a text that became null, and the other way round', async () => {
    for (const value of ['null', "''"]) {
      const found = await findingsAfter(
        (id) => `update audit_entries set after_text = ${value} where ${of(id, 'sequence = 3')}`,
      );
      expect(found).toEqual([{ kind: 'EDITED', sequence: 3 }]);
    }
  });

  it.each<[string, string, AuditFinding[]]>([
    ['the first', 'sequence = 1', [{ kind: 'MISSING', from: 1, to: 1 }]],
    ['one within', 'sequence = 5', [{ kind: 'MISSING', from: 5, to: 5 }]],
    [
      'several',
      'sequence in (3, 4, 6)',
      [
        { kind: 'MISSING', from: 3, to: 4 },
        { kind: 'MISSING', from: 6, to: 6 },
      ],
    ],
    ['the end', 'sequence > 6', [{ kind: 'TRUNCATED', from: 7, to: 8 }]],
    ['all', 'sequence > 0', [{ kind: 'TRUNCATED', from: 1, to: 8 }]],
  ])('says where entries are missing: %s', async (_what, where, expected) => {
    expect(await findingsAfter((id) => `delete from audit_entries where ${of(id, where)}`)).toEqual(expected);
  });

  it('tells entries that changed places, and which one was put between others', async () => {
    const shift = (id: number, by: string, where: string) =>
      `update audit_entries set sequence = ${by} where ${of(id, where)};`;
    const swapped = await findingsAfter(
      (id) =>
        `${shift(id, '1000', 'sequence = 3')} ${shift(id, '3', 'sequence = 5')} ${shift(id, '5', 'sequence = 1000')}`,
    );
    expect(swapped).toEqual([
      { kind: 'MOVED', sequence: 3, writtenAt: 5 },
      { kind: 'MOVED', sequence: 5, writtenAt: 3 },
    ]);
    // One that agrees with itself, made by who knows how.
    const inserted = await findingsAfter(
      (
        id,
      ) => `${shift(id, 'sequence + 1000', 'sequence > 6')} ${shift(id, 'sequence - 999', 'sequence > 1000')}
      insert into audit_entries select organisation_id, 7, at_text, actor_kind, 'forged', actor_name, action, object_kind, object_id,
        before_text, after_text, request_id, hash, audit_hash(hash, organisation_id::text, '7', at_text, actor_kind, 'forged', actor_name,
        action, object_kind, object_id, before_text, after_text, request_id)
      from audit_entries where ${of(id, 'sequence = 6')}`,
    );
    expect(inserted).toEqual([
      { kind: 'INSERTED', sequence: 7 },
      { kind: 'MOVED', sequence: 8, writtenAt: 7 },
      { kind: 'MOVED', sequence: 9, writtenAt: 8 },
      { kind: 'INSERTED', sequence: 9 },
    ]);
  });

  it('tells an entry that was written anew with a hash that fits it', async () => {
    const rewrite = (id: number, sequence: number) => `
      update audit_entries set actor_id = 'other', hash = audit_hash(previous_hash, organisation_id::text, sequence::text, at_text,
        actor_kind, 'other', actor_name, action, object_kind, object_id, before_text, after_text, request_id)
      where ${of(id, `sequence = ${sequence}`)}`;
    expect(await findingsAfter((id) => rewrite(id, 4))).toEqual([{ kind: 'REPLACED', sequence: 4 }]);
    expect(await findingsAfter((id) => rewrite(id, ENTRIES))).toEqual([
      { kind: 'HEAD_DIFFERS', sequence: ENTRIES },
    ]);
  });

  it('knows a cut tail whose head was moved back by a head that was noted elsewhere only', async () => {
    const cut = (id: number) => `delete from audit_entries where ${of(id, 'sequence > 6')};
      update audit_heads h set sequence = 6, hash = e.hash from audit_entries e
      where h.organisation_id = ${id} and e.organisation_id = ${id} and e.sequence = 6`;
    expect(await findingsAfter(cut)).toEqual([]);
    expect(await findingsAfter(cut, (head) => head)).toEqual([{ kind: 'REWRITTEN', sequence: ENTRIES }]);
    const nothing = await findingsAfter(
      () => 'select 1',
      (head) => head,
    );
    expect(nothing).toEqual([]);
  });

  it('says so where the head is gone', async () => {
    const found = await findingsAfter((id) => `delete from audit_heads where organisation_id = ${id}`);
    expect(found).toHaveLength(ENTRIES);
  });
});
