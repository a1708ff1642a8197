import { ListTree } from "lucide-react";
import type { Area } from "@/app/areas";

export default {
  path: "/requests",
  label: "Requests",
  group: "Operate",
  order: 3,
  icon: ListTree,
  key: "r",
  permission: "usage.read",
  actions: [
    {
      label: "Watch requests live",
      permission: "usage.read",
      to: "/requests",
      search: { live: true },
    },
    {
      label: "Find failed requests",
      permission: "usage.read",
      to: "/requests",
      search: { status: "error,timeout" },
    },
  ],
} satisfies Area;
