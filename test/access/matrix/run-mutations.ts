import { type Role, ROLES } from '#libs/api';
import { callOf, callTitle, type MutationSample, type MutationSamples } from './mutation-sample.ts';
import { expectedCodes, type RoleTable } from './role-table.ts';
import { changesIn, rowsOf } from './rows-of.ts';
import { LONGEST_FAULT, refusalsIn, STRANGERS } from './run-matrix.ts';
import type { Things } from './things.ts';
import { withoutNames } from './without-names.ts';
import type { Answer } from './post-to.ts';
import { type Asker, SECRET, type World } from './world.ts';

interface Called {
  readonly world: World;
  readonly rootField: string;
  readonly sample: MutationSample;
  readonly roleTable: RoleTable;
  /** Of the first organisation, made for this sample. */
  readonly theirs: Things;
}

/**
 * Calls every field of Mutation as everybody. @returns one sentence for each call that was allowed or refused against the
 * table, that told a stranger of another organisation, or that changed a row of it; and for each sample that could not
 * show any of that.
 */
export const runMutations = async (
  world: World,
  samples: MutationSamples,
  roleTable: RoleTable,
): Promise<string[]> => {
  const found: string[] = [];
  for await (const fault of mutationFaults(world, samples, roleTable)) found.push(fault);
  return found;
};

/** The first thing that `runMutations` would tell; undefined: nothing. */
export const firstMutationFault = async (
  world: World,
  samples: MutationSamples,
  roleTable: RoleTable,
): Promise<string | undefined> => {
  for await (const fault of mutationFaults(world, samples, roleTable)) return fault;
  return undefined;
};

async function* mutationFaults(
  world: World,
  samples: MutationSamples,
  roleTable: RoleTable,
): AsyncGenerator<string> {
  for (const [rootField, ofField] of Object.entries(samples))
    for (const sample of ofField) {
      await settleDown(world);
      const called = { world, rootField, sample, roleTable, theirs: await world.freshThings() };
      const title = callTitle(rootField, sample, called.theirs);
      for (const look of [rolesAreRefused, strangersDoNothing, ownerIsHeard])
        for (const what of await look(called)) yield `${title}: ${what}`.slice(0, LONGEST_FAULT);
    }
  await settleDown(world);
}

/** Takes back what calls that are allowed did to who follows what. */
const settleDown = async ({ database, organisations, theirs, unfollowed, own, networkId }: World) => {
  const { first, stranger } = organisations;
  const strangers = [unfollowed.account, theirs.account];
  for (const table of ['group_members', 'follows', 'unfollows'])
    await database.sql`
      delete from ${database.sql(table)}
      where (organisation_id = ${first} and account in ${database.sql([unfollowed.account, own.account])})
        or (organisation_id = ${stranger} and account in ${database.sql(strangers)})`;
  await database.sql`delete from accounts where address = ${unfollowed.account}`;
  await database.sql`
    insert into follows (organisation_id, network_id, account, source)
    select o, ${networkId}, a, 'ADDED' from (values (${first}::integer, ${theirs.account}), (${stranger}, ${own.account})) w (o, a)
    on conflict do nothing`;
};

const isPublic = ({ world, rootField, sample, roleTable, theirs }: Called): boolean =>
  expectedCodes(roleTable, world.server, callOf(rootField, sample, theirs, theirs), 'NOBODY').length === 0;

/** With what belongs to their organisation where it must do nothing, and with what never was where it would. */
const rolesAreRefused = async (called: Called): Promise<string[]> => {
  const { world, rootField, sample, roleTable, theirs } = called;
  const found: string[] = [];
  const before = await rowsOf(world.database, world.organisations.first);
  // Anybody may try a sign-in, twenty times a minute: not once for each role.
  const askers = isPublic(called) ? (['NOBODY'] as const) : ([...ROLES, 'NOBODY'] as const);
  for (const asker of askers) {
    const document = callOf(rootField, sample, theirs, theirs);
    const expected = expectedCodes(roleTable, world.server, document, asker);
    if (expected.length === 0 && asker !== 'NOBODY') continue;
    const { codes, errors, text } = await world.ask(asker, document);
    const distinct = [...new Set(refusalsIn(errors))];
    if (distinct.join() !== expected.join() || codes.length !== distinct.length)
      if (expected.length > 0 || distinct.length > 0)
        found.push(`${asker} was refused [${distinct.join()}] instead of [${expected.join()}]: ${text}`);
  }
  const changes = changesIn(before, await rowsOf(world.database, world.organisations.first));
  return [...found, ...changes.map((change) => `who was refused has changed: ${change}`)];
};

const strangersDoNothing = async (called: Called): Promise<string[]> => {
  const { world, theirs } = called;
  const { unfollowed, database, organisations } = world;
  const found: string[] = [];
  for (const asker of isPublic(called) ? (['STRANGER'] as const) : STRANGERS) {
    const before = await rowsOf(database, organisations.first);
    await settleDown(world);
    const nobodys = await callAs(called, asker, unfollowed);
    await settleDown(world);
    const answer = await callAs(called, asker, theirs);
    const [expected, given] = [withoutNames(nobodys.text, unfollowed), withoutNames(answer.text, theirs)];
    if (expected !== given) found.push(`${asker} was told ${given}, and of what never was ${expected}`);
    const document = documentFor(called, asker, theirs);
    if (asker === 'STRANGER' && answer.text.includes(SECRET) && !document.includes(SECRET))
      found.push(`${asker} was told ${answer.text}`);
    const changes = changesIn(before, await rowsOf(database, organisations.first));
    // A limited key is of the first organisation, and may add to it what it may do.
    const wrong = asker === 'STRANGER' ? changes : changes.filter((row) => isLost(row));
    found.push(...wrong.map((change) => `${asker} has changed: ${change}`));
  }
  return found;
};

/** The end of the audit log moves with every entry. */
const isLost = (change: string): boolean => change.startsWith('- ') && !change.startsWith('- audit_heads');

/** A sample that does nothing for the owner himself would never be red. */
const ownerIsHeard = async (called: Called): Promise<string[]> => {
  const { world, sample, theirs } = called;
  if (sample.tells === 'NOTHING') return [];
  const nobodys = await callAs(called, 'ADMIN', world.unfollowed);
  await settleDown(world);
  const answer = await callAs(called, 'ADMIN', theirs);
  const same = withoutNames(nobodys.text, world.unfollowed) === withoutNames(answer.text, theirs);
  const refused = refusalsIn([...nobodys.errors, ...answer.errors]);
  return [
    ...(same ? [`its owner gets the same answer as for what never was: ${answer.text}`] : []),
    ...(nobodys.codes.length > 0 && answer.codes.length > 0
      ? [`its owner is never answered: ${answer.text} and ${nobodys.text}`]
      : []),
    ...refused.map((code) => `its owner was refused: ${code}`),
  ];
};

const documentFor = ({ world, rootField, sample, theirs }: Called, asker: Asker, things: Things): string =>
  callOf(rootField, sample, things, asker === ('ADMIN' satisfies Role) ? theirs : world.own);

const callAs = (called: Called, asker: Asker, things: Things): Promise<Answer> =>
  called.world.ask(asker, documentFor(called, asker, things));
