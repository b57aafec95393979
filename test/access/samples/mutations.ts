import type { MutationSamples } from '../matrix/mutation-sample.ts';
import type { Things } from '../matrix/things.ts';

const idOf =
  (kind: 'groupId' | 'ruleId' | 'keyId' | 'memberId' | 'exportId', more = '') =>
  (things: Things): string =>
    `id: "${things[kind]}"${more}`;
const accounts = ({ account }: Things): string => `accounts: ["${account}"]`;
const labelled = ({ account }: Things): string => `accounts: [{ address: "${account}", label: "changed" }]`;
const rowsOf = ({ account }: Things): string => `rows: [{ line: 2, address: "${account}", team: "changed" }]`;
const REPORT =
  '{ good wrong faults { code } result { followed changed unchanged } standings { withSessions undeployed } }';
const member = ({ subject }: Things): string =>
  `input: { name: "new", role: FINANCE, issuer: "https://id.example", subject: "${subject}" }`;

const PEOPLE: MutationSamples = {
  'Mutation.createApiKey': [
    {
      args: (t) => `input: { name: "new", role: AUDITOR, scope: { accounts: ["${t.account}"] } }`,
      select: '{ apiKey { name role scope { accounts } } }',
      tells: 'NOTHING',
    },
  ],
  'Mutation.rotateApiKey': [{ args: idOf('keyId', ', overlapSeconds: 60'), select: '{ apiKey { role } }' }],
  'Mutation.revokeApiKey': [{ args: idOf('keyId'), select: '{ name role }' }],
  'Mutation.addMember': [
    { args: member, select: '{ name role subject }' },
    {
      name: 'an account',
      args: ({ account }) => `input: { name: "new", role: FINANCE, account: "${account}" }`,
      select: '{ name role account }',
      tells: 'NOTHING',
    },
  ],
  'Mutation.setMemberRole': [{ args: idOf('memberId', ', role: AUDITOR'), select: '{ name role subject }' }],
  'Mutation.disableMember': [{ args: idOf('memberId'), select: '{ name role subject }' }],
  'Mutation.updateOrganisation': [
    { args: () => 'input: { name: "renamed" }', select: '{ name kind }', tells: 'NOTHING' },
    {
      name: 'its time zone',
      args: () => 'input: { timeZone: "Asia/Tokyo" }',
      select: '{ timeZone kind }',
      tells: 'NOTHING',
    },
  ],
  'Mutation.openSignIn': [
    { args: ({ account }) => `account: "${account}"`, select: '{ __typename }', tells: 'NOTHING' },
  ],
  // A challenge belongs to no organisation, and is good for one signature: the specs of signing in ask all of it.
  'Mutation.signIn': [
    {
      args: () => `challengeId: "chl_${'0'.repeat(32)}", signature: ["0x1", "0x2"]`,
      select: '{ keys { role } }',
      tells: 'NOTHING',
    },
  ],
};

const PORTFOLIO: MutationSamples = {
  'Mutation.followAccounts': [{ args: labelled, select: '{ followed changed unchanged }' }],
  'Mutation.unfollowAccounts': [{ args: accounts }],
  'Mutation.labelAccounts': [{ args: labelled }],
  'Mutation.importAccounts': [
    { args: (t) => `${rowsOf(t)}, dryRun: false`, select: REPORT },
    { args: (t) => `${rowsOf(t)}, dryRun: true`, select: REPORT },
  ],
  'Mutation.createFollowRule': [
    { args: ({ deployer }) => `deployer: "${deployer}"`, select: '{ found rule { kind deployer label } }' },
  ],
  'Mutation.deleteFollowRule': [{ args: idOf('ruleId') }],
  'Mutation.createGroup': [
    { args: ({ groupName }) => `name: "${groupName}"`, select: '{ name accountCount }' },
  ],
  'Mutation.renameGroup': [
    // A name of its own: another one would be taken where it was renamed before.
    {
      args: ({ groupId }) => `id: "${groupId}", name: "renamed ${groupId}"`,
      select: '{ name accountCount }',
    },
  ],
  'Mutation.deleteGroup': [{ args: idOf('groupId') }],
  'Mutation.addToGroup': [
    { name: 'to theirs', args: (t) => `id: "${t.groupId}", ${accounts(t)}`, select: '{ name accountCount }' },
    {
      name: 'to one of ones own',
      args: (t, own) => `id: "${own.groupId}", ${accounts(t)}`,
      select: '{ name accountCount }',
    },
    {
      name: 'what is ones own to theirs',
      args: (t, own) => `id: "${t.groupId}", ${accounts(own)}`,
      select: '{ name accountCount }',
    },
  ],
  'Mutation.removeFromGroup': [
    { args: (t) => `id: "${t.groupId}", ${accounts(t)}`, select: '{ name accountCount }' },
  ],
};

const FINANCE: MutationSamples = {
  'Mutation.reviewRows': [
    {
      args: ({ debitId, movementId }) =>
        `ids: ["${debitId}", "${movementId}"], state: REVIEWED, note: "seen"`,
      select: '{ id review { state note } }',
    },
    {
      name: 'takes back',
      args: ({ debitId }) => `ids: ["${debitId}"], state: NONE`,
      select: '{ id review { state note } }',
    },
  ],
  'Mutation.createExport': [
    {
      args: ({ account }) => `input: { format: JSONL, filter: { account: "${account}" } }`,
      select: '{ export { format network } }',
      tells: 'NOTHING',
    },
  ],
  'Mutation.revokeExport': [{ args: idOf('exportId'), select: '{ format network creatorName }' }],
};

/** Every field of Mutation. */
export const MUTATIONS: MutationSamples = { ...PEOPLE, ...PORTFOLIO, ...FINANCE };
