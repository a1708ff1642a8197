/** The last minutes of something's health, one bar each. */
import type { Schemas } from "@/api/client";
import type { Beat } from "@/charts/bars";
import { minute, plural, words } from "@/lib/format";
import type { Health } from "@/ui/health";

const MINUTE = 60_000;

const TONE: Record<Health, Beat["tone"]> = {
  idle: "none",
  healthy: "ok",
  degraded: "warn",
  down: "bad",
};

/** So many minutes that end with the present one, which is as things are now. Those that nothing is said of were idle. */
export function beats(
  history: Schemas["HealthMinute"][],
  present: Health,
  now: number,
  minutes: number,
): Beat[] {
  const floor = (at: number) => Math.floor(at / MINUTE) * MINUTE;
  const known = new Map(history.map((one) => [floor(Date.parse(one.at)), one.status]));
  const last = floor(now);
  return Array.from({ length: minutes }, (_, index) => {
    const at = last - (minutes - 1 - index) * MINUTE;
    const status = known.get(at) ?? (at === last ? present : "idle");
    return {
      at: new Date(at).toISOString(),
      tone: TONE[status],
      title: `${minute(at)} ${words(status)}`,
    };
  });
}

/** `In 90 minutes: 3 down, 12 degraded`, for those who don't see the bars. */
export function spoken(name: string, all: Beat[]): string {
  const of = (tone: Beat["tone"]) => all.filter((beat) => beat.tone === tone).length;
  const facts = [
    [of("bad"), "down"],
    [of("warn"), "degraded"],
    [of("ok"), "healthy"],
    [of("none"), "idle"],
  ] as const;
  const said = facts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return `${name}, ${plural(all.length, "minute")}: ${said.join(", ")}`;
}
