import { remembered } from "./storage";

export const ENVIRONMENTS = ["production", "staging", "development"] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

export const isEnvironment = (text: unknown): text is Environment =>
  ENVIRONMENTS.includes(text as Environment);

/** Where the reader was last; the URL says where he is. */
export const lastEnvironment = remembered<Environment>("environment", "production", isEnvironment);
