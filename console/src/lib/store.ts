/** A value that lives outside of React, with those who watch it. */
import { useSyncExternalStore } from "react";

export type Store<T> = {
  get: () => T;
  set: (next: T) => void;
  subscribe: (watcher: () => void) => () => void;
};

export function store<T>(initial: T): Store<T> {
  let value = initial;
  const watchers = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const watcher of watchers) watcher();
    },
    subscribe(watcher) {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
}

/** What a store holds, or a part of it: renders anew only when that part is another one. */
export function useStore<T>(from: Store<T>): T;
export function useStore<T, P>(from: Store<T>, part: (value: T) => P): P;
export function useStore<T, P>(from: Store<T>, part?: (value: T) => P): T | P {
  return useSyncExternalStore(from.subscribe, () => (part ? part(from.get()) : from.get()));
}
