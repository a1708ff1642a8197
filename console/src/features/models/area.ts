import { SlidersHorizontal } from "lucide-react";
import type { Area } from "@/app/areas";

export default {
  path: "/models",
  label: "Models & providers",
  group: "Build",
  order: 2,
  icon: SlidersHorizontal,
  key: "m",
  permission: "models.read",
  actions: [
    {
      label: "Add provider",
      permission: "providers.write",
      to: "/models",
      search: { tab: "providers", new: true },
    },
    {
      label: "Add model",
      permission: "models.write",
      to: "/models",
      search: { tab: "models", new: true },
    },
    {
      label: "Add model alias",
      permission: "models.write",
      to: "/models",
      search: { tab: "aliases", new: true },
    },
    {
      label: "Add routing policy",
      permission: "models.write",
      to: "/models",
      search: { tab: "routing", new: true },
    },
  ],
} satisfies Area;
