// OpenAI's SDK, responses, in front of every shape of provider.

import assert from "node:assert/strict";
import { test } from "node:test";

import OpenAI from "openai";

import { collect, each, failing, gateway, inputs, statuses, toolArguments } from "./gateway.js";

const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.key, maxRetries: 0 });
const ask = (model, input, more = {}) => client.responses.create({ model, input, ...more });
const tools = ["weather", "time"].map((name) => ({
  type: "function", name, description: "Tells it.", parameters: inputs[name], strict: false,
}));
const calls = (answer) => answer.output.filter((item) => item.type === "function_call");
const called = (answer) => Object.fromEntries(calls(answer).map((call) => [call.name, JSON.parse(call.arguments)]));

each("response", async (_, model) => {
  const answer = await ask(model, "Hello", { instructions: "Be brief." });
  assert.deepEqual([answer.output_text, answer.status], ["You said Hello", "completed"]);
  assert.deepEqual([answer.usage.input_tokens, answer.usage.output_tokens], [19, 10]);
});

each("stream", async (_, model) => {
  const stream = client.responses.stream({ model, input: "Hello" });
  const texts = (await collect(stream)).filter((event) => event.type === "response.output_text.delta");
  assert.deepEqual([texts.map((event) => event.delta).join(""), texts.length], ["You said Hello", 3]);
  assert.equal((await stream.finalResponse()).output_text, "You said Hello");
});

each("tools", async (_, model) => {
  const input = [{ role: "user", content: "What is the weather, and when?" }];
  const first = await ask(model, input, { tools });
  assert.deepEqual(called(first), toolArguments);
  const results = calls(first).map((call, index) => ({
    type: "function_call_output", call_id: call.call_id, output: ["rain", "noon"][index],
  }));
  const answer = await ask(model, [...input, ...first.output, ...results], { tools });
  assert.equal(answer.output_text, "The tool said rain and noon");
});

each("streamed tools", async (_, model) => {
  const stream = client.responses.stream({ model, input: "Weather?", tools });
  assert.deepEqual(called(await stream.finalResponse()), toolArguments);
});

each("image", async (_, model) => {
  const image = { type: "input_image", image_url: `data:image/png;base64,${inputs.image}`, detail: "auto" };
  const answer = await ask(model, [{ role: "user", content: [{ type: "input_text", text: "What is it?" }, image] }]);
  assert.equal(answer.output_text, "1 image(s)");
});

each("structured output", async (_, model) => {
  const format = { type: "json_schema", name: "label", strict: true, schema: inputs.schema };
  const answer = await ask(model, "Label it", { text: { format } });
  assert.deepEqual(JSON.parse(answer.output_text), { name: "owl", score: 0.5 });
});

test("what only OpenAI keeps is named", async () => {
  for (const kind of ["anthropic", "gemini"]) {
    const asked = ask(`acme-${kind}/chat`, "Hi", { previous_response_id: "resp_1" });
    await assert.rejects(asked, { constructor: OpenAI.BadRequestError, message: /previous_response_id/ });
  }
});

each("errors of the provider", async (kind) => {
  for (const status of statuses[kind]) {
    const error = { status: status === 529 ? 503 : status, message: new RegExp(`scripted ${status}`) };
    await assert.rejects(ask(await failing(kind, status), "Hi"), error);
  }
});
