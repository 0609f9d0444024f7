// The TypeScript SDK 1.x does one of everything and prints what it saw, as JSON.
// Its one argument is a JSON object: url, headers, key.

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { answer, look, own } from "./look.mjs";

const asked = JSON.parse(process.argv[2]);
const transport = new StreamableHTTPClientTransport(new URL(asked.url), {
  requestInit: { headers: asked.headers },
});
const client = new Client(own, { capabilities: { elicitation: {} } });
client.setRequestHandler(ElicitRequestSchema, answer);
await client.connect(transport);
const seen = await look(client, asked.key, {
  call: (it, name, args, options) => it.callTool({ name, arguments: args }, undefined, options),
  isModern: () => false,
  version: () => transport.protocolVersion,
});
await transport.terminateSession();
await client.close();
console.log(JSON.stringify(seen));
