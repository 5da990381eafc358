// Owns keys that make a request count once: the same deed keeps its key until it has succeeded, whatever the line does.
import { randomUUID } from 'expo-crypto';
import { useCallback, useRef } from 'react';

/** Runs a deed under a key of its own; tried again with the same content it has the same key, so it is done once. */
export function useOnce() {
  const keys = useRef(new Map<string, string>());
  return useCallback(async function once<Result>(
    content: string,
    deed: (key: string) => Promise<Result>,
  ): Promise<Result> {
    const key = keys.current.get(content) ?? randomUUID();
    keys.current.set(content, key);
    const result = await deed(key);
    // What was tried before and given up for this is another wish when it comes again.
    keys.current.clear();
    return result;
  }, []);
}
