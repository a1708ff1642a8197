import type { Environment } from "@/lib/environment";
import type { Range, Span } from "./search";

/** What every part of the overview is about. */
export type Shown = { span: Span; range: Range; environment: Environment; now: number };
