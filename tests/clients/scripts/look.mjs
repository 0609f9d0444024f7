// One of everything, with either TypeScript client; what differs between them is handed in.

export async function look(client, key, api) {
  const first = (result) => result.content[0].text;
  const call = (name, args, options) => api.call(client, name, args, options);

  async function names() {
    const found = [];
    let cursor;
    do {
      const page = await client.listTools(cursor ? { cursor } : undefined);
      found.push(...page.tools.map((tool) => tool.name));
      cursor = page.nextCursor;
    } while (cursor);
    return [...new Set(found)].sort();
  }

  async function cancel() {
    const controller = new AbortController();
    await call("wait", { key }, { signal: controller.signal, onprogress: () => controller.abort("enough") })
      .catch(() => undefined);
    return first(await call("was_cancelled", { key }));
  }

  async function failure() {
    try {
      await call("fail", { code: 7001 });
      return ["no error"];
    } catch (error) {
      return [error.code, error.message, error.data];
    }
  }

  const steps = [];
  const asking = api.isModern(client)
    ? ["test_input_required_result_elicitation", {}]
    : ["test_elicitation", { message: "who?" }];
  const tools = await names();
  const failed = await call("test_error_handling", {});
  return {
    version: api.version(client),
    server: client.getServerVersion(),
    capabilities: client.getServerCapabilities(),
    instructions: client.getInstructions(),
    tools,
    added: (await call("add", { a: 1, b: 2.5 })).structuredContent,
    counted: first(await call("count", { steps: 3 }, { onprogress: (step) => steps.push(step) })),
    steps,
    big: first(await call("big", { bytes: 500000 })).length,
    failed: [failed.isError, first(failed)],
    failure: await failure(),
    asked: first(await call(...asking)),
    cancelled: await cancel(),
    resource: (await client.readResource({ uri: "test://static-text" })).contents,
    prompt: (await client.getPrompt({
      name: "test_prompt_with_arguments",
      arguments: { arg1: "a", arg2: "\u{1f525}" },
    })).messages,
  };
}

export const answer = () => ({ action: "accept", content: { response: "me", name: "Ada" } });
export const own = { name: "proving-ground", version: "1" };
