import { createFileRoute } from "@tanstack/react-router";
import { WelcomePage } from "./page";
import { parseSearch } from "./search";

export const Route = createFileRoute("/welcome")({
  validateSearch: parseSearch,
  component: WelcomePage,
});
