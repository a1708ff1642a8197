import { Settings } from "lucide-react";
import type { Area } from "@/app/areas";

export default {
  path: "/settings",
  label: "Settings",
  group: "Govern",
  order: 9,
  icon: Settings,
  key: ",",
  permission: "organization.read",
  actions: [
    {
      label: "Issue a service token",
      permission: "tokens.write",
      to: "/settings",
      search: { tab: "tokens", new: true },
    },
  ],
} satisfies Area;
