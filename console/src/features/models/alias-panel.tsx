import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Schemas } from "@/api/client";
import { modelsQuery } from "@/api/every-page";
import { write } from "@/api/write";
import { moment } from "@/lib/format";
import { tokenPrice } from "@/lib/prices";
import { Button } from "@/ui/button";
import { review } from "@/ui/change";
import { Facts } from "@/ui/panel";
import { SidePanel } from "@/ui/side-panel";
import { ALIAS } from "./queries";
import type { SetSearch } from "./search";

type Alias = Schemas["Alias"];

/** What an alias stands for. */
export function AliasPanel(props: { of: Alias; mayWrite: boolean; set: SetSearch }) {
  const { of, set } = props;
  const models = useQuery(modelsQuery);
  const model = models.data?.find((one) => one.name === of.model);
  return (
    <SidePanel
      label={`Alias ${of.name}`}
      title={<span className="truncate font-mono text-xs">{of.name}</span>}
      onClose={() => set({ sel: undefined, edit: undefined })}
      onEdit={props.mayWrite ? () => set({ edit: "details" }) : undefined}
      footer={
        props.mayWrite && (
          <>
            <Button onClick={() => set({ edit: "details" })}>Change model</Button>
            <Button
              variant="danger"
              className="ml-auto"
              onClick={() => review(removal(of, () => set({ sel: undefined })))}
            >
              Remove
            </Button>
          </>
        )
      }
    >
      <Facts
        rows={[
          [
            "Stands for",
            <Link
              key="model"
              from="/models"
              search={{ tab: "models", sel: of.model }}
              className="font-mono text-xs text-accent hover:underline"
            >
              {of.model}
            </Link>,
          ],
          ["Price per million", (model && tokenPrice(model.prices)) ?? "No price by tokens"],
          ["Changed", moment(of.updated_at)],
        ]}
      />
    </SidePanel>
  );
}

const removal = (alias: Alias, onDone: () => void) => ({
  title: `Remove alias ${alias.name}`,
  verb: "Remove",
  done: `Removed alias ${alias.name}`,
  note: <p className="text-sm">Calls that name it are refused from then on.</p>,
  isDangerous: true,
  onDone,
  write: write("delete", ALIAS, { params: { path: { alias: alias.name } } }),
});
