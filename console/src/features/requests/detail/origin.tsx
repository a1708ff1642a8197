import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { $api, type Schemas } from "@/api/client";
import { useCan } from "@/api/session";
import { words } from "@/lib/format";
import { Code } from "@/ui/copy";
import { Facts } from "@/ui/panel";
import { Tag } from "@/ui/status";
import { JournalLink } from "./journal-link";
import { Section } from "./section";

const id = (text: string | null | undefined) =>
  text && <code className="font-mono text-xs [overflow-wrap:anywhere]">{text}</code>;

/** Where it came from, under which configuration, and what was said with it. */
export function Origin({ explanation }: { explanation: Schemas["Explanation"] }) {
  const { call, attempts } = explanation;
  const last = attempts.at(-1);
  const whose = last ?? call;
  const facts: [string, ReactNode][] = [
    ["Environment", whose && words(whose.environment)],
    ["Feature", whose?.feature && <FeatureName id={whose.feature} />],
    ["Key", whose && <KeyName id={whose.key} />],
    ["User", whose?.user && <bdi>{whose.user}</bdi>],
    ["Session", call?.session && <bdi>{call.session}</bdi>],
    ["Path", id(call?.path)],
    ["Stream", call?.stream && "Yes"],
    ["Purpose", call?.purpose === "probe" && "Health probe"],
    ["Service tier", last && last.service_tier !== "standard" && words(last.service_tier)],
    ["Provider's id", id(last?.upstream_request_id)],
    ["Trace", id(call?.traceparent)],
    ["Left out", call && call.dropped.length > 0 && id(call.dropped.join(", "))],
    ["Configuration", call && <JournalLink seq={call.journal_seq} />],
  ];
  const tags = Object.entries(call?.tags ?? {});
  return (
    <Section title="Origin">
      <Facts rows={facts.map((fact) => (fact[1] ? fact : null))} />
      {tags.length > 0 && (
        <ul aria-label="Tags" className="flex flex-wrap gap-1">
          {tags.map(([name, value]) => (
            <li key={name} className="max-w-full [&>span]:max-w-full [&>span]:truncate">
              <Tag>
                <bdi>
                  {name}: {value}
                </bdi>
              </Tag>
            </li>
          ))}
        </ul>
      )}
      {last?.raw_usage != null && (
        <details className="text-xs">
          <summary className="cursor-pointer py-1 text-ink-2 pointer-coarse:py-3">
            Usage in the provider's words
          </summary>
          <Code label="Usage" wrap>
            {JSON.stringify(last.raw_usage, null, 2)}
          </Code>
        </details>
      )}
    </Section>
  );
}

function KeyName({ id: key }: { id: string }) {
  const found = useQuery({
    ...$api.queryOptions("get", "/api/platform/ai-management/keys/{key}", {
      params: { path: { key } },
    }),
    enabled: useCan()("keys.read"),
    retry: false,
  });
  return found.data ? <bdi>{found.data.name}</bdi> : id(key);
}

function FeatureName({ id: feature }: { id: string }) {
  const found = useQuery({
    ...$api.queryOptions("get", "/api/platform/ai-management/features/{feature}", {
      params: { path: { feature } },
    }),
    enabled: useCan()("features.read"),
    retry: false,
  });
  return found.data ? <bdi>{found.data.name}</bdi> : id(feature);
}
