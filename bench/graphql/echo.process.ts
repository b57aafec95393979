import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Takes a body and gives always the same answer: what HTTP alone takes, without Purser. */
const { body } = JSON.parse(process.argv[2] ?? '{}') as { readonly body: string };

const server = createServer((request, response) => {
  let asked = '';
  request.setEncoding('utf8');
  request.on('data', (part: string) => (asked += part));
  request.on('end', () => {
    JSON.parse(asked);
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
    response.end(body);
  });
});

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ url: `http://127.0.0.1:${port}` });
});
process.once('disconnect', () => process.exit(0));
