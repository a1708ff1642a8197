// Anthropic's SDK in front of every shape of provider.

import assert from "node:assert/strict";

import Anthropic from "@anthropic-ai/sdk";

import { each, ends, failing, gateway, inputs, statuses, thought, toolArguments } from "./gateway.js";

const connect = (apiKey) => new Anthropic({ baseURL: `${gateway.url}/anthropic`, apiKey, maxRetries: 0 });
const client = connect(gateway.key);
const say = (content) => [{ role: "user", content }];
const tools = ["weather", "time"].map((name) => ({ name, description: "Tells it.", input_schema: inputs[name] }));
const thinking = { max_tokens: 5000, thinking: { type: "enabled", budget_tokens: 1024 } };
const ask = (model, messages, more = {}) => client.messages.create({ model, max_tokens: 100, messages, ...more });
const blocks = (answer, type) => answer.content.filter((block) => block.type === type);
const text = (answer) => blocks(answer, "text").map((block) => block.text).join("");
const thoughts = (answer) => blocks(answer, "thinking").map((block) => block.thinking).join("");
const called = (answer) => Object.fromEntries(blocks(answer, "tool_use").map((call) => [call.name, call.input]));
const results = (answer) =>
  say(blocks(answer, "tool_use").map((call, index) => ({
    type: "tool_result", tool_use_id: call.id, content: ["rain", "noon"][index],
  })));

each("message", async (_, model) => {
  const answer = await ask(model, say("Hello"));
  assert.deepEqual([text(answer), answer.stop_reason], ["You said Hello", "end_turn"]);
  assert.deepEqual([answer.usage.input_tokens, answer.usage.output_tokens], [19, 10]);
});

each("settings", async (_, model) => {
  const messages = [...say("Hello"), { role: "assistant", content: "Hi" }, ...say("settings")];
  const answer = await ask(model, messages, {
    max_tokens: 50, system: "Be brief.", stop_sequences: ["END"], tools, tool_choice: { type: "none" },
    temperature: 0.5, top_p: 0.75,
  });
  assert.deepEqual(JSON.parse(text(answer)), {
    system: "Be brief.", turns: [["user", "Hello"], ["assistant", "Hi"], ["user", "settings"]],
    tools: ["weather", "time"], choice: "none", temperature: 0.5, top_p: 0.75, stop: ["END"], limit: 50,
  });
});

each("stream", async (_, model) => {
  const texts = [];
  const stream = client.messages.stream({ model, max_tokens: 100, messages: say("Hello") });
  const answer = await stream.on("text", (piece) => texts.push(piece)).finalMessage();
  assert.deepEqual([texts.join(""), texts.length, answer.stop_reason], ["You said Hello", 3, "end_turn"]);
  assert.equal(answer.usage.output_tokens, 10);
});

each("tools", async (_, model) => {
  const messages = say("What is the weather, and when?");
  const first = await ask(model, messages, { tools });
  assert.equal(first.stop_reason, "tool_use");
  assert.deepEqual(called(first), toolArguments);
  const told = [...messages, { role: "assistant", content: first.content }, ...results(first)];
  assert.equal(text(await ask(model, told, { tools })), "The tool said rain and noon");
});

each("streamed tools", async (_, model) => {
  const stream = client.messages.stream({ model, max_tokens: 100, messages: say("Weather?"), tools });
  assert.deepEqual(called(await stream.finalMessage()), toolArguments);
});

each("a chosen tool", async (_, model) => {
  const answer = await ask(model, say("When?"), { tools, tool_choice: { type: "tool", name: "time" } });
  assert.deepEqual(called(answer), { time: toolArguments.time });
});

each("image", async (_, model) => {
  const source = { type: "base64", media_type: "image/png", data: inputs.image };
  assert.equal(text(await ask(model, say([{ type: "image", source }, { type: "text", text: "What?" }]))), "1 image(s)");
});

each("structured output", async (_, model) => {
  const format = { type: "json_schema", schema: inputs.schema };
  const answer = await ask(model, say("Label it"), { output_config: { format } });
  assert.deepEqual(JSON.parse(text(answer)), { name: "owl", score: 0.5 });
});

each("thinking with tools", async (kind, model) => {
  // OpenAI keeps its thoughts.
  const expected = kind === "openai" ? "" : thought;
  const messages = say("What is the weather, and when?");
  const first = await ask(model, messages, { tools, ...thinking });
  assert.equal(thoughts(first), expected);
  const told = [...messages, { role: "assistant", content: first.content }, ...results(first)];
  const answer = await ask(model, told, { tools, ...thinking });
  assert.deepEqual([thoughts(answer), text(answer)], [expected, "The tool said rain and noon"]);
});

each("count of tokens", async (kind, model) => {
  const asked = client.messages.countTokens({ model, messages: say("Hello"), tools });
  if (kind === "openai") {
    await assert.rejects(asked, { constructor: Anthropic.BadRequestError, message: /count/i });
  } else {
    assert.equal((await asked).input_tokens, 19);
  }
});

each("models", async (_, model) => {
  const listed = [];
  for await (const entry of client.models.list()) listed.push(entry.id);
  assert.ok(listed.includes(model));
});

each("errors of the provider", async (kind) => {
  for (const status of statuses[kind]) {
    for (const stream of [false, true]) {
      await assert.rejects(ask(await failing(kind, status), say("Hi"), { stream }), (error) => {
        assert.match(error.message, new RegExp(`scripted ${status}`));
        assert.equal(error.status, status === 503 ? 529 : status);
        assert.ok(error.headers.get("x-glaux-request-id"));
        return error instanceof Anthropic.APIError;
      });
    }
  }
});

each("our own credential stays ours", async (kind) => {
  const error = { constructor: Anthropic.InternalServerError, status: 502, message: /gateway's own credentials/ };
  await assert.rejects(ask(await failing(kind, 401), say("Hi")), error);
});

each("errors of the caller", async (_, model) => {
  const check = (asked, constructor, message) => assert.rejects(asked, { constructor, message });
  const stranger = connect("glx_unknown");
  await check(ask("no-such-model", say("Hi")), Anthropic.NotFoundError, /no-such-model/);
  await check(ask(model, "not a list"), Anthropic.BadRequestError, /messages/);
  const refused = stranger.messages.create({ model, max_tokens: 9, messages: say("Hi") });
  await check(refused, Anthropic.AuthenticationError, /key/);
});

each("a stream that breaks is an error", async (kind) => {
  for (const [end, message] of Object.entries(ends)) {
    const stream = client.messages.stream({ model: `acme-${kind}/${end}`, max_tokens: 100, messages: say("Hi") });
    await assert.rejects(stream.finalMessage(), { constructor: Anthropic.APIError, message });
  }
});
