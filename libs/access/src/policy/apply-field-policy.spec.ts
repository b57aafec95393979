import { describe, expect, it } from '@jest/globals';
import { NO_ORGANISATION } from '#libs/database';
import { type Principal, type RequestContext, type Role, ROLES } from '#libs/api';
import { buildSchema, graphql, type GraphQLSchema, subscribe, parse } from 'graphql';
import { applyFieldPolicy, FieldPolicyError } from './apply-field-policy.ts';
import type { FieldRules } from './field-rules.ts';
import { rightsOf } from './roles.ts';

const TEXT = `
  type Query { state: State!  sums: Sums  open: String  log: [Entry!] }
  type Mutation { revoke: Boolean }
  type Subscription { changed: String }
  interface Node { id: ID }
  type State implements Node { id: ID  label: String  secret: String }
  type Sums { debited: String }
  type Entry { text: String! }
`;
const RULES: FieldRules = {
  Query: { READ_STATE: ['state'], READ_SPENDING: ['sums'], PUBLIC: ['open'], READ_AUDIT: ['log'] },
  Mutation: { MANAGE_KEYS: ['revoke'] },
  Subscription: { SUBSCRIBE: ['changed'] },
  Node: { READ_STATE: ['id'] },
  State: { READ_STATE: ['id', 'label'], READ_OPERATIONS: ['secret'] },
  Sums: { READ_SPENDING: ['debited'] },
  Entry: { READ_AUDIT: ['text'] },
};
const ROOT = {
  state: { __typename: 'State', id: '1', label: 'a', secret: 's' },
  sums: { debited: '7' },
  open: 'hello',
  log: [{ text: 'x' }],
  revoke: true,
};

const schemaOf = (rules: readonly FieldRules[] = [RULES], text = TEXT): GraphQLSchema =>
  applyFieldPolicy(buildSchema(text), rules);

const contextOf = (role: Role | undefined): RequestContext => ({
  principal: role === undefined ? undefined : principalOf(role),
  scope: NO_ORGANISATION,
  address: '127.0.0.1',
  requestId: 'r',
  deadlineAtMs: 0,
  loaders: new Map(),
});

const principalOf = (role: Role): Principal => ({
  kind: 'KEY',
  id: 'k',
  name: 'n',
  organisation: { id: 1, publicId: 'org_1', name: 'default', kind: 'SHARED' },
  role,
  rights: rightsOf(role, 'SHARED', false),
  scope: { organisationId: 1 },
  validUntilMs: undefined,
  unitsPerMinute: 1,
});

const ask = async (source: string, role?: Role) => {
  const { data, errors = [] } = await graphql({
    schema: schemaOf(),
    source,
    rootValue: ROOT,
    contextValue: contextOf(role),
  });
  return { data, codes: errors.map(({ extensions }) => extensions['code']), errors };
};

const faultOf = (rules: readonly FieldRules[], text = TEXT) => {
  try {
    schemaOf(rules, text);
  } catch (error) {
    if (error instanceof FieldPolicyError) return [error.code, ...error.fields];
    throw error;
  }
  return [];
};

