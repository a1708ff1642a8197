import { ScrollText } from "lucide-react";
import type { Area } from "@/app/areas";

export default {
  path: "/journal",
  label: "Journal",
  group: "Govern",
  order: 1,
  icon: ScrollText,
  key: "h",
  permission: "journal.read",
  actions: [
    {
      label: "Verify the journal",
      permission: "journal.read",
      to: "/journal",
      search: { verify: true },
    },
  ],
} satisfies Area;
