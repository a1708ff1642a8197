import { type ReactNode, useEffect } from "react";

/** The line at the top of a page: its name, what it shows, what one does there. */
export function PageHeader({
  title,
  sub,
  children,
}: {
  title: string;
  sub?: ReactNode;
  children?: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Glaux`;
  }, [title]);
  return (
    <div
      id="page-header"
      className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1.5 border-b border-line bg-canvas px-4 py-2 max-md:px-3"
    >
      <h1
        tabIndex={-1}
        id="page-title"
        className="text-[15px] font-semibold tracking-[-0.01em] outline-none"
      >
        {title}
      </h1>
      {sub}
      <div className="ml-auto flex flex-wrap items-center gap-2">{children}</div>
    </div>
  );
}

/** What a page holds below its header, where it is no list that fills the screen. */
export const PageBody = ({ children }: { children: ReactNode }) => (
  <div className="mx-auto grid max-w-[1680px] gap-3 p-3 md:p-4">{children}</div>
);
