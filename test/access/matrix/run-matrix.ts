import type { Role } from '#libs/api';
import { ROLES } from '#libs/api';
import { documentOf, type Sample, type Samples, titleOf } from './sample.ts';
import { expectedCodes, type RoleTable } from './role-table.ts';
import type { Answer } from './post-to.ts';
import type { Asker, World } from './world.ts';
import { OF_ACCOUNT, SECRET } from './world.ts';
import { withoutNames } from './without-names.ts';

/** Everybody who may not see what the first organisation follows. */
export const STRANGERS = [
  'STRANGER',
  'LIMITED_BY_ACCOUNT',
  'LIMITED_BY_LABEL',
] as const satisfies readonly Asker[];

interface Asked {
  readonly world: World;
  readonly rootField: string;
  readonly sample: Sample;
  readonly roleTable: RoleTable;
}

/**
 * Asks every sample as everybody. @returns one sentence for each thing that somebody was told, or allowed, or refused,
 * who should not have been; and for each sample that could not show a leak if there were one.
 */
export const runMatrix = async (world: World, samples: Samples, roleTable: RoleTable): Promise<string[]> => {
  const found: string[] = [];
  for await (const fault of faultsIn(world, samples, roleTable)) found.push(fault);
  return found;
};

/** The first thing that `runMatrix` would tell; undefined: nothing. */
export const firstFault = async (
  world: World,
  samples: Samples,
  roleTable: RoleTable,
): Promise<string | undefined> => {
  for await (const fault of faultsIn(world, samples, roleTable)) return fault;
  return undefined;
};

async function* faultsIn(world: World, samples: Samples, roleTable: RoleTable): AsyncGenerator<string> {
  for (const [rootField, ofField] of Object.entries(samples))
    for (const sample of ofField) {
      const asked = { world, rootField, sample, roleTable };
      const title = titleOf(rootField, sample, world.theirs);
      for (const look of [strangersAreToldNothing, rolesAreAsTheTableSays, sampleShowsSomething])
        for (const what of await look(asked)) yield `${title}: ${what}`.slice(0, LONGEST_FAULT);
    }
}

/** Enough to see what it is about. */
export const LONGEST_FAULT = 1_500;

const strangersAreToldNothing = async (asked: Asked): Promise<string[]> => {
  const { world, rootField, sample } = asked;
  const found: string[] = [];
  for (const asker of STRANGERS) {
    const ask = (things: World['theirs']) => world.ask(asker, documentOf(rootField, sample, things));
    // Twice: what a node says of a class is asked for once.
    await ask(world.unfollowed);
    const nobodys = await ask(world.unfollowed);
    const theirs = await ask(world.theirs);
    const [expected, given] = [
      withoutNames(nobodys.text, world.unfollowed),
      withoutNames(theirs.text, world.theirs),
    ];
    if (expected !== given) found.push(`${asker} was told ${given}, and of what nobody follows ${expected}`);
    for (const kind of ['statements', 'nodeCalls'] as const)
      if (theirs[kind] !== nobodys[kind])
        found.push(`${asker} caused ${theirs[kind]} ${kind}, and for what nobody follows ${nobodys[kind]}`);
    found.push(...namesOfOthers(asked, asker, theirs));
  }
  return found;
};

/** What the asker named himself he may be told. Of a limited key the organisation is his own. */
const namesOfOthers = ({ world, rootField, sample }: Asked, asker: Asker, { text }: Answer): string[] => {
  const given = documentOf(rootField, sample, world.theirs);
  const { account, sessionKey, transactionHash, ...ids } = world.theirs;
  const belongings = [ids.groupId, ids.ruleId, ids.keyId, ids.memberId, ids.exportId];
  // A node tells the same of any account: the keys and the transactions of one that was named.
  const isNamed = [account, ...Object.values(ids)].some(
    (name) => name !== ids.token && name !== ids.firstBlock && given.includes(name),
  );
  const names = isNamed ? [] : [account, sessionKey, transactionHash].filter((name) => !given.includes(name));
  if (asker === 'STRANGER') names.push(SECRET, ...belongings.filter((name) => !given.includes(name)));
  else if (!isNamed) names.push(OF_ACCOUNT);
  return names.filter((name) => text.includes(name)).map((name) => `${asker} was told of ${name}: ${text}`);
};

