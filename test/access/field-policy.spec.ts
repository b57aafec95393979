import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { applyFieldPolicy, FIELD_RULES } from '#libs/access';
import { buildSchema } from 'graphql';
import { printSchemaText } from '../../apps/server/src/print-schema.ts';

const COMMITTED = join(import.meta.dirname, '..', '..', 'docs', 'reference', 'schema.graphql');

describe('the schema and its rules', () => {
  it('say who may read every field that is served', async () => {
    // Throws for the first field of a resolver or model that has no rule.
    expect(await printSchemaText()).toContain('viewer');
  });

  it('say so of the schema that is committed', () => {
    expect(() => applyFieldPolicy(buildSchema(readFileSync(COMMITTED, 'utf8')), FIELD_RULES)).not.toThrow();
  });

  it('would refuse a field more', () => {
    const more = readFileSync(COMMITTED, 'utf8').replace(
      /^type Session ([^{]*)\{/m,
      'type Session $1{\n  balance: String\n',
    );
    expect(() => applyFieldPolicy(buildSchema(more), FIELD_RULES)).toThrow(
      'FIELD_WITHOUT_RULE: Session.balance',
    );
  });
});
