import { useEffect, useState } from "react";

/** The present moment, renewed every `interval` milliseconds; for ages that grow while one looks. */
export function useNow(interval = 1000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), interval);
    return () => clearInterval(timer);
  }, [interval]);
  return now;
}