const rolesAreAsTheTableSays = async ({ world, rootField, sample, roleTable }: Asked): Promise<string[]> => {
  const document = documentOf(rootField, sample, world.theirs);
  const found: string[] = [];
  for (const asker of [...ROLES, 'NOBODY'] as const) {
    const { codes, errors, text } = await world.ask(asker, document);
    const expected = expectedCodes(roleTable, world.server, document, asker);
    const refused = refusalsIn(errors);
    const distinct = [...new Set(refused)].sort();
    if (distinct.join() !== expected.join())
      found.push(`${asker} was refused [${distinct.join()}] instead of [${expected.join()}]: ${text}`);
    if (distinct.length > 0 && codes.length > refused.length)
      found.push(`${asker} was told more than a refusal: ${codes.join()}`);
  }
  return found;
};

/** Refusals by right, one for each error that is one. */
export const refusalsIn = (errors: Answer['errors']): readonly string[] =>
  errors.map(({ extensions }) => refusalOf(extensions)).filter((code) => code !== undefined);

const refusalOf = ({ code, details }: Answer['errors'][number]['extensions']): string | undefined => {
  if (code === 'FORBIDDEN') return `FORBIDDEN ${String(details?.['right'])}`;
  return code === 'UNAUTHENTICATED' ? code : undefined;
};

/** A sample to which the owner gets no answer, or the same as anybody, would never be red. */
const sampleShowsSomething = async ({ world, rootField, sample }: Asked): Promise<string[]> => {
  const document = documentOf(rootField, sample, world.theirs);
  const owner = await world.ask('ADMIN' satisfies Role, document);
  if (owner.codes.length > 0) return [`the owner himself gets no answer: ${owner.text}`];
  if (sample.tells === 'NOTHING') return [];
  const other = await otherAnswer({ world, rootField, sample });
  return withoutNames(owner.text, world.theirs) === other
    ? [`everybody gets the same answer: ${owner.text}`]
    : [];
};

/**
 * While the stranger follows the same account: what he is told of what the first organisation added, and samples marked OWN
 * that tell him the same. One sentence for each.
 */
export const sharedFaults = async (world: World, samples: Samples): Promise<string[]> => {
  const found: string[] = [];
  for (const [rootField, ofField] of Object.entries(samples))
    for (const sample of ofField) {
      const document = documentOf(rootField, sample, world.theirs);
      const { text } = await world.ask('STRANGER', document);
      const title = titleOf(rootField, sample, world.theirs);
      if (text.includes(SECRET) && !document.includes(SECRET))
        found.push(`${title}: STRANGER was told ${text}`.slice(0, LONGEST_FAULT));
      if (sample.tells === 'OWN' && text === (await world.ask('ADMIN', document)).text)
        found.push(`${title}: everybody gets the same answer: ${text}`.slice(0, LONGEST_FAULT));
    }
  return found;
};

const otherAnswer = async ({ world, rootField, sample }: Omit<Asked, 'roleTable'>): Promise<string> => {
  const namesSomebody =
    documentOf(rootField, sample, world.theirs) !== documentOf(rootField, sample, world.unfollowed);
  const asker = namesSomebody ? 'ADMIN' : 'STRANGER';
  const { text } = await world.ask(asker, documentOf(rootField, sample, world.unfollowed));
  return withoutNames(text, world.unfollowed);
};

/**
 * What somebody is answered about the things of the first organisation, by sample, and at what cost: changes are not called.
 * Asked twice, since what a node says of a class is asked for once.
 */
export const answersTo = async (
  world: World,
  asker: Asker,
  samples: Samples,
): Promise<ReadonlyMap<string, string>> => {
  const answers = new Map<string, string>();
  for (const [rootField, ofField] of Object.entries(samples).filter(
    ([field]) => !field.startsWith('Mutation.'),
  ))
    for (const sample of ofField) {
      const document = documentOf(rootField, sample, world.theirs);
      await world.ask(asker, document);
      const { text, statements, nodeCalls } = await world.ask(asker, document);
      const title = titleOf(rootField, sample, world.theirs);
      answers.set(title, `${text} for ${statements} statements and ${nodeCalls} calls to the node`);
    }
  return answers;
};
