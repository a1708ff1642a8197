import { $api } from "@/api/client";
import { timeZone } from "@/lib/format";
import { now } from "@/lib/now";

const KEYS = "/api/platform/ai-management/keys";
const SUMS = "/api/platform/ai-management/spending/analytics";

/** The URL of a key, which its tag is known by. */
export const keyUrl = (key: string) => `${KEYS}/${encodeURIComponent(key)}`;

/** One key, and with it the tag that a change of it names. */
export const keyQuery = (key: string) =>
  $api.queryOptions("get", "/api/platform/ai-management/keys/{key}", { params: { path: { key } } });

const DAYS = 30;

/** Where the last thirty days begin: today and the twenty-nine before it, as they are counted here. */
export function spanOf(at: Date = new Date(now())) {
  const midnight = (offset: number) =>
    new Date(at.getFullYear(), at.getMonth(), at.getDate() + offset);
  const days = Array.from({ length: DAYS }, (_, index) => midnight(index - DAYS + 1));
  return { from: midnight(1 - DAYS).toISOString(), to: midnight(1).toISOString(), days };
}

/** What every key was used for in thirty days. */
export const useOfKeysQuery = () => {
  const { from, to } = spanOf();
  return $api.queryOptions("get", SUMS, { params: { query: { group_by: "key", from, to } } });
};

/** What a key was used for, day by day. */
export const useByDayQuery = (key: string) => {
  const { from, to } = spanOf();
  return $api.queryOptions("get", SUMS, {
    params: { query: { key, from, to, bucket: "1d", timezone: timeZone() } },
  });
};

/** What it was used for, feature by feature. */
export const useByFeatureQuery = (key: string) => {
  const { from, to } = spanOf();
  return $api.queryOptions("get", SUMS, {
    params: { query: { key, from, to, group_by: "feature,model" } },
  });
};