describe('the field policy', () => {
  it('refuses a schema with a field that nobody ruled', () => {
    const more = TEXT.replace('label: String', 'label: String  balance: String  note: String');
    expect(faultOf([RULES], more)).toEqual(['FIELD_WITHOUT_RULE', 'State.balance', 'State.note']);
    expect(faultOf([RULES], `${TEXT} type Loose { id: ID }`)).toEqual(['FIELD_WITHOUT_RULE', 'Loose.id']);
    expect(faultOf([RULES], `${TEXT} interface Named { name: ID }`)).toEqual([
      'FIELD_WITHOUT_RULE',
      'Named.name',
    ]);
  });

  it('refuses a rule of a field that is gone, and two rules of one', () => {
    expect(faultOf([RULES, { State: { READ_STATE: ['gone'] } }])).toEqual([
      'RULE_WITHOUT_FIELD',
      'State.gone',
    ]);
    expect(faultOf([RULES, { Gone: { READ_STATE: ['id'] } }])).toEqual(['RULE_WITHOUT_FIELD', 'Gone.id']);
    expect(faultOf([RULES, { State: { READ_AUDIT: ['label'] } }])).toEqual([
      'FIELD_RULED_TWICE',
      'State.label',
    ]);
  });

  it('knows no rule for all fields at once', () => {
    expect(faultOf([{ ...RULES, State: { READ_STATE: ['*'] } }])[0]).toBe('FIELD_WITHOUT_RULE');
  });

  it('answers nobody but what is public', async () => {
    expect(await ask('{ open }')).toMatchObject({ data: { open: 'hello' }, codes: [] });
    expect(await ask('{ state { id } }')).toMatchObject({ data: null, codes: ['UNAUTHENTICATED'] });
    expect(await ask('{ open sums { debited } log { text } }')).toMatchObject({
      data: { open: 'hello', sums: null, log: null },
      codes: ['UNAUTHENTICATED', 'UNAUTHENTICATED'],
    });
    expect((await ask('mutation { revoke }')).codes).toEqual(['UNAUTHENTICATED']);
  });

  it('answers each role what it may read, and names the field and the right that is missing', async () => {
    const query = '{ state { id label secret } sums { debited } log { text } }';
    const refusedTo = async (role: Role) =>
      (await ask(query, role)).errors.map(({ path }) => path?.join('.')).sort();
    expect(await refusedTo('ADMIN')).toEqual([]);
    expect(await refusedTo('AUDITOR')).toEqual([]);
    expect(await refusedTo('FINANCE')).toEqual(['log', 'state.secret']);
    expect(await refusedTo('INTEGRATOR')).toEqual(['log', 'state.secret', 'sums']);
    const { data, errors } = await ask(query, 'INTEGRATOR');
    expect(data).toEqual({ state: { id: '1', label: 'a', secret: null }, sums: null, log: null });
    expect(errors.map(({ extensions }) => extensions)).toContainEqual({
      code: 'FORBIDDEN',
      retryable: false,
      details: { right: 'READ_SPENDING', role: 'INTEGRATOR' },
    });
  });

  it('lets an alias or a fragment change nothing', async () => {
    const query = '{ state { ...f } } fragment f on Node { ... on State { label: secret } }';
    expect(await ask(query, 'FINANCE')).toMatchObject({
      data: { state: { label: null } },
      codes: ['FORBIDDEN'],
    });
  });

  it('guards mutations and subscriptions', async () => {
    expect((await ask('mutation { revoke }', 'ADMIN')).data).toEqual({ revoke: true });
    expect((await ask('mutation { revoke }', 'AUDITOR')).codes).toEqual(['FORBIDDEN']);
    const schema = buildSchema(TEXT);
    schema.getSubscriptionType()!.getFields()['changed']!.subscribe = async function* () {
      yield await Promise.resolve({ changed: 'x' });
    };
    applyFieldPolicy(schema, [RULES]);
    const document = parse('subscription { changed }');
    const refused = await subscribe({ schema, document, contextValue: contextOf(undefined) });
    expect(refused).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    const events = await subscribe({ schema, document, contextValue: contextOf('INTEGRATOR') });
    expect(await (events as AsyncGenerator).next()).toMatchObject({ value: { data: { changed: 'x' } } });
  });

  it('puts nothing before what everybody may read below a root', () => {
    const schema = schemaOf();
    const guarded = (type: string) =>
      Object.entries(
        (schema.getType(type) as { getFields(): Record<string, { resolve?: unknown }> } & object).getFields(),
      )
        .filter(([, { resolve }]) => resolve !== undefined)
        .map(([name]) => name);
    expect(guarded('State')).toEqual(['secret']);
    expect(guarded('Query')).toEqual(['state', 'sums', 'log']);
  });

  it('keeps the resolver that was there', async () => {
    const schema = buildSchema(TEXT);
    schema.getQueryType()!.getFields()['sums']!.resolve = () => ({ debited: 'resolved' });
    applyFieldPolicy(schema, [RULES]);
    for (const role of ROLES) {
      const { data } = await graphql({
        schema,
        source: '{ sums { debited } }',
        contextValue: contextOf(role),
      });
      expect(data).toEqual({ sums: role === 'INTEGRATOR' ? null : { debited: 'resolved' } });
    }
  });
});
