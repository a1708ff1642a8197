import { useEffect, useState } from "react";
import { now } from "./now";

/** The present moment, renewed every `interval` milliseconds; for ages that grow while one looks. */
export function useNow(interval = 1000): number {
  const [moment, setMoment] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => setMoment(now()), interval);
    return () => clearInterval(timer);
  }, [interval]);
  return moment;
}
