import { cleanup, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ApiError } from "@/api/problem";
import type { Write } from "@/api/write";
import { reviewed } from "./change";
import { TextField } from "./field";
import { FormDialog } from "./form-dialog";

const refusal = (fields: { pointer: string; detail: string }[]) =>
  new ApiError(422, { title: "A rule is not kept", errors: fields });

function shown(write: Partial<Write<{ name: string }>>, isNew = true) {
  const closed: string[] = [];
  const made: string[] = [];
  const change = () => ({
    title: "Add owl",
    verb: "Add",
    done: "Added owl",
    write: {
      signature: "add owl",
      reread: async () => undefined,
      plan: async () => [],
      send: async () => ({ name: "owl" }),
      ...write,
    },
    onDone: ({ name }: { name: string }) => made.push(name),
  });
  render(
    <FormDialog
      title="Add owl"
      verb="Add owl"
      change={change}
      isNew={isNew}
      onClose={() => closed.push("closed")}
    >
      {(errorAt) => <TextField label="Name" error={errorAt("/name")} defaultValue="hoot" />}
    </FormDialog>,
  );
  const press = () => userEvent.click(screen.getByRole("button", { name: "Add owl" }));
  return { closed, made, press };
}

beforeEach(() => reviewed.set(null));
afterEach(cleanup);

test("a refusal stands at the field that it names", async () => {
  const { press, closed } = shown({
    send: () => Promise.reject(refusal([{ pointer: "/name", detail: "no owl is called that" }])),
  });
  await press();
  const field = screen.getByLabelText("Name");
  await waitFor(() => expect(field.getAttribute("aria-invalid")).toBe("true"));
  expect(screen.getByText("no owl is called that")).toBeTruthy();
  expect(screen.queryByRole("alert")).toBeNull();
  expect(closed).toEqual([]);
});

test("a refusal of what has no field stands above the fields", async () => {
  const { press } = shown({
    send: () => Promise.reject(refusal([{ pointer: "/wings", detail: "two are needed" }])),
  });
  await press();
  expect((await screen.findByRole("alert")).textContent).toContain("two are needed");
});

test("what is new is made at once; the form closes, and then it is told", async () => {
  const { press, closed, made } = shown({});
  await press();
  await waitFor(() => expect(made).toEqual(["owl"]));
  expect(closed).toEqual(["closed"]);
});

test("a change waits behind its review, and comes back when the reader cancels", async () => {
  const { press, made } = shown({}, false);
  await press();
  await waitFor(() => expect(reviewed.get()?.title).toBe("Add owl"));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(made).toEqual([]);
  reviewed.set(null);
  expect(await screen.findByRole("dialog")).toBeTruthy();
});

test("someone else's change is for the review to show", async () => {
  const { press } = shown({ plan: () => Promise.reject(new ApiError(412, {})) }, false);
  await press();
  await waitFor(() => expect(reviewed.get()).not.toBeNull());
});
