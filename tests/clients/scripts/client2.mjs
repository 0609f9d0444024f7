// The TypeScript client 2.x does one of everything and prints what it saw, as JSON.
// Its one argument is a JSON object: url, headers, mode (legacy or auto), key.

import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { answer, look, own } from "./look.mjs";

const asked = JSON.parse(process.argv[2]);
const transport = new StreamableHTTPClientTransport(new URL(asked.url), {
  requestInit: { headers: asked.headers },
});
const client = new Client(own, {
  capabilities: { elicitation: {} },
  versionNegotiation: { mode: asked.mode },
});
client.setRequestHandler("elicitation/create", answer);
await client.connect(transport);
const seen = await look(client, asked.key, {
  call: (it, name, args, options) => it.callTool({ name, arguments: args }, options),
  isModern: (it) => it.getNegotiatedProtocolVersion() >= "2026",
  version: (it) => it.getNegotiatedProtocolVersion(),
});
await client.close();
console.log(JSON.stringify(seen));
