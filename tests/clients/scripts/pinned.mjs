// A client of TypeScript lists tools, calls both, and prints what it saw. Arguments: SDK (1 or 2), JSON.

const [version, text] = process.argv.slice(2);
const asked = JSON.parse(text);
const own = { name: "pinned", version: "1" };
const requestInit = { headers: asked.headers };
const url = new URL(asked.url);

async function connected() {
  if (version === "1") {
    const { Client } = await import("@modelcontextprotocol/sdk/client/index.js");
    const { StreamableHTTPClientTransport } = await import("@modelcontextprotocol/sdk/client/streamableHttp.js");
    const client = new Client(own);
    await client.connect(new StreamableHTTPClientTransport(url, { requestInit }));
    return client;
  }
  const { Client, StreamableHTTPClientTransport } = await import("@modelcontextprotocol/client");
  const client = new Client(own, { versionNegotiation: { mode: "auto" } });
  await client.connect(new StreamableHTTPClientTransport(url, { requestInit }));
  return client;
}

const client = await connected();
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
