/** Decisions, alerts and what happened just now, as one list of sentences, the youngest first. */
import type { Schemas } from "@/api/client";
import { whatWords } from "@/lib/decisions";
import { count, money, percent } from "@/lib/format";
import { now } from "@/lib/now";

type Entry = Schemas["JournalEntry"];

export type Line = {
  key: string;
  at: string;
  tone: "ok" | "warn" | "bad" | "mute";
  text: string;
  to?: string;
  search?: Record<string, unknown>;
};

/** Entries of one actor, action and kind so close together are one line: an import makes hundreds. */
const TOGETHER_MS = 5_000;
const LINES = 40;

export const activity = (journal: Entry[], alerts: Schemas["Alert"][], live: Line[]) =>
  [...ofJournal(journal), ...alerts.map(ofAlert), ...live]
    .toSorted((one, other) => Date.parse(other.at) - Date.parse(one.at))
    .slice(0, LINES);

function ofJournal(entries: Entry[]): Line[] {
  const groups: Entry[][] = [];
  for (const entry of entries) {
    const group = groups.at(-1);
    if (group && isAlike(group.at(-1)!, entry)) group.push(entry);
    else groups.push([entry]);
  }
  return groups.map((group) => {
    const entry = group[0]!;
    const others = group.length > 1 ? ` and ${count(group.length - 1)} more` : "";
    const who = entry.actor ?? (entry.actor_kind === "system" ? "Glaux" : "Someone");
    return {
      key: `journal ${entry.seq}`,
      at: entry.at,
      tone: "mute",
      text: `${who} ${lower(whatWords(entry))}${entry.kind === "session" ? "" : ` ${entry.name ?? ""}`}${others}`,
      to: "/journal",
      search: { sel: entry.seq },
    };
  });
}

const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

const isAlike = (one: Entry, other: Entry) =>
  one.actor_id === other.actor_id &&
  one.kind === other.kind &&
  one.action === other.action &&
  Date.parse(one.at) - Date.parse(other.at) < TOGETHER_MS;

function ofAlert(alert: Schemas["Alert"]): Line {
  const about = { key: alert.id, at: alert.at, tone: "warn" as const };
  if (alert.kind === "overrun")
    return {
      ...about,
      text: `A call cost ${money(alert.cost)}, more than the ${money(alert.held)} held for it`,
      to: "/requests",
      search: { sel: alert.call_id },
    };
  const share = alert.threshold == null ? "a threshold" : percent(Number(alert.threshold), 0);
  return {
    ...about,
    text: `${alert.budget_name ?? "A removed budget"} passed ${share} at ${money(alert.spent)}`,
    to: "/spending",
    search: { sel: alert.budget },
  };
}

const CIRCUITS: Record<string, Pick<Line, "tone" | "text">> = {
  open: { tone: "bad", text: "is cut off: its calls fail" },
  half_open: { tone: "warn", text: "is tried again" },
  closed: { tone: "ok", text: "answers again" },
};

/** A circuit that opened or closed while the page was open. */
export function ofHealth(event: { id?: string; at?: string; data: unknown }): Line[] {
  const { model, circuit } = event.data as { model?: string; circuit?: string };
  const words = CIRCUITS[circuit ?? ""];
  if (!model || !words) return [];
  return [
    {
      key: `health ${event.id ?? `${model} ${event.at}`}`,
      at: event.at ?? new Date(now()).toISOString(),
      tone: words.tone,
      text: `${model} ${words.text}`,
      to: "/live",
      search: { sel: model.split("/")[0] },
    },
  ];
}
