// Owns the files that are on their way while something is written: each with its progress, words and end.
import type { OwnAsset } from '@aichatwar/shared';
import * as Crypto from 'expo-crypto';
import { useCallback, useEffect, useRef, useState } from 'react';
import { wordsFor } from '@/lib/words';
import { mediaActions } from '../api';
import type { LocalFile } from '../pick';
import { uploadFile } from '../upload';

export interface Attachment {
  key: string;
  file: LocalFile;
  state: 'uploading' | 'ready' | 'failed';
  /** From 0 to 1; 1 while the server looks at it. */
  progress: number;
  alt: string;
  asset: OwnAsset | null;
  problem: string | null;
}

export interface Attachments {
  items: readonly Attachment[];
  /** All are there and may be used. */
  ready: boolean;
  ids: string[];
  add: (files: readonly LocalFile[]) => void;
  remove: (key: string) => void;
  retry: (key: string) => void;
  describe: (key: string, alt: string) => void;
  /** They belong to something now, and are not taken back when the screen goes. */
  settle: () => void;
  /** The same, for who goes on writing: the row is empty again. */
  handOver: () => void;
}

export function useAttachments(): Attachments {
  const [items, setItems] = useState<readonly Attachment[]>([]);
  const now = useRef(items);
  const stops = useRef(new Map<string, AbortController>());
  const settled = useRef(false);

  const change = useCallback((make: (held: readonly Attachment[]) => readonly Attachment[]) => {
    now.current = make(now.current);
    setItems(now.current);
  }, []);
  const patch = useCallback(
    (key: string, part: Partial<Attachment>) =>
      change((held) => held.map((item) => (item.key === key ? { ...item, ...part } : item))),
    [change],
  );

  const start = useCallback(
    async (key: string, file: LocalFile) => {
      const stop = new AbortController();
      stops.current.set(key, stop);
      patch(key, { state: 'uploading', progress: 0, problem: null });
      try {
        const asset = await uploadFile(file, {
          signal: stop.signal,
          onProgress: (progress) => patch(key, { progress }),
        });
        patch(key, { state: 'ready', asset });
        const alt = now.current.find((item) => item.key === key)?.alt;
        if (alt) await mediaActions.describe(asset.id, alt);
      } catch (failure) {
        if (!stop.signal.aborted) patch(key, { state: 'failed', problem: wordsFor(failure) });
      }
    },
    [patch],
  );

  const add = useCallback(
    (files: readonly LocalFile[]) => {
      const fresh = files.map((file): Attachment => ({
        key: Crypto.randomUUID(),
        file,
        state: 'uploading',
        progress: 0,
        alt: '',
        asset: null,
        problem: null,
      }));
      change((held) => [...held, ...fresh]);
      for (const { key, file } of fresh) void start(key, file);
    },
    [change, start],
  );

  const remove = useCallback(
    (key: string) => {
      const gone = now.current.find((item) => item.key === key);
      stops.current.get(key)?.abort();
      change((held) => held.filter((item) => item.key !== key));
      if (gone?.asset) void mediaActions.remove(gone.asset.id).catch(() => undefined);
    },
    [change],
  );

  const retry = useCallback(
    (key: string) => {
      const item = now.current.find((held) => held.key === key);
      if (item) void start(key, item.file);
    },
    [start],
  );

  const describe = useCallback(
    (key: string, alt: string) => {
      patch(key, { alt });
      const asset = now.current.find((item) => item.key === key)?.asset;
      if (asset) void mediaActions.describe(asset.id, alt).catch(() => undefined);
    },
    [patch],
  );

  const settle = useCallback(() => {
    settled.current = true;
  }, []);

  const handOver = useCallback(() => change(() => []), [change]);

  useEffect(() => {
    const running = stops.current;
    return () => {
      if (settled.current) return;
      // Nobody will use them; the server sweeps what is left.
      for (const stop of running.values()) stop.abort();
      for (const { asset } of now.current)
        if (asset) void mediaActions.remove(asset.id).catch(() => undefined);
    };
  }, []);

  return {
    items,
    ready: items.every(({ state }) => state === 'ready'),
    ids: items.flatMap(({ asset }) => (asset ? [asset.id] : [])),
    add,
    remove,
    retry,
    describe,
    settle,
    handOver,
  };
}
