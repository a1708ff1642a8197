import { Link } from "@tanstack/react-router";
import { count } from "@/lib/format";

/** An entry of the journal, by its number. */
export const JournalLink = ({ seq }: { seq: number }) => (
  <Link
    to="/journal"
    search={{ sel: seq }}
    className="num text-accent underline-offset-2 hover:underline"
  >
    journal {count(seq)}
  </Link>
);
