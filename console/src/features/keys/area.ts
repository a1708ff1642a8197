import { KeyRound } from "lucide-react";
import type { Area } from "@/app/areas";

export default {
  path: "/keys",
  label: "Keys",
  group: "Build",
  order: 3,
  icon: KeyRound,
  key: "k",
  permission: "keys.read",
  actions: [{ label: "Issue key", permission: "keys.write", to: "/keys", search: { new: true } }],
} satisfies Area;
