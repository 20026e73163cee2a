// The compiler of Flux that InfluxData builds into editors looks at queries: syntax, names, types and arguments.
// usage: node flux_check.mjs FOLDER_OF_PACKAGES QUERIES.json (a list of texts); prints the faults found, a list for each text.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(`${process.argv[2]}/`);
const { Lsp } = require('@influxdata/flux-lsp-node');

const queries = JSON.parse(readFileSync(process.argv[3], 'utf8'));
const faults = queries.map(() => []);
for (const [n, text] of queries.entries()) {
  // A server for each: within one, every file is looked at again with each that is opened.
  const server = new Lsp();
  const heard = new Promise(resolve =>
    server.onMessage(message => {
      const { method, params } = JSON.parse(message);
      if (method === 'textDocument/publishDiagnostics') resolve(params.diagnostics.map(each => each.message));
    }),
  );
  server.run();
  const send = message => server.send(JSON.stringify({ jsonrpc: '2.0', ...message }));
  await send({ id: 1, method: 'initialize', params: { capabilities: {} } });
  await send({ method: 'initialized', params: {} });
  const textDocument = { uri: `file:///${n}.flux`, languageId: 'flux', version: 1, text };
  await send({ method: 'textDocument/didOpen', params: { textDocument } });
  faults[n] = await heard;
}
console.log(JSON.stringify(faults));
process.exit(0);
