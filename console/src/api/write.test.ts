import { afterEach, expect, test, vi } from "vitest";
import { ApiError } from "./problem";
import { write } from "./write";

const FEATURE = "/api/platform/ai-management/features/{feature}";

/** Answers every request the same, and remembers what was asked. */
function answering(status: number, body: unknown) {
  const asked: Request[] = [];
  const answer = async (request: Request) => {
    asked.push(request.clone());
    return Response.json(body, { status });
  };
  vi.stubGlobal("fetch", vi.fn(answer));
  return asked;
}
afterEach(() => vi.unstubAllGlobals());

const change = () =>
  write("patch", FEATURE, {
    params: { path: { feature: "chatbot" } },
    body: { display_name: "Chat" },
  });

test("a plan is a dry run and says what would change", async () => {
  const entry = { kind: "feature", name: "chatbot", action: "update", differences: [] };
  const asked = answering(200, { dry_run: true, changes: [entry] });
  expect(await change().plan({ tag: '"7"' })).toEqual([entry]);
  const url = new URL(asked[0]!.url);
  expect([url.pathname, url.search]).toEqual([
    "/api/platform/ai-management/features/chatbot",
    "?dry_run=true",
  ]);
  expect(asked[0]!.headers.get("if-match")).toBe('"7"');
});

test("what is sent carries the tag, the reason in UTF-8 and no dry run", async () => {
  const asked = answering(200, { name: "chatbot", journal_seq: 12 });
  const answer = await change().send({ tag: '"7"', reason: "Müller:\nzu teuer" });
  expect(answer.journal_seq).toBe(12);
  expect(new URL(asked[0]!.url).search).toBe("");
  const bytes = Uint8Array.from(asked[0]!.headers.get("x-glaux-reason")!, (letter) =>
    letter.charCodeAt(0),
  );
  expect(new TextDecoder().decode(bytes)).toBe("Müller: zu teuer");
  expect(await asked[0]!.json()).toEqual({ display_name: "Chat" });
});

test("sent twice, a creation has the same idempotency key; another one has another", async () => {
  const asked = answering(201, {});
  const create = () =>
    write("post", "/api/platform/ai-management/features", {
      body: { name: "chatbot", display_name: "Chat" },
    });
  const one = create();
  await one.send();
  await one.send();
  await create().send();
  const [first, again, other] = asked.map((request) => request.headers.get("idempotency-key"));
  expect(first).toBe(again);
  expect(first).not.toBe(other);
});

test("a refusal is the program's problem in its own words", async () => {
  answering(412, {
    title: "Changed meanwhile",
    code: "precondition_failed",
    status: 412,
    request_id: "req_1",
  });
  const refusal = await change()
    .send()
    .catch((error) => error);
  expect(refusal).toBeInstanceOf(ApiError);
  expect([refusal.status, refusal.code, refusal.requestId]).toEqual([
    412,
    "precondition_failed",
    "req_1",
  ]);
});

test("after a conflict the object's own tag is read, whatever is done to it", async () => {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    asked.push(`${request.method} ${new URL(request.url).pathname}`);
    return Response.json({}, { headers: { etag: '"8"' } });
  });
  expect(await change().reread()).toBe('"8"');
  const rotation = write("post", "/api/platform/ai-management/keys/{key}/rotate", {
    params: { path: { key: "web" } },
    body: {},
  });
  expect(await rotation.reread()).toBe('"8"');
  expect(asked).toEqual([
    "GET /api/platform/ai-management/features/chatbot",
    "GET /api/platform/ai-management/keys/web",
  ]);
});
