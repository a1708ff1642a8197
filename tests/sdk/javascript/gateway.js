// The gateway before the scripted provider, as ../fixture serves it. `GLAUX_FIXTURE` is its URL, key and token as JSON.

import { readFileSync } from "node:fs";
import { test } from "node:test";

export const gateway = JSON.parse(process.env.GLAUX_FIXTURE);
export const inputs = JSON.parse(readFileSync(new URL("../inputs.json", import.meta.url)));
export const toolArguments = { weather: { city: "owl" }, time: { zone: "owl", digits: 7 } };
export const thought = "Owls see at night.";
export const statuses = {
  openai: [400, 404, 429, 500],
  anthropic: [400, 404, 429, 500, 529],
  gemini: [400, 404, 429, 500, 503],
};
const kinds = Object.keys(statuses);
// What a stream says that ends too early, by the name of the model.
export const ends = { broken: /scripted end/, cut: /broke before/ };

// One test for each shape of provider.
export function each(name, check) {
  for (const kind of kinds) test(`${name} [${kind}]`, () => check(kind, `acme-${kind}/chat`));
}

let models = 0;

// A model that answers with the status; each test has its own, so that none meets another's failures.
export async function failing(kind, status) {
  const name = `error-${status}-${process.pid}-${models++}`;
  const answer = await fetch(`${gateway.url}/api/platform/ai-management/models`, {
    method: "POST",
    headers: { authorization: `Bearer ${gateway.admin_token}`, "content-type": "application/json" },
    body: JSON.stringify({ provider: `acme-${kind}`, name, type: "llm" }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return `acme-${kind}/${name}`;
}

export async function collect(stream) {
  const events = [];
  for await (const event of stream) events.push(event);
  return events;
}
