import { CircleDollarSign } from "lucide-react";
import type { Area } from "@/app/areas";

export default {
  path: "/spending",
  label: "Spending",
  group: "Understand",
  order: 1,
  icon: CircleDollarSign,
  key: "s",
  permission: "spending.read",
  actions: [
    {
      label: "Set a budget",
      permission: "budgets.write",
      to: "/spending",
      search: { new: true },
    },
  ],
} satisfies Area;
