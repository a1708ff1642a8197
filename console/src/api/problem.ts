import type { components } from "./schema";

export type Problem = components["schemas"]["Problem"];

/** What the program refused, in its own words (RFC 9457), or that it could not be reached. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string | undefined;
  readonly requestId: string | undefined;
  readonly fields: { pointer: string; detail: string }[];
  /** Seconds after which it is worth trying again, where the program said so. */
  readonly retryAfter: number | undefined;

  constructor(status: number, problem: Partial<Problem>, retryAfter?: number) {
    super(problem.title ?? `The program answered with status ${status}`);
    this.status = status;
    this.code = problem.code ?? "unreadable";
    this.detail = problem.detail ?? undefined;
    this.requestId = problem.request_id;
    this.fields = problem.errors ?? [];
    this.retryAfter = retryAfter;
  }

  static async of(response: Response): Promise<ApiError> {
    const problem: Partial<Problem> = await response
      .clone()
      .json()
      .catch(() => ({}));
    const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
    return new ApiError(response.status, problem, Number.isFinite(seconds) ? seconds : undefined);
  }
}

/** Whether a request got no answer at all. */
export const isOffline = (error: unknown) => !(error instanceof ApiError);

/** What to say of an error: one sentence, then the details. */
export function describe(error: unknown): { title: string; detail?: string; requestId?: string } {
  if (!(error instanceof ApiError)) {
    return { title: "Glaux can't be reached", detail: "The network or the program is away." };
  }
  const wait = error.retryAfter === undefined ? "" : ` Try again in ${error.retryAfter} s.`;
  const fields = error.fields.map((field) => `${field.pointer}: ${field.detail}`).join("; ");
  const detail = [error.detail, fields].filter(Boolean).join(" ") + wait;
  return { title: error.message, detail: detail || undefined, requestId: error.requestId };
}
