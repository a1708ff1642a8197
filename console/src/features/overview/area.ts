import { Gauge } from "lucide-react";
import type { Area } from "@/app/areas";

export default {
  path: "/",
  label: "Overview",
  group: "Operate",
  order: 1,
  icon: Gauge,
  key: "o",
  permission: "usage.read",
} satisfies Area;
