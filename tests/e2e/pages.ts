/** Every page of the console, and what stands at its head. A page that is not here is not looked at. */
export const pages: { path: string; heading: string }[] = [
  { path: "/", heading: "Overview" },
  { path: "/welcome", heading: "Get started" },
  { path: "/live", heading: "Live status" },
  { path: "/requests", heading: "Requests" },
  { path: "/features", heading: "AI features" },
  { path: "/models", heading: "Models & providers" },
  { path: "/keys", heading: "Keys" },
  { path: "/spending", heading: "Spending" },
  { path: "/journal", heading: "Journal" },
  { path: "/settings", heading: "Settings" },
];
