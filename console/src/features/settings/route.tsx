import { createFileRoute } from "@tanstack/react-router";
import { SettingsPage } from "./page";
import { parseSearch } from "./search";

export const Route = createFileRoute("/settings")({
  validateSearch: parseSearch,
  component: SettingsPage,
});
