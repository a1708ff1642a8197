import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { queryClient } from "@/api/client";
import { meQuery } from "@/api/session";
import { reviewed } from "@/ui/change";
import { OrganizationSettings } from "./organization";

let stored: { display_name: string; time_zone: string; version: number };
let sent: { tag: string | null; body: unknown }[];

beforeEach(() => {
  stored = { display_name: "Acme", time_zone: "UTC", version: 1 };
  sent = [];
  const me = { organization: { name: "acme" }, permissions: ["organization.write"] };
  queryClient.setQueryData(meQuery.queryKey, me as never);
  vi.stubGlobal("fetch", async (request: Request) => {
    const { version, ...fields } = stored;
    const organization = { id: "org_1", name: "acme", currency: "USD", ...fields };
    if (request.method === "GET") {
      if (request.url.endsWith("/me")) return Response.json(me);
      return Response.json(organization, { headers: { etag: `"${version}"` } });
    }
    const body = (await request.json()) as object;
    const tag = request.headers.get("if-match");
    if (tag !== `"${version}"`) return Response.json({ code: "conflict" }, { status: 412 });
    if (request.url.includes("dry_run")) return Response.json({ changes: [] });
    sent.push({ tag, body });
    stored = { ...stored, ...body, version: version + 1 };
    return Response.json({ ...organization, ...body, journal_seq: version });
  });
});
afterEach(() => {
  cleanup();
  reviewed.set(null);
  queryClient.clear();
  vi.unstubAllGlobals();
});

const open = () =>
  render(
    <QueryClientProvider client={queryClient}>
      <OrganizationSettings />
    </QueryClientProvider>,
  );
const write = async (name: string) => {
  fireEvent.change(await screen.findByLabelText("Name for people"), { target: { value: name } });
  fireEvent.click(await screen.findByRole("button", { name: "Save" }));
  await waitFor(() => expect(reviewed.get()).not.toBeNull());
  return reviewed.get()!;
};
const save = async (name: string) => {
  const change = await write(name);
  const answer = await change.write.send({ tag: change.tag });
  reviewed.set(null);
  change.onDone?.(answer);
};

test("after a save the next one begins from the state that was saved", async () => {
  open();
  await save("Owls");
  await waitFor(() => expect(screen.queryByRole("button", { name: "Save" })).toBeNull());
  await waitFor(() => expect(queryClient.isFetching()).toBe(0));
  await save("Eulen");
  expect(sent).toEqual([
    { tag: '"1"', body: { display_name: "Owls" } },
    { tag: '"2"', body: { display_name: "Eulen" } },
  ]);
});

test("what someone else changed between two edits is a conflict, and stays", async () => {
  open();
  await save("Owls");
  await waitFor(() => expect(queryClient.isFetching()).toBe(0));
  stored = { ...stored, time_zone: "Europe/Paris", version: 3 };
  const change = await write("Eulen");
  expect(change.tag).toBe('"2"');
  await expect(change.write.send({ tag: change.tag })).rejects.toMatchObject({ status: 412 });
  await change.write.send({ tag: '"3"' });
  expect(stored).toMatchObject({ display_name: "Eulen", time_zone: "Europe/Paris" });
});
