import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Schemas } from "@/api/client";
import { describe } from "@/api/problem";
import { write } from "@/api/write";
import { duration, plural } from "@/lib/format";
import { Button } from "@/ui/button";
import { make } from "@/ui/change";
import { TextField } from "@/ui/field";
import { Status } from "@/ui/status";
import { likelyModel } from "./likely-model";

/** Whether a provider answers with the credentials that it has; if not, others can be given. */
export function ProviderTest({ name, models }: { name: string; models: Schemas["Model"][] }) {
  const model = likelyModel(models);
  const test = useMutation({
    mutationFn: async () => {
      const params = { path: { provider: name } };
      const body = { model: model ?? null };
      const path = "/api/platform/ai-management/models/providers/{provider}/test";
      return (await api.POST(path, { params, body })).data!;
    },
  });
  const isRefused = test.data?.status === "failed" || test.error;
  return (
    <div className="grid gap-2 rounded-md border border-line px-3 py-2.5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-mono text-xs font-medium">{name}</span>
        <span className="text-xs text-ink-3">{plural(models.length, "model")}</span>
        <span role="status" className="text-xs">
          {test.data?.status === "ok" && (
            <Status tone="ok">
              {test.data.model} answered in {duration(test.data.latency_ms)}
            </Status>
          )}
          {isRefused && (
            <Status tone="bad">{test.data?.problem ?? describe(test.error).title}</Status>
          )}
        </span>
        <Button className="ml-auto" disabled={test.isPending} onClick={() => test.mutate()}>
          {test.isPending ? "Testing" : "Test"}
        </Button>
      </div>
      {isRefused && <OtherKey provider={name} onDone={() => test.mutate()} />}
    </div>
  );
}

function OtherKey({ provider, onDone }: { provider: string; onDone: () => void }) {
  const [apiKey, setApiKey] = useState("");
  return (
    <form
      className="flex flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        void make({
          title: `Replace the credentials of ${provider}`,
          verb: "Replace",
          done: `Replaced the credentials of ${provider}`,
          cannotUndo: true,
          write: write("post", "/api/platform/ai-management/models/providers/{provider}/rotate", {
            params: { path: { provider } },
            body: { credentials: { api_key: apiKey.trim() } },
          }),
          onDone: () => {
            setApiKey("");
            onDone();
          },
        });
      }}
    >
      <div className="min-w-0 flex-1">
        <TextField
          label="Another API key"
          type="password"
          value={apiKey}
          onChange={({ target }) => setApiKey(target.value)}
        />
      </div>
      <Button type="submit" size="md" disabled={!apiKey.trim()}>
        Replace and test
      </Button>
    </form>
  );
}
