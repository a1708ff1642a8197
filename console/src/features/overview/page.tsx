import { PageHeader } from "@/ui/page";

export const OverviewPage = () => <PageHeader title="Overview" />;
