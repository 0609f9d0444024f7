// A client of TypeScript reads a person through a mask and prints what it saw. Arguments: SDK (1 or 2), JSON.

const [version, text] = process.argv.slice(2);
const asked = JSON.parse(text);
const own = { name: "masked", version: "1" };
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
const person = await client.callTool({ name: "person", arguments: {} });
await client.close();
console.log(
  JSON.stringify({
    schemas: tools.filter((tool) => tool.outputSchema).map((tool) => tool.name),
    person: person.structuredContent,
    text: person.content[0].text,
  }),
);
