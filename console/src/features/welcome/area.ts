import { Rocket } from "lucide-react";
import type { Area } from "@/app/areas";
import { useIsBeginning } from "./beginning";

export default {
  path: "/welcome",
  label: "Get started",
  group: "Operate",
  order: 0,
  icon: Rocket,
  key: "w",
  permission: "features.write",
  useIsListed: useIsBeginning,
} satisfies Area;
