import { INDEXER_STATE_TEXT } from '#libs/api';

export const HOME_STYLE = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent); }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); }
td { font-variant-numeric: tabular-nums; }
textarea { display: block; width: 100%; box-sizing: border-box; font: 13px/1.45 ui-monospace, monospace; }
input { display: block; width: 100%; box-sizing: border-box; font: 13px/1.45 ui-monospace, monospace; padding: .3rem; }
label { display: block; margin: .5rem 0; font-size: .85rem; }
pre { padding: .8rem; border: 1px solid var(--line); overflow: auto; font-size: 13px; }
.note { padding: .5rem .8rem; border: 1px solid var(--line); }
.query { border-top: 1px solid var(--line); padding: .5rem 0 1rem; }
button { font: inherit; padding: .2rem 1rem; margin-right: 1rem; }
`;

/** Runs in the browser, so it is plain JavaScript. Values go into the page as text only. */
export const HOME_SCRIPT = `
'use strict';
const STATUS = '/readyz';
const VIEWER = '{ viewer { name role organisation { name } } }';
const STATES = ${JSON.stringify(INDEXER_STATE_TEXT)};
const FIRST_SESSION = '{ sessions(first: 1) { nodes { account sessionKey } } }';
const EVERY_MS = 2000;

const keyField = document.getElementById('key');

const ask = async (query, variables) => {
  const key = keyField.value.trim();
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key && { authorization: 'Bearer ' + key }) },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
};

const cell = (text) => {
  const td = document.createElement('td');
  td.textContent = text ?? '–';
  return td;
};

const showNetworks = (networks) => {
  const rows = networks.map((n) => {
    const tr = document.createElement('tr');
    tr.append(
      cell(n.network),
      cell(n.chainName ?? n.chainId),
      cell(n.head),
      cell(n.indexed),
      cell(n.lagBlocks),
      cell([STATES[n.state], n.lastError ?? n.stopped].filter(Boolean).join(': ')),
    );
    return tr;
  });
  document.getElementById('networks').replaceChildren(...rows);
};

const refresh = async () => {
  const connection = document.getElementById('connection');
  try {
    const { networks } = await (await fetch(STATUS)).json();
    showNetworks(networks);
    connection.textContent = '';
  } catch {
    connection.textContent = 'The server does not answer; the figures are old.';
  }
  setTimeout(refresh, EVERY_MS);
};

const fillVariables = async () => {
  const { data } = await ask(FIRST_SESSION).catch(() => ({}));
  const session = data?.sessions?.nodes?.[0] ?? { account: '0x...', sessionKey: '0x...' };
  for (const area of document.querySelectorAll('.variables')) {
    const names = area.dataset.names.split(' ').filter(Boolean);
    area.value = JSON.stringify(Object.fromEntries(names.map((name) => [name, session[name]])), null, 1);
  }
  for (const section of document.querySelectorAll('.query')) linkToGraphiql(section);
};

const linkToGraphiql = (section) => {
  const [query, variables] = section.querySelectorAll('textarea');
  const search = new URLSearchParams({ query: query.value, variables: variables.value });
  section.querySelector('.open').href = '/graphiql?' + search;
};

const run = async (section) => {
  const [query, variables] = section.querySelectorAll('textarea');
  const output = section.querySelector('pre');
  output.hidden = false;
  try {
    output.textContent = JSON.stringify(await ask(query.value, JSON.parse(variables.value || '{}')), null, 2);
  } catch (error) {
    output.textContent = String(error);
  }
};

const showViewer = async () => {
  const { data, errors } = await ask(VIEWER).catch(() => ({}));
  const viewer = data?.viewer;
  document.getElementById('who').textContent = viewer
    ? viewer.name + ': ' + viewer.role + ' of ' + viewer.organisation.name
    : (errors?.[0]?.message ?? '');
};

const takeKey = () => {
  sessionStorage.setItem('purser-key', keyField.value.trim());
  showViewer();
  fillVariables();
};

for (const section of document.querySelectorAll('.query')) {
  section.querySelector('.run').addEventListener('click', () => run(section));
  section.addEventListener('input', () => linkToGraphiql(section));
}
keyField.value = sessionStorage.getItem('purser-key') || keyField.dataset.demo;
keyField.addEventListener('change', takeKey);
refresh();
showViewer();
fillVariables();
`;
