import type { Schemas } from "@/api/client";

export type Role = Schemas["Role"];

/** What each role is for, the mightiest first. */
export const ROLES: Record<Role, { word: string; does: string }> = {
  platform_admin: { word: "Platform admin", does: "Everything, in every organization." },
  "ai-admin": { word: "AI admin", does: "Manages everything of this organization." },
  "ai-developer": { word: "AI developer", does: "Manages features and what serves them." },
  "ai-viewer": { word: "AI viewer", does: "Reads configuration and figures." },
  "finance-manager": { word: "Finance manager", does: "Reads spending and sets budgets." },
};
