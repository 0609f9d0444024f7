// A client of TypeScript lists tools, calls both, and prints what it saw. Arguments: SDK (1 or 2), JSON.

import { connected } from "./connected.mjs";

const [version, text] = process.argv.slice(2);
const asked = JSON.parse(text);
const client = await connected(version, asked, "pinned");
const { tools } = await client.listTools();
const added = await client.callTool({ name: "add", arguments: { a: 2, b: 3 } });
const echoed = await client.callTool({ name: "echo", arguments: { text: "hello" } });
await client.close();
console.log(
  JSON.stringify({
    tools: tools.map((tool) => tool.name).sort(),
    added: added.structuredContent,
    echoed: echoed.content[0].text,
    failed: Boolean(echoed.isError),
  }),
);
