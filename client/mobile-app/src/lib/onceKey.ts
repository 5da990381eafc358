// Owns keys that make a request count once: the same deed keeps its key until it has succeeded, whatever the line does.
import { randomUUID } from 'expo-crypto';
import { useRef } from 'react';

/** Runs a deed under a key of its own; tried again with the same content it has the same key, so it is done once. */
export function useOnce() {
  const held = useRef<{ content: string; key: string } | null>(null);
  return async function once<Result>(
    content: string,
    deed: (key: string) => Promise<Result>,
  ): Promise<Result> {
    if (held.current?.content !== content) held.current = { content, key: randomUUID() };
    const result = await deed(held.current.key);
    held.current = null;
    return result;
  };
}
