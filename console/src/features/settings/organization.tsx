import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { queryClient, tagOf } from "@/api/client";
import { ApiError } from "@/api/problem";
import { meQuery, useCan, useMe } from "@/api/session";
import { write } from "@/api/write";
import { changedOf } from "@/lib/changed";
import { plural } from "@/lib/format";
import { Button } from "@/ui/button";
import { review } from "@/ui/change";
import { CopyButton } from "@/ui/copy";
import { TextField } from "@/ui/field";
import { Facts, Panel } from "@/ui/panel";
import { Loaded, Skeleton } from "@/ui/states";
import { type Organization, organizationQuery, organizationUrl } from "./queries";

/** What the organization is called, and where its days begin. */
export function OrganizationSettings() {
  const { name } = useMe().organization;
  const organization = useQuery(organizationQuery(name));
  return (
    <Loaded
      query={organization}
      what="The organization"
      skeleton={<Skeleton className="h-72 rounded-lg" />}
    >
      {(found) => <Settings organization={found} />}
    </Loaded>
  );
}

type Fields = Pick<Organization, "display_name" | "time_zone">;
const fieldsOf = ({ display_name, time_zone }: Organization): Fields => ({
  display_name,
  time_zone,
});

const trimmed = ({ display_name, time_zone }: Fields): Fields => ({
  display_name: display_name.trim(),
  time_zone: time_zone.trim(),
});

/** What a reader begins from, with its tag. */
const beginning = (from: Organization) => ({
  from,
  fields: fieldsOf(from),
  tag: tagOf(organizationUrl(from.name)),
});

const ZONES = Intl.supportedValuesOf("timeZone");

function Settings({ organization }: { organization: Organization }) {
  const canWrite = useCan()("organization.write");
  // What others change meanwhile is shown to him before he saves.
  const [before, setBefore] = useState(() => beginning(organization));
  const [now, setNow] = useState(before.fields);
  const [errors, setErrors] = useState<ApiError["fields"]>([]);
  const changed = changedOf(before.fields, trimmed(now));
  const count = Object.keys(changed).length;
  if (organization !== before.from) {
    const latest = beginning(organization);
    const isSame = Object.keys(changedOf(before.fields, latest.fields)).length === 0;
    // Nothing is being edited, or what was saved is read for the first time: its tag is the present one.
    if (count === 0 || isSame) setBefore(latest);
    if (count === 0 && !isSame) setNow(latest.fields);
  }
  const field = (name: keyof Fields) => ({
    value: now[name],
    disabled: !canWrite,
    error: errors.find((error) => error.pointer === `/${name}`)?.detail,
    onChange: (event: { target: { value: string } }) => {
      setErrors([]);
      setNow((old) => ({ ...old, [name]: event.target.value }));
    },
  });
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const asked = write("patch", "/api/organizations/{organization}", {
      params: { path: { organization: organization.name } },
      body: changed,
    });
    const refused = await asked.plan({ tag: before.tag }).then(
      () => [],
      (error) => (error instanceof ApiError ? error.fields : []),
    );
    setErrors(refused);
    if (refused.length > 0) return;
    review({
      title: `Change ${organization.display_name}`,
      verb: "Save",
      done: `Changed ${organization.display_name}`,
      write: asked,
      tag: before.tag,
      onDone: (saved) => {
        // The tag of before stays until it is read again: a further change meanwhile is refused.
        setBefore((old) => ({ ...old, fields: fieldsOf(saved) }));
        setNow(fieldsOf(saved));
        void queryClient.invalidateQueries(meQuery);
      },
    });
  };
  return (
    <form onSubmit={save}>
      <Panel title="Organization" bodyClass="grid gap-4 p-3">
        <TextField
          label="Name for people"
          dir="auto"
          maxLength={100}
          className="max-w-md"
          {...field("display_name")}
        />
        <div>
          <TextField
            label="Time zone"
            help="Budgets begin anew at its midnight, those that are under way too."
            list="time-zones"
            className="max-w-md"
            {...field("time_zone")}
          />
          <datalist id="time-zones">
            {ZONES.map((zone) => (
              <option key={zone} value={zone} />
            ))}
          </datalist>
        </div>
        <Facts
          rows={[
            ["Name in URLs and files", <code key="name">{organization.name}</code>],
            ["Currency, as prices are", organization.currency],
            [
              "Id",
              <span key="id" className="flex items-center gap-1">
                <code className="font-mono text-xs">{organization.id}</code>
                <CopyButton text={organization.id} label="Copy id" />
              </span>,
            ],
          ]}
        />
        {!canWrite && (
          <p className="text-xs text-ink-3">
            To change these one needs the right organization.write.
          </p>
        )}
        {count > 0 && (
          <div role="status" className="flex items-center justify-end gap-2">
            <span className="mr-auto text-xs text-ink-2">{plural(count, "change")}</span>
            <Button size="md" onClick={() => setNow(before.fields)}>
              Discard
            </Button>
            <Button size="md" variant="primary" type="submit">
              Save
            </Button>
          </div>
        )}
      </Panel>
    </form>
  );
}
