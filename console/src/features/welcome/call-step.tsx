import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useCan } from "@/api/session";
import type { Environment } from "@/lib/environment";
import { ago, duration, exactMoney, words } from "@/lib/format";
import { useNow } from "@/lib/use-now";
import { useLive } from "@/live/use-live";
import { buttonClass } from "@/ui/button";
import { Code } from "@/ui/copy";
import { Tabs } from "@/ui/filter";
import { Facts } from "@/ui/panel";
import { Status } from "@/ui/status";
import { firstCallQuery, type Journey } from "./journey";
import { SendHere } from "./send-here";
import { LANGUAGES, type Language, snippet } from "./snippets";

/** Events come at once; this is for who may not hear them. */
const POLL_MS = 2_000;
/** What stands for a key whose text is not known here. */
const UNKNOWN_KEY = "glx_YOUR_KEY";

/** How to call, and the call as soon as it was counted. */
export function CallStep({ journey, environment }: { journey: Journey; environment: Environment }) {
  const can = useCan();
  const [language, setLanguage] = useState<Language>("curl");
  const { feature, issued } = journey;
  if (!feature) return <p className="text-sm text-ink-2">Make a feature first.</p>;
  const code = snippet(language, {
    origin: location.origin,
    key: issued?.key ?? UNKNOWN_KEY,
    model: feature.name,
  });
  return (
    <>
      <div className="flex items-center justify-between gap-2">
        <Tabs label="Language" value={language} onChange={setLanguage} tabs={LANGUAGES} />
        {issued && <SendHere keyText={issued.key} model={feature.name} />}
      </div>
      <Code label="Call">{code}</Code>
      {issued ? (
        <p className="text-xs text-ink-3">The key in it is shown only until this page is left.</p>
      ) : (
        <p className="text-xs text-ink-3">Put the text of your key in place of {UNKNOWN_KEY}.</p>
      )}
      {can("usage.read") && (
        <Arrival feature={feature.name} keyName={issued?.name} environment={environment} />
      )}
    </>
  );
}

function Arrival(props: { feature: string; keyName?: string; environment: Environment }) {
  const query = firstCallQuery(props.feature, props.keyName);
  const latest = useQuery({ ...query, refetchInterval: POLL_MS });
  useLive("usage.appended", () => void latest.refetch());
  const now = useNow();
  const call = latest.data?.items[0];
  if (!call) {
    return (
      <p
        role="status"
        className="flex items-center gap-2.5 rounded-md bg-hover px-3 py-2.5 text-sm"
      >
        <span aria-hidden className="live-dot size-1.5 rounded-full bg-ok" />
        Waiting for the first call of {props.feature}
      </p>
    );
  }
  const place = { env: props.environment, sel: call.id };
  return (
    <section aria-label="The call" className="grid gap-3">
      <div role="status" className="rounded-md bg-ok-soft px-3 py-2 text-sm">
        <Status tone={call.status === "success" ? "ok" : "bad"}>
          <span className="text-ink">
            <b className="font-semibold">
              {call.status === "success" ? "It arrived" : `It ended with ${words(call.status)}`}
            </b>{" "}
            {ago(call.at, now)}
          </span>
        </Status>
      </div>
      <Facts
        columns={2}
        rows={[
          ["Answered by", <span className="font-mono text-xs">{call.model ?? "nobody"}</span>],
          ["Cost", exactMoney(call.cost)],
          ["Took", duration(call.duration_ms)],
          ["Counted in", words(call.environment)],
        ]}
      />
      <div className="flex flex-wrap gap-2">
        <Link
          to="/requests"
          search={place}
          className={buttonClass({ variant: "primary", size: "md" })}
        >
          Open the request
        </Link>
        <Link
          to="/features"
          search={{ sel: props.feature, env: props.environment }}
          className={buttonClass({ size: "md" })}
        >
          Switch its model
        </Link>
        <Link to="/spending" search={{ new: true }} className={buttonClass({ size: "md" })}>
          Set a budget
        </Link>
      </div>
    </section>
  );
}
