import { createFileRoute } from "@tanstack/react-router";
import { featuresQuery } from "@/api/every-page";
import { FeaturesPage } from "./page";
import { parseSearch } from "./search";

export const Route = createFileRoute("/features")({
  validateSearch: parseSearch,
  loader: ({ context }) => void context.queryClient.prefetchQuery(featuresQuery),
  component: FeaturesPage,
});
