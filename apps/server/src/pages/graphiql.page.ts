import { EXAMPLE_QUERIES } from './example-queries.ts';
import { html } from './html.ts';

/**
 * GraphiQL out of our own files. The nonce lets its dialogs add the one style element that they need. It asks with the
 * key that was given on the first page, else with that of the sandbox.
 */
export const renderGraphiql = (nonce: string, demoKey = ''): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Purser GraphiQL</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/graphiql.css">
<link rel="stylesheet" href="/assets/graphiql-page.css">
</head>
<body>
<div id="graphiql" data-demo="${demoKey}">Loading GraphiQL…</div>
<script src="/assets/react.js"></script>
<script src="/assets/react-dom.js"></script>
<script src="/assets/graphiql.js"></script>
<script src="/assets/graphiql-page.js" nonce="${nonce}"></script>
</body>
</html>
`.text;

export const GRAPHIQL_STYLE = 'html, body, #graphiql { height: 100%; margin: 0; }\n';

/** Runs in the browser. A link may bring a query and its variables. */
export const GRAPHIQL_SCRIPT = `
'use strict';
window.__webpack_nonce__ = document.currentScript.nonce;
const examples = ${JSON.stringify(EXAMPLE_QUERIES.map(({ query, variables }) => ({ query, variables })))};
const FIRST_SESSION = '{ sessions(first: 1) { nodes { account sessionKey } } }';

const place = document.getElementById('graphiql');
const key = sessionStorage.getItem('purser-key') || place.dataset.demo;
const credential = key ? { authorization: 'Bearer ' + key } : {};

const firstSession = async () => {
  const body = JSON.stringify({ query: FIRST_SESSION });
  const headers = { 'content-type': 'application/json', ...credential };
  const response = await fetch('/graphql', { method: 'POST', headers, body });
  return (await response.json()).data?.sessions?.nodes[0];
};

const show = (session = { account: '0x...', sessionKey: '0x...' }) => {
  const defaultTabs = examples.map(({ query, variables }) => ({
    query,
    variables: JSON.stringify(Object.fromEntries(variables.map((name) => [name, session[name]])), null, 2),
  }));
  const search = new URLSearchParams(location.search);
  const linked = search.has('query')
    ? { query: search.get('query'), variables: search.get('variables') ?? '{}' }
    : {};
  const fetcher = GraphiQL.createFetcher({ url: '/graphql', headers: credential });
  const root = ReactDOM.createRoot(place);
  root.render(React.createElement(GraphiQL, { fetcher, defaultTabs, ...linked }));
};

firstSession().then(show, () => show());
`;
