// A client of either SDK of TypeScript, connected. `version`: "1", "2", or "legacy" for the second without "auto".

export async function connected(version, asked, name) {
  const own = { name, version: "1" };
  const url = new URL(asked.url);
  const requestInit = { headers: asked.headers };
  if (version === "1") {
    const { Client } = await import("@modelcontextprotocol/sdk/client/index.js");
    const { StreamableHTTPClientTransport } = await import("@modelcontextprotocol/sdk/client/streamableHttp.js");
    const client = new Client(own);
    await client.connect(new StreamableHTTPClientTransport(url, { requestInit }));
    return client;
  }
  const { Client, StreamableHTTPClientTransport } = await import("@modelcontextprotocol/client");
  const options = version === "2" ? { versionNegotiation: { mode: "auto" } } : {};
  const client = new Client(own, options);
  await client.connect(new StreamableHTTPClientTransport(url, { requestInit }));
  return client;
}
