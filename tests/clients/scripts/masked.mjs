// A client of TypeScript reads a person through a mask and prints what it saw. Arguments: SDK (1 or 2), JSON.

const [version, text] = process.argv.slice(2);
const asked = JSON.parse(text);
const own = { name: "masked", version: "1" };
const requestInit = { headers: asked.headers };
const url = new URL(asked.url);
const elicited = [];
const steps = [];

const answer = async (request) => {
  elicited.push(request.params.message);
  return { action: "accept", content: { is_right: true } };
};

async function connected(isLegacy) {
  const capabilities = { elicitation: {} };
  if (version === "1") {
    const { Client } = await import("@modelcontextprotocol/sdk/client/index.js");
    const { StreamableHTTPClientTransport } = await import("@modelcontextprotocol/sdk/client/streamableHttp.js");
    const { ElicitRequestSchema } = await import("@modelcontextprotocol/sdk/types.js");
    const client = new Client(own, { capabilities });
    client.setRequestHandler(ElicitRequestSchema, answer);
    await client.connect(new StreamableHTTPClientTransport(url, { requestInit }));
    return client;
  }
  const { Client, StreamableHTTPClientTransport } = await import("@modelcontextprotocol/client");
  const client = new Client(own, isLegacy ? { capabilities } : { capabilities, versionNegotiation: { mode: "auto" } });
  client.setRequestHandler("elicitation/create", answer);
  await client.connect(new StreamableHTTPClientTransport(url, { requestInit }));
  return client;
}

const onprogress = (told) => steps.push(told.message);
// The second argument of callTool is a schema in the first SDK, and options in the second.
const options = version === "1" ? [undefined, { onprogress }] : [{ onprogress }];

const client = await connected(false);
const { tools } = await client.listTools();
const person = await client.callTool({ name: "person", arguments: {} });
const failed = await client.callTool({ name: "follow", arguments: {} }, ...options);
const prompt = await client.getPrompt({ name: "greeting", arguments: { to: "her" } });
const resource = await client.readResource({ uri: "people://1" });
const blob = await client.readResource({ uri: "people://1/card" });
const completion = await client.complete({
  ref: { type: "ref/prompt", name: "greeting" },
  argument: { name: "to", value: "a" },
});
await client.close();
const legacy = await connected(true);
const confirmed = await legacy.callTool({ name: "confirm", arguments: {} });
await legacy.close();
console.log(
  JSON.stringify({
    schemas: tools.filter((tool) => tool.outputSchema).map((tool) => tool.name),
    person: person.structuredContent,
    text: person.content[0].text,
    failed: failed.content[0].text,
    prompt, resource, blob, completion, confirmed, steps, elicited,
  }),
);
