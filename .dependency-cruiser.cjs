/** Which room may import which: the import column of docs/architecture.md. */
const always = ['felt', 'config'];
const rooms = {
  config: [],
  felt: [],
  account: [],
  chain: [],
  database: [],
  api: ['database'],
  access: ['account', 'chain', 'database', 'api'],
  'api-client': [],
  facts: ['database', 'account'],
  sessions: ['account', 'facts', 'database', 'api', 'chain'],
  spending: ['account', 'facts', 'database', 'api', 'chain', 'sessions', 'access'],
  alerts: [],
  webhooks: ['alerts', 'database', 'api'],
  live: ['account', 'facts', 'database', 'api', 'sessions', 'spending'],
  verification: ['account', 'chain', 'database', 'facts', 'sessions', 'spending', 'api'],
  indexing: ['account', 'chain', 'database', 'facts', 'sessions', 'spending', 'alerts', 'webhooks', 'api'],
  sandbox: ['account'],
};
const noAlways = new Set(['config', 'felt', 'api-client']);

const boundary = (room) => ({
  name: `${room}-imports`,
  severity: 'error',
  from: { path: `^libs/${room}/`, pathNot: '(\\.spec\\.ts$|^libs/[^/]+/spec/)' },
  to: {
    path: '^libs/',
    pathNot: `^libs/(${[room, ...rooms[room], ...(noAlways.has(room) ? [] : always)].join('|')})/`,
  },
});

module.exports = {
  forbidden: [
    ...Object.keys(rooms).map(boundary),
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'libs-not-apps', severity: 'error', from: { path: '^libs/' }, to: { path: '^apps/' } },
    {
      name: 'only-public-api',
      comment: 'another room is reached through its index only',
      severity: 'error',
      from: { path: '^(libs|apps)/([^/]+)/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/[^/]+/src/(?!index\\.ts$)', pathNot: '^libs/$2/' },
    },
    {
      name: 'testing-only-in-specs',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '(\\.spec\\.ts$|^libs/[^/]+/spec/|^libs/testing/)' },
      to: { path: '^libs/testing/' },
    },
    {
      name: 'indexing-only-from-apps',
      severity: 'error',
      from: { path: '^libs/', pathNot: '(^libs/(indexing|testing)/|\\.spec\\.ts$)' },
      to: { path: '^libs/indexing/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      conditionNames: ['purser-source', 'import', 'node', 'default', 'types'],
      exportsFields: ['exports'],
    },
  },
};
