import { get, type IncomingMessage } from 'node:http';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { withDatabase } from '#libs/testing';
import { type Asker, CREATE, withExports } from './with-exports.ts';

const REVOKE = `mutation ($id: ID!) { revokeExport(id: $id) { id revokedAt } }`;

describe('links to exports', () => {
  const database = withDatabase();
  const served = withExports(database);
  const { create, logged, open, spec } = served;
  let url: string;

  const until = async (isSo: () => Promise<boolean>): Promise<void> => {
    while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
  };

  beforeAll(() => {
    ({ url } = served);
  });

  it('are refused once they are taken back, at their end, or with the key that made them', async () => {
    const refused = { statusCode: 404, code: 'EXPORT_EXPIRED' };
    const openCode = async (path: string) => {
      const answer = await open(path);
      const { errors } = answer.json<{ errors: { extensions: { code: string } }[] }>();
      return { statusCode: answer.statusCode, code: errors[0]?.extensions.code };
    };
    expect(await openCode('/exports/nonsense')).toEqual(refused);
    expect(await openCode(`/exports/${'A'.repeat(43)}`)).toEqual(refused);
    const { id, path } = await create({ format: 'CSV' });
    const other = await spec.ask(
      REVOKE,
      { id },
      { as: { key: (await spec.access.makeKey(1, { role: 'FINANCE' })).text } },
    );
    expect(other.codes).toEqual(['NOT_FOUND']);
    await spec.ask(REVOKE, { id }, { as: 'FINANCE' });
    await spec.ask(REVOKE, { id }, { as: 'FINANCE' });
    expect(await openCode(path)).toEqual(refused);
    expect((await logged(id)).map(({ action }) => action)).toEqual(['EXPORT_CREATED', 'EXPORT_REVOKED']);
    const ended = await create({ format: 'CSV' });
    await database.db
      .updateTable('exports')
      .set({ expires_at: new Date(Date.now() - 1) })
      .where('export_id', '=', ended.id)
      .execute();
    expect(await openCode(ended.path)).toEqual(refused);
    const { keyId, text: key } = await spec.access.makeKey(1, { role: 'FINANCE' });
    const orphaned = await create({ format: 'CSV' }, { as: { key } });
    await database.db
      .updateTable('api_keys')
      .set({ revoked_at: new Date() })
      .where('key_id', '=', keyId)
      .execute();
    expect(await openCode(orphaned.path)).toEqual(refused);
  });

  it('keep no secret, and need a right and terms that make sense', async () => {
    const { path } = await create({ format: 'CSV' });
    const dump = await database.sql`select to_jsonb(e)::text as row from exports e`;
    expect(JSON.stringify([...dump])).not.toContain(path.slice('/exports/'.length));
    expect(JSON.stringify(spec.logged)).not.toContain(path.slice('/exports/'.length));
    const codes = async (input: object, as: Asker = { as: 'FINANCE' }) =>
      (await spec.ask(CREATE, { input: { format: 'CSV', ...input } }, as)).codes;
    expect(await codes({ expiresInSeconds: 604_801 })).toEqual(['BAD_INPUT']);
    expect(await codes({ expiresInSeconds: 59 })).toEqual(['BAD_INPUT']);
    expect(await codes({ period: { from: '2026-01-02', to: '2026-01-01' } })).toEqual(['PERIOD_INVALID']);
    for (const as of ['APPROVER', 'INTEGRATOR'] as const)
      expect(await codes({}, { as })).toEqual(['FORBIDDEN']);
  });

  it('tell the audit log who read how much, and that somebody stopped half-way', async () => {
    const whole = await create({ format: 'CSV' });
    const { body } = await open(whole.path);
    const entries = await logged(whole.id);
    expect(entries).toMatchObject([
      { action: 'EXPORT_CREATED', actor_name: 'finance' },
      { action: 'EXPORT_READ_STARTED', actor_name: 'link of finance' },
      { action: 'EXPORT_READ_FINISHED' },
    ]);
    const { rows, sha256 } = JSON.parse(entries[2]?.after_text ?? '{}') as { rows: number; sha256: string };
    expect(body.trimEnd().endsWith(`${rows},${sha256}`)).toBe(true);
    // Enough that it does not fit into the buffers of a connection.
    await database.sql`
      insert into movements select network_id, account, block_number, 1000 + n, 0, block_hash, transaction_hash, token, direction,
        counterparty, amount, sender, cause, session_key, use_index, call_index
      from (select * from movements limit 1) m, generate_series(1, 25000) n`;
    // As the server does by itself, some time after.
    await database.sql`analyze`;
    const broken = await create({ format: 'JSONL' });
    await new Promise<void>((resolve) => {
      get(`${url}${broken.path}`, (answer) => {
        answer.once('data', () => {
          answer.destroy();
          resolve();
        });
      });
    });
    await until(async () => (await logged(broken.id)).length === 3);
    expect((await logged(broken.id)).at(-1)).toMatchObject({
      action: 'EXPORT_READ_BROKEN',
      after_text: null,
    });
  });

  it('are read two at a time by an organisation, however slowly', async () => {
    const slow = async () => {
      const { path } = await create({ format: 'JSONL' });
      return await new Promise<IncomingMessage>((resolve) => {
        get(`${url}${path}`, (answer) => {
          answer.once('data', () => resolve(answer.pause()));
        });
      });
    };
    const [first, second] = [await slow(), await slow()];
    const { path } = await create({ format: 'CSV', filter: { team: 'nobody' } });
    const busy = await open(path);
    expect(busy.statusCode).toBe(429);
    expect(busy.headers['retry-after']).toBe('30');
    expect(busy.json()).toMatchObject({ errors: [{ extensions: { code: 'EXPORT_BUSY', retryable: true } }] });
    first.destroy();
    await until(async () => (await open(path)).statusCode === 200);
    second.destroy();
  });
});
