import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type LiveEvent, onLive, receive } from "./socket";

/** Draws the frames that were asked for. */
let frames: FrameRequestCallback[] = [];
const draw = () => {
  for (const frame of frames.splice(0)) frame(0);
};
beforeEach(() => {
  frames = [];
  vi.stubGlobal("requestAnimationFrame", (frame: FrameRequestCallback) => frames.push(frame));
});
afterEach(() => vi.unstubAllGlobals());

const event = (id: number, type = "usage.appended"): LiveEvent => ({
  id: String(id),
  type,
  data: id,
});

test("events of a frame come together, to those who asked for their kind", () => {
  const usage = vi.fn();
  const health = vi.fn();
  const ends = [onLive("usage.appended", usage), onLive("health.changed", health)];
  for (let id = 0; id < 3; id++) receive(event(id));
  receive({ type: "heartbeat", data: null });
  expect(usage).not.toHaveBeenCalled();
  draw();
  expect(usage).toHaveBeenCalledTimes(1);
  expect(usage.mock.calls[0]![0].map((one: LiveEvent) => one.data)).toEqual([0, 1, 2]);
  expect(health).not.toHaveBeenCalled();
  for (const end of ends) end();
});

test("more than a page can draw is a gap, so that memory stays flat", () => {
  const usage = vi.fn();
  const gap = vi.fn();
  const ends = [onLive("usage.appended", usage), onLive("gap", gap)];
  for (let id = 0; id < 100_000; id++) receive(event(id));
  draw();
  expect(gap).toHaveBeenCalledTimes(1);
  expect(usage.mock.calls.flat(2).length).toBeLessThanOrEqual(2_000);
  for (const end of ends) end();
});

test("a gap says so once", () => {
  const gap = vi.fn();
  const end = onLive("gap", gap);
  receive({ type: "gap", data: null });
  receive({ type: "gap", data: null });
  draw();
  draw();
  expect(gap).toHaveBeenCalledTimes(1);
  end();
});
