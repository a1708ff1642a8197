import { Activity } from "lucide-react";
import type { Area } from "@/app/areas";

export default {
  path: "/live",
  label: "Live status",
  group: "Operate",
  order: 2,
  icon: Activity,
  key: "l",
  permission: "operations.read",
  actions: [
    {
      label: "Switch a feature's model",
      permission: "features.write",
      to: "/live",
      search: { act: "switch" },
    },
    {
      label: "Disable a feature",
      permission: "features.write",
      to: "/live",
      search: { act: "disable" },
    },
    { label: "Revoke a key", permission: "keys.write", to: "/live", search: { act: "revoke" } },
  ],
} satisfies Area;
