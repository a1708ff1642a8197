// OpenAI's SDK, chat completions and embeddings, in front of every shape of provider.

import assert from "node:assert/strict";
import { test } from "node:test";

import OpenAI from "openai";

import { collect, each, ends, failing, gateway, inputs, statuses, thought, toolArguments } from "./gateway.js";

const connect = (apiKey) => new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey, maxRetries: 0 });
const client = connect(gateway.key);
const say = (content) => [{ role: "user", content }];
const tools = ["weather", "time"].map((name) => ({
  type: "function",
  function: { name, description: "Tells it.", parameters: inputs[name] },
}));
const ask = (model, messages, more = {}) => client.chat.completions.create({ model, messages, ...more });
const called = (message) =>
  Object.fromEntries(message.tool_calls.map((call) => [call.function.name, JSON.parse(call.function.arguments)]));

each("chat", async (_, model) => {
  const { data: answer, response } = await ask(model, say("Hello")).withResponse();
  assert.equal(answer.choices[0].message.content, "You said Hello");
  assert.equal(answer.choices[0].finish_reason, "stop");
  assert.deepEqual([answer.usage.prompt_tokens, answer.usage.completion_tokens], [19, 10]);
  assert.equal(response.headers.get("x-glaux-model"), model);
});

each("settings", async (_, model) => {
  const messages = [
    { role: "system", content: "Be brief." },
    ...say("Hello"),
    { role: "assistant", content: "Hi" },
    ...say("settings"),
  ];
  const answer = await ask(model, messages, {
    temperature: 0.5, top_p: 0.75, stop: "END", max_completion_tokens: 50, tools, tool_choice: "none",
  });
  assert.deepEqual(JSON.parse(answer.choices[0].message.content), {
    system: "Be brief.", turns: [["user", "Hello"], ["assistant", "Hi"], ["user", "settings"]],
    tools: ["weather", "time"], choice: "none", temperature: 0.5, top_p: 0.75, stop: ["END"], limit: 50,
  });
});

each("stream", async (_, model) => {
  const stream = await ask(model, say("Hello"), { stream: true, stream_options: { include_usage: true } });
  const chunks = await collect(stream);
  const texts = chunks.map((chunk) => chunk.choices[0]?.delta.content).filter(Boolean);
  assert.deepEqual([texts.join(""), texts.length], ["You said Hello", 3]);
  assert.equal(chunks.at(-1).usage.completion_tokens, 10);
});

each("tools", async (_, model) => {
  const messages = say("What is the weather, and when?");
  const [choice] = (await ask(model, messages, { tools })).choices;
  assert.equal(choice.finish_reason, "tool_calls");
  assert.deepEqual(called(choice.message), toolArguments);
  const results = choice.message.tool_calls.map((call, index) => ({
    role: "tool", tool_call_id: call.id, content: ["rain", "noon"][index],
  }));
  const answer = await ask(model, [...messages, choice.message, ...results], { tools });
  assert.equal(answer.choices[0].message.content, "The tool said rain and noon");
});

each("streamed tools", async (_, model) => {
  const stream = client.chat.completions.stream({ model, messages: say("Weather?"), tools });
  const [choice] = (await stream.finalChatCompletion()).choices;
  assert.equal(choice.finish_reason, "tool_calls");
  assert.deepEqual(called(choice.message), toolArguments);
});

each("a chosen tool", async (_, model) => {
  const tool_choice = { type: "function", function: { name: "time" } };
  const answer = await ask(model, say("When?"), { tools, tool_choice });
  assert.deepEqual(called(answer.choices[0].message), { time: toolArguments.time });
});

each("image", async (_, model) => {
  const url = `data:image/png;base64,${inputs.image}`;
  const answer = await ask(model, say([{ type: "text", text: "What?" }, { type: "image_url", image_url: { url } }]));
  assert.equal(answer.choices[0].message.content, "1 image(s)");
});

each("structured output", async (_, model) => {
  const wanted = { type: "json_schema", json_schema: { name: "label", strict: true, schema: inputs.schema } };
  const answer = await client.chat.completions.parse({ model, messages: say("Label it"), response_format: wanted });
  assert.deepEqual(JSON.parse(answer.choices[0].message.content), { name: "owl", score: 0.5 });
});

each("reasoning", async (kind, model) => {
  const answer = await ask(model, say("Hello"), { reasoning_effort: "low" });
  const { message } = answer.choices[0];
  assert.deepEqual([message.content, answer.usage.completion_tokens], ["You said Hello", 10]);
  // OpenAI keeps its thoughts.
  assert.equal(message.reasoning_content, kind === "openai" ? undefined : thought);
});

each("embeddings", async (kind) => {
  // The SDK asks for base64 unless it is told.
  for (const encoding_format of [undefined, "float", "base64"]) {
    const asked = client.embeddings.create({ model: `acme-${kind}/embed`, input: ["a", "b"], encoding_format });
    if (kind === "anthropic") {
      await assert.rejects(asked, { constructor: OpenAI.BadRequestError, message: /embeddings/i });
      continue;
    }
    const vectors = (await asked).data.map((entry) => entry.embedding);
    const vector = encoding_format === "base64" ? "AACAPgAAAL8AAIA/" : [0.25, -0.5, 1];
    assert.deepEqual(vectors, [vector, vector]);
  }
});

each("models", async (_, model) => {
  const listed = await collect(client.models.list());
  assert.ok(listed.some((entry) => entry.id === model));
});

each("errors of the provider", async (kind) => {
  for (const status of statuses[kind]) {
    for (const stream of [false, true]) {
      await assert.rejects(ask(await failing(kind, status), say("Hi"), { stream }), (error) => {
        assert.match(error.message, new RegExp(`scripted ${status}`));
        assert.equal(error.status, status === 529 ? 503 : status);
        assert.ok(error.headers.get("x-glaux-request-id"));
        return error instanceof OpenAI.APIError;
      });
    }
  }
});

each("our own credential stays ours", async (kind) => {
  const error = { constructor: OpenAI.InternalServerError, status: 502, message: /gateway's own credentials/ };
  await assert.rejects(ask(await failing(kind, 401), say("Hi")), error);
});

each("errors of the caller", async (_, model) => {
  const check = (asked, constructor, message) => assert.rejects(asked, { constructor, message });
  const stranger = connect("glx_unknown");
  await check(ask("no-such-model", say("Hi")), OpenAI.NotFoundError, /no-such-model/);
  await check(ask(model, "not a list"), OpenAI.BadRequestError, /messages/);
  await check(stranger.chat.completions.create({ model, messages: say("Hi") }), OpenAI.AuthenticationError, /key/);
});

each("a stream that breaks is an error", async (kind) => {
  for (const [end, message] of Object.entries(ends)) {
    const stream = await ask(`acme-${kind}/${end}`, say("Hi"), { stream: true });
    await assert.rejects(collect(stream), { constructor: OpenAI.APIError, message });
  }
});

test("what Anthropic lacks is named", async () => {
  const absent = { seed: 7, n: 2, logprobs: true, presence_penalty: 0.5, response_format: { type: "json_object" } };
  for (const [name, value] of Object.entries(absent)) {
    const asked = ask("acme-anthropic/chat", say("Hi"), { [name]: value });
    await assert.rejects(asked, { constructor: OpenAI.BadRequestError, message: new RegExp(name) });
  }
});
