// A client of TypeScript makes the calls that it is told on standard input, and prints what its user sees of each.
// Arguments: SDK (1 or 2), JSON of url, headers and mode. A line in: tool, number, whether it shows progress.

import { createInterface } from "node:readline";
import { connected } from "./connected.mjs";

const [version, text] = process.argv.slice(2);
const asked = JSON.parse(text);
const client = await connected(version, asked, "held");
for await (const line of createInterface({ input: process.stdin })) {
  const [tool, number, shows] = JSON.parse(line);
  let said, failed;
  try {
    const options = shows ? { onprogress: () => {} } : {};
    const params = { name: tool, arguments: { number } };
    const result = version === "1"
      ? await client.callTool(params, undefined, options)
      : await client.callTool(params, options);
    said = result.content[0].text;
    failed = result.isError === true;
  } catch (raised) {
    said = `${raised.constructor.name}: ${raised.message}`;
    failed = true;
  }
  console.log(JSON.stringify({ text: said.slice(0, 400), size: said.length, failed }));
}
await client.close();
