import { createFileRoute } from "@tanstack/react-router";
import { LivePage } from "./page";
import { parseSearch } from "./search";

export const Route = createFileRoute("/live")({
  validateSearch: parseSearch,
  component: LivePage,
});
