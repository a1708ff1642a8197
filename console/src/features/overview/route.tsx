import { createFileRoute } from "@tanstack/react-router";
import { OverviewPage } from "./page";

export const Route = createFileRoute("/")({ component: OverviewPage });
