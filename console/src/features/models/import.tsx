import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas } from "@/api/client";
import { write } from "@/api/write";
import { plural } from "@/lib/format";
import { Button } from "@/ui/button";
import { ChipsField } from "@/ui/chips-field";
import { Dialog } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { FieldGroup, FormDialog } from "@/ui/form-dialog";
import { catalogueQuery } from "./catalogue-queries";

type Found = Schemas["CatalogImport"];

/** Takes models over from the bundled catalogue, and says what became of each. */
export function ImportDialog(props: { provider: Schemas["Provider"]; onClose: () => void }) {
  const { provider, onClose } = props;
  const [models, setModels] = useState<string[]>([]);
  const [catalogue, setCatalogue] = useState("");
  const [found, setFound] = useState<Found | null>(null);
  const change = () => ({
    title: `Import models of ${provider.name}`,
    verb: "Import",
    done: `Imported models of ${provider.name}`,
    cannotUndo: true,
    isQuiet: true,
    write: write("post", "/api/platform/ai-management/models/providers/{provider}/catalog-import", {
      params: { path: { provider: provider.name } },
      body: {
        catalog: catalogue.trim() || null,
        models: models.length > 0 ? models : null,
      },
    }),
    onDone: setFound,
  });
  if (found) return <Outcome of={found} provider={provider.name} onClose={onClose} />;
  return (
    <FormDialog
      title={`Import models of ${provider.name}`}
      description="Figures that a person stated are left alone. Old prices stay for what was called before."
      verb="Import"
      change={change}
      isNew
      staysOpen
      onClose={onClose}
    >
      {(errorAt) => (
        <>
          <ChipsField
            label="Models"
            placeholder="All that have a price and are still served"
            values={models}
            onChange={setModels}
            error={errorAt("/models")}
          />
          <FieldGroup>
            <TextField
              label="Name in the catalogue"
              placeholder="Found by kind, address or name"
              spellCheck={false}
              error={errorAt("/catalog")}
              value={catalogue}
              onChange={(event) => setCatalogue(event.target.value)}
            />
          </FieldGroup>
          <Preview provider={provider.name} catalogue={catalogue} models={models} />
        </>
      )}
    </FormDialog>
  );
}

/** What the import would do, asked while the fields are filled in. */
function Preview(props: { provider: string; catalogue: string; models: string[] }) {
  const planned = useQuery(catalogueQuery(props.provider, props.catalogue.trim(), props.models));
  if (planned.isPending) return <p className="text-xs text-ink-3">Looking at the catalogue</p>;
  if (!planned.data) return null;
  return (
    <div className="rounded-md border border-line p-3">
      <Summary of={planned.data} tense="would be" />
    </div>
  );
}

function Outcome(props: { of: Found; provider: string; onClose: () => void }) {
  return (
    <Dialog
      open
      onClose={props.onClose}
      title={`Imported models of ${props.provider}`}
      description={`From ${props.of.catalog} in the catalogue.`}
      footer={
        <Button size="md" variant="primary" onClick={props.onClose}>
          Done
        </Button>
      }
    >
      <Summary of={props.of} tense="were" />
    </Dialog>
  );
}

function Summary({ of, tense }: { of: Found; tense: "were" | "would be" }) {
  const lines: [string, string[]][] = [
    [`${tense} added`, of.added],
    [`${tense} brought up to date`, of.updated],
    ["stated by a person, left alone", of.kept],
    ["not in the catalogue", of.not_found],
    ["without a known price", of.unpriced],
  ];
  return (
    <ul className="grid gap-2 text-sm">
      {lines
        .filter(([, names]) => names.length > 0)
        .map(([what, names]) => (
          <li key={what}>
            <details>
              <summary className="cursor-pointer">
                {plural(names.length, "model")} {what}
              </summary>
              <p className="mt-1 font-mono text-xs text-ink-2 [overflow-wrap:anywhere]">
                {names.join(", ")}
              </p>
            </details>
          </li>
        ))}
      <li className="text-ink-2">{plural(of.unchanged, "model")} as the catalogue says</li>
    </ul>
  );
}
