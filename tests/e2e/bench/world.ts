/** A program with as many calls in its ledger as a year of a company makes. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Program } from "../fixture/program.ts";
import { type Seed, seed } from "../fixture/seed.ts";
import { type Session, signIn } from "../fixture/session.ts";
import { Upstream } from "../fixture/upstream.ts";

/** How many calls are filled in. The promise is about a million. */
export const CALLS = Number(process.env.GLAUX_BENCH_CALLS ?? 1_000_000);
const WEEK_MS = 7 * 24 * 3_600_000;

export type World = { program: Program; upstream: Upstream; seeded: Seed; session: Session };
type Items<T> = { items: T[] };
type Named = { id: string; name: string };

export async function makeWorld(): Promise<World> {
  const upstream = await Upstream.start();
  const made = await Program.start();
  const seeded = await seed(made, upstream, 40);
  const session = await signIn(made);
  const description = JSON.stringify(await describe(made));
  await made.end();
  await fill(made.directory, description);
  const program = await Program.start({}, made.directory);
  // A cookie is of a host, whatever its port.
  await carried(program);
  return { program, upstream, seeded, session };
}

export async function endWorld({ program, upstream }: World): Promise<void> {
  await program.stop();
  await upstream.stop();
}

async function describe(program: Program) {
  const list = async <T>(path: string) => (await program.manage<Items<T>>("GET", path)).items;
  const me = await program.manage<{ organization: { id: string } }>("GET", "/api/me");
  const models = await list<Named>("/models?limit=200");
  const providers = new Map((await list<Named>("/models/providers")).map((one) => [one.name, one.id]));
  const budget = await program.manage<Named>("POST", "/spending/budgets", {
    name: "a day",
    scope: { organization: true },
    period_type: "daily",
    budget_amount: { amount: "100000", currency: "USD" },
    action: "notify",
  });
  return {
    organization: me.organization.id,
    application: (await list<Named>("/api/applications"))[0]?.id,
    keys: (await list<Named>("/keys")).map((key) => key.id),
    features: (await list<Named>("/features")).map((feature) => feature.id),
    models: models
      .filter(({ name }) => !name.startsWith("sandbox/"))
      .map(({ id, name }) => ({ id, name, provider: providers.get(name.split("/")[0] ?? "") })),
    budget: budget.id,
  };
}

async function fill(directory: string, description: string): Promise<void> {
  const program = process.env.GLAUX_FILL;
  if (!program) throw new Error("GLAUX_FILL names the example `fill` of glaux-ledger-store");
  const now = Date.now();
  const span = [new Date(now - WEEK_MS + 60_000), new Date(now)].map((time) => time.toISOString());
  const filling = spawn(program, [directory, String(CALLS), ...span], { stdio: ["pipe", "ignore", "inherit"] });
  filling.stdin.end(description);
  const [status] = await once(filling, "exit");
  if (status !== 0) throw new Error(`${program} failed: ${status}`);
}

/** Waits until all of them stand in the database. */
async function carried(program: Program): Promise<void> {
  const [from, to] = [Date.now() - 2 * WEEK_MS, Date.now() + WEEK_MS].map((time) => new Date(time).toISOString());
  for (let seconds = 0; seconds < 540; seconds += 1) {
    const sums = await program.manage<Items<{ calls: number }>>("GET", `/spending/analytics?from=${from}&to=${to}`);
    if (sums.items.reduce((sum, one) => sum + one.calls, 0) >= CALLS) return;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  throw new Error("the calls never came to stand in the database");
}

/** What the names of the users begin with for whom `keepCalling` calls. */
export const CALLER = "caller-";

/** Calls as long as `isWanted`, a few at a time, each for a user of its own. */
export async function keepCalling({ program, seeded }: World, isWanted: () => boolean): Promise<void> {
  let calls = 0;
  const call = () => program.call(seeded.keys.batch, "translation", { user: `${CALLER}${calls++}` });
  const worker = async () => {
    while (isWanted()) await call();
  };
  await Promise.all(Array.from({ length: 4 }, worker));
}
