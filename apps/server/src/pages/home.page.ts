import { INDEXER_STATE_TEXT, indexerStateOf, type NetworkStatus } from '#libs/api';
import { decodeShortString, feltToHex } from '#libs/felt';
import { EXAMPLE_QUERIES, type ExampleQuery } from './example-queries.ts';
import { type Html, html } from './html.ts';

/**
 * The first page: what this is, how far it is (kept live by a script), and queries to run with a key. Of the sandbox the
 * key is filled in.
 */
export const renderHome = (networks: readonly NetworkStatus[], demoKey = ''): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Purser</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/home.css">
<script defer src="/assets/home.js"></script>
</head>
<body>
<main>
<h1>Purser</h1>
<p>Knows, and can prove, what every session key of a Starknet account may still do. Every answer names the block it
speaks of.</p>
<h2>Networks</h2>
${networks.some(({ sandbox }) => sandbox) ? [SANDBOX_NOTE] : []}
<p id="connection" role="status"></p>
<table>
<thead><tr><th>network</th><th>chain</th><th>head</th><th>indexed</th><th>lag</th><th>state</th></tr></thead>
<tbody id="networks">
${networks.map(networkRow)}
</tbody>
</table>
<h2>Queries</h2>
<label>API key, kept in this tab only<input id="key" type="password" autocomplete="off" spellcheck="false" data-demo="${demoKey}"></label>
<p id="who" role="status"></p>
${demoKey === '' ? KEY_NOTE : DEMO_KEY_NOTE}
<p><a href="/graphiql">Open GraphiQL</a> with all of them, or run one here. The endpoint is <code>POST /graphql</code>.</p>
${EXAMPLE_QUERIES.map(queryForm)}
<h2>For operators</h2>
<p><a href="/readyz">/readyz</a> · <a href="/livez">/livez</a> · <a href="/metrics">/metrics</a></p>
</main>
</body>
</html>
`.text;

const SANDBOX_NOTE = html`<p class="note"><strong>This is a sandbox:</strong> a Starknet chain inside this process, with
made-up accounts and funds.</p>`;

const KEY_NOTE = html`<p class="note">Queries need a key: <code>purser keys create --role auditor</code> on the host makes one.</p>`;

const DEMO_KEY_NOTE = html`<p class="note">The key of the sandbox is filled in. It is the same on every machine, and accepted by no Purser
that follows a real network.</p>`;

/** As the script of the page writes it. */
const stateText = (network: NetworkStatus): string => {
  const reason = network.lastError ?? network.stopped;
  const state = INDEXER_STATE_TEXT[indexerStateOf(network)];
  return reason === undefined ? state : `${state}: ${reason}`;
};

const networkRow = (network: NetworkStatus): Html => html`<tr>
<td>${network.label}</td>
<td>${decodeShortString(network.chainId) ?? feltToHex(network.chainId)}</td>
<td>${network.head?.blockNumber ?? '–'}</td>
<td>${network.indexed?.blockNumber ?? '–'}</td>
<td>${network.lagBlocks ?? '–'}</td>
<td>${stateText(network)}</td>
</tr>`;

const queryForm = ({ title, query, variables }: ExampleQuery): Html => html`<section class="query">
<h3>${title}</h3>
<label>Query<textarea spellcheck="false" rows="${query.split('\n').length}">${query}</textarea></label>
<label>Variables<textarea class="variables" data-names="${variables.join(' ')}" spellcheck="false" rows="2">{}</textarea></label>
<button type="button" class="run">Run</button>
<a class="open" href="/graphiql?${new URLSearchParams({ query }).toString()}">Open in GraphiQL</a>
<pre hidden aria-live="polite"></pre>
</section>`;
