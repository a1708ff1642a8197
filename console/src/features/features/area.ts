import { Boxes } from "lucide-react";
import type { Area } from "@/app/areas";

export default {
  path: "/features",
  label: "AI features",
  group: "Build",
  order: 1,
  icon: Boxes,
  key: "f",
  permission: "features.read",
  actions: [
    {
      label: "Create a feature",
      permission: "features.write",
      to: "/features",
      search: { new: true },
    },
  ],
} satisfies Area;
