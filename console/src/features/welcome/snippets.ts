/** How a program makes the call, ready to run. */

export const LANGUAGES = [
  { value: "curl", label: "curl" },
  { value: "python", label: "Python" },
  { value: "javascript", label: "JavaScript" },
] as const;
export type Language = (typeof LANGUAGES)[number]["value"];

type Call = { origin: string; key: string; model: string };
const TEXT = "Hello, owl";

export function snippet(language: Language, { origin, key, model }: Call): string {
  const url = `${origin}/v1/chat/completions`;
  switch (language) {
    case "curl":
      return [
        `curl ${url} \\`,
        `  -H 'authorization: Bearer ${key}' \\`,
        `  -H 'content-type: application/json' \\`,
        `  -d '${JSON.stringify(bodyOf(model))}'`,
      ].join("\n");
    case "python":
      return `# pip install openai
from openai import OpenAI

client = OpenAI(base_url="${origin}/v1", api_key="${key}")
answer = client.chat.completions.create(
    model="${model}",
    messages=[{"role": "user", "content": "${TEXT}"}],
)
print(answer.choices[0].message.content)`;
    case "javascript":
      return `const answer = await fetch("${url}", {
  method: "POST",
  headers: {
    authorization: "Bearer ${key}",
    "content-type": "application/json",
  },
  body: JSON.stringify({
    model: "${model}",
    messages: [{ role: "user", content: "${TEXT}" }],
  }),
});
console.log((await answer.json()).choices[0].message.content);`;
  }
}

export const bodyOf = (model: string) => ({
  model,
  messages: [{ role: "user", content: TEXT }],
});
