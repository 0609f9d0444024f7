// The client of the TypeScript SDK 1.x makes calls as tasks, and prints what its user sees of each.
// Its argument is JSON of url and headers. A line in: tool, number, whether it is cancelled.

import { createInterface } from "node:readline";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { CallToolResultSchema } from "@modelcontextprotocol/sdk/types.js";

const asked = JSON.parse(process.argv[2]);
const client = new Client({ name: "tasks", version: "1" });
const requestInit = { headers: asked.headers };
await client.connect(new StreamableHTTPClientTransport(new URL(asked.url), { requestInit }));
const tasks = client.experimental.tasks;

for await (const line of createInterface({ input: process.stdin })) {
  const [tool, number, ends] = JSON.parse(line);
  const told = { first: "", status: "", text: "", size: 0 };
  const stream = tasks.callToolStream({ name: tool, arguments: { number } }, CallToolResultSchema, { task: {} });
  for await (const message of stream) {
    if (message.type === "taskCreated") {
      told.first = message.task.statusMessage ?? "";
      if (ends) await tasks.cancelTask(message.task.taskId);
    } else if (message.type === "taskStatus") {
      told.status = message.task.status;
      told.text = message.task.statusMessage ?? "";
    } else if (message.type === "result") {
      told.text = message.result.content[0].text;
    } else if (!told.status) {
      told.status = "error";
      told.text = message.error.message;
    }
  }
  told.size = told.text.length;
  told.text = told.text.slice(0, 400);
  console.log(JSON.stringify(told));
}
await client.close();
