import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import type { Schemas } from "@/api/client";
import { modelsQuery } from "@/api/every-page";
import { useCan } from "@/api/session";
import { write } from "@/api/write";
import { date, moment } from "@/lib/format";
import { tokenPrice } from "@/lib/prices";
import type { Column } from "@/tables/column";
import { DataTable } from "@/tables/data-table";
import { AsRead } from "@/ui/as-read";
import { Button } from "@/ui/button";
import { review } from "@/ui/change";
import { TextField } from "@/ui/field";
import { FilterBar, SearchInput } from "@/ui/filter";
import { FormDialog } from "@/ui/form-dialog";
import { ModelPicker } from "@/ui/model-picker";
import { Facts } from "@/ui/panel";
import { SidePanel } from "@/ui/side-panel";
import { Empty, Loaded, SkeletonRows } from "@/ui/states";
import { AddButton } from "./add-button";
import { aliasesQuery, aliasQuery, aliasUrl } from "./queries";
import type { ModelsSearch, SetSearch } from "./search";

type Alias = Schemas["Alias"];

const ALIAS = "/api/platform/ai-management/aliases/{alias}";

const columns: Column<Alias>[] = [
  {
    key: "name",
    head: "Alias",
    width: "minmax(160px,1fr)",
    priority: 1,
    order: (alias) => alias.name,
    cell: (alias) => (
      <span className="block max-w-72 truncate font-mono text-xs font-medium" title={alias.name}>
        {alias.name}
      </span>
    ),
  },
  {
    key: "model",
    head: "Stands for",
    width: "minmax(200px,2fr)",
    priority: 1,
    order: (alias) => alias.model,
    cell: (alias) => (
      <span className="block max-w-96 truncate font-mono text-xs text-ink-2" title={alias.model}>
        {alias.model}
      </span>
    ),
  },
  {
    key: "updated",
    head: "Changed",
    width: "130px",
    isRight: true,
    priority: 2,
    order: (alias) => alias.updated_at,
    cell: (alias) => date(alias.updated_at),
  },
];

const PhoneRow = (alias: Alias) => (
  <div className="grid gap-0.5 font-mono text-xs">
    <span className="truncate font-medium">{alias.name}</span>
    <span className="truncate text-ink-3">{alias.model}</span>
  </div>
);

/** Names that clients write and that stand for a model: it can be another one tomorrow. */
export default function AliasesTab({ search, set }: { search: ModelsSearch; set: SetSearch }) {
  const can = useCan();
  const mayWrite = can("models.write");
  const aliases = useQuery(aliasesQuery);
  const shown = useMemo(() => {
    const text = search.q?.toLowerCase() ?? "";
    return aliases.data?.filter((alias) =>
      `${alias.name} ${alias.model}`.toLowerCase().includes(text),
    );
  }, [aliases.data, search.q]);
  const setText = useCallback((q: string) => set({ q: q || undefined }), [set]);
  const selected = aliases.data?.find((alias) => alias.name === search.sel);
  return (
    <>
      <FilterBar>
        <SearchInput
          label="Search aliases"
          placeholder="Alias or model"
          value={search.q ?? ""}
          onChange={setText}
        />
      </FilterBar>
      <div className="flex min-h-0 flex-1">
        <div className="min-w-0 flex-1 overflow-y-auto bg-surface [--edge:16px]">
          <Loaded query={{ ...aliases, data: shown }} what="Aliases" skeleton={<SkeletonRows />}>
            {(shown) => (
              <DataTable<Alias>
                label="Aliases"
                rows={shown}
                rowKey={(alias) => alias.name}
                columns={columns}
                phoneRow={PhoneRow}
                selected={selected && search.sel}
                onSelect={(sel) => set({ sel, edit: undefined })}
                empty={
                  search.q ? (
                    <Empty
                      title="No aliases match this text"
                      action={<Button onClick={() => set({ q: undefined })}>Clear</Button>}
                    />
                  ) : (
                    <Empty
                      title="An alias is another name for a model"
                      action={
                        <AddButton permission="models.write" set={set}>
                          Add alias
                        </AddButton>
                      }
                    >
                      Clients write gpt-4, and you decide which model answers.
                    </Empty>
                  )
                }
              />
            )}
          </Loaded>
        </div>
        {selected && <AliasPanel key={selected.name} of={selected} mayWrite={mayWrite} set={set} />}
      </div>
      {mayWrite && selected && search.edit === "details" && (
        <AsRead key={selected.name} query={aliasQuery(selected.name)} url={aliasUrl(selected.name)}>
          {(before, tag) => (
            <EditAlias before={before} tag={tag} onClose={() => set({ edit: undefined })} />
          )}
        </AsRead>
      )}
      {mayWrite && search.new && (
        <AddAlias
          onClose={() => set({ new: undefined })}
          onAdded={(sel) => set({ new: undefined, sel })}
        />
      )}
    </>
  );
}

function AliasPanel(props: { of: Alias; mayWrite: boolean; set: SetSearch }) {
  const { of, set } = props;
  const models = useQuery(modelsQuery);
  const model = models.data?.find((one) => one.name === of.model);
  return (
    <SidePanel
      label={`Alias ${of.name}`}
      title={<span className="truncate font-mono text-xs">{of.name}</span>}
      onClose={() => set({ sel: undefined, edit: undefined })}
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

function AddAlias(props: { onClose: () => void; onAdded: (name: string) => void }) {
  const [name, setName] = useState("");
  const [model, setModel] = useState("");
  const change = () =>
    name.trim() && model
      ? {
          title: `Add alias ${name.trim()}`,
          verb: "Add",
          done: `Added alias ${name.trim()}`,
          write: write("post", "/api/platform/ai-management/aliases", {
            body: { name: name.trim(), model },
          }),
          onDone: (answer: Alias) => props.onAdded(answer.name),
        }
      : undefined;
  return (
    <FormDialog
      title="Add alias"
      verb="Add alias"
      change={change}
      isNew
      isDisabled={!name.trim() || !model}
      onClose={props.onClose}
    >
      {(errorAt) => (
        <>
          <TextField
            label="Alias"
            autoFocus
            spellCheck={false}
            placeholder="gpt-4"
            help="What clients write as model. A feature of the same name goes before it."
            error={errorAt("/name")}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          <ModelPicker
            label="Stands for"
            value={model}
            onChange={setModel}
            error={errorAt("/model")}
          />
        </>
      )}
    </FormDialog>
  );
}

function EditAlias(props: { before: Alias; tag: string | undefined; onClose: () => void }) {
  const { before, tag } = props;
  const [model, setModel] = useState(before.model);
  const change = () => ({
    title: `Change alias ${before.name}`,
    verb: "Change",
    done: `Changed alias ${before.name}`,
    tag,
    write: write("patch", ALIAS, {
      params: { path: { alias: before.name } },
      body: { model },
    }),
  });
  return (
    <FormDialog
      title={`Alias ${before.name}`}
      description="The next call that names it goes to the new model."
      verb="Review change"
      change={change}
      isDisabled={model === before.model}
      onClose={props.onClose}
    >
      {(errorAt) => (
        <ModelPicker
          label="Stands for"
          value={model}
          onChange={setModel}
          error={errorAt("/model")}
        />
      )}
    </FormDialog>
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
