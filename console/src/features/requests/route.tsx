import { createFileRoute } from "@tanstack/react-router";
import { RequestsPage } from "./page";
import { parseSearch } from "./search";

export const Route = createFileRoute("/requests")({
  validateSearch: parseSearch,
  component: RequestsPage,
});
