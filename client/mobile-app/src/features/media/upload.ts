// Owns how a file comes to the server: whole when small, else in pieces that go on where the line broke (tus 1.0).
import { ApiProblem, type OwnAsset } from '@aichatwar/shared';
import { mediaActions } from './api';
import type { LocalFile } from './pick';
import { send } from './transport';

export interface UploadOptions {
  alt?: string;
  /** From 0 to 1. */
  onProgress?: (part: number) => void;
  signal?: AbortSignal;
}

const WHOLE_MAX = 8 * 1024 * 1024;
const PIECE = 4 * 1024 * 1024;
const TRIES_MAX = 8;
const READY_WITHIN_MS = 120_000;
const TUS = { 'Tus-Resumable': '1.0.0' };

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Uploads and waits until the file may be used. Throws an ApiProblem, or AbortError when it was stopped. */
export async function uploadFile(file: LocalFile, options: UploadOptions = {}): Promise<OwnAsset> {
  const bytes = file.blob?.size ?? file.bytes;
  const id =
    bytes !== null && bytes <= WHOLE_MAX ? await whole(file, bytes, options) : await pieces(file, options);
  options.onProgress?.(1);
  return untilReady(id, options.signal);
}

async function whole(file: LocalFile, bytes: number, options: UploadOptions): Promise<string> {
  const { alt, onProgress, signal } = options;
  const body = new FormData();
  if (alt) body.append('alt', alt);
  if (file.blob) body.append('file', file.blob, file.name);
  // React Native reads the file from its path.
  else body.append('file', { uri: file.uri, name: file.name, type: file.mime } as unknown as Blob);
  const { text } = await send({
    method: 'POST',
    path: '/api/media',
    body,
    signal,
    onProgress: (sent) => onProgress?.(Math.min(0.99, sent / Math.max(1, bytes))),
  });
  return (JSON.parse(text) as OwnAsset).id;
}

async function pieces(file: LocalFile, { alt, onProgress, signal }: UploadOptions): Promise<string> {
  const blob = file.blob ?? (await (await fetch(file.uri)).blob());
  const about = { filename: file.name, ...(alt ? { alt } : {}) };
  const begun = await send({
    method: 'POST',
    path: '/api/media/tus',
    signal,
    headers: {
      ...TUS,
      'Upload-Length': String(blob.size),
      'Upload-Metadata': Object.entries(about)
        .map(([key, value]) => `${key} ${base64(value)}`)
        .join(','),
    },
  });
  const path = begun.header('Location')?.replace(/^https?:\/\/[^/]+/, '');
  const id = path?.split('/').at(-1);
  if (!path || !id) throw new ApiProblem({ status: 0, code: 'client.unreadable', detail: '' });
  let offset = 0;
  for (let failures = 0; offset < blob.size;) {
    const from = offset;
    try {
      const { header } = await send({
        method: 'PATCH',
        path,
        signal,
        headers: { ...TUS, 'Upload-Offset': String(from), 'Content-Type': 'application/offset+octet-stream' },
        body: blob.slice(from, from + PIECE),
        onProgress: (sent) => onProgress?.(Math.min(0.99, (from + sent) / blob.size)),
      });
      offset = Number(header('Upload-Offset') ?? from + PIECE);
      failures = 0;
    } catch (failure) {
      const mayGoOn = failure instanceof ApiProblem && (failure.isTemporary || failure.status === 409);
      failures += 1;
      if (!mayGoOn || failures > TRIES_MAX) throw failure;
      await pause(Math.min(15_000, 500 * 2 ** failures));
      // What arrived before the line broke is kept.
      offset = await standing(path, signal).catch(() => from);
    }
  }
  return id;
}

async function standing(path: string, signal: AbortSignal | undefined): Promise<number> {
  const { header } = await send({ method: 'HEAD', path, headers: TUS, signal });
  return Number(header('Upload-Offset') ?? 0);
}

/** The server looks into a file before it may be used. */
async function untilReady(id: string, signal: AbortSignal | undefined): Promise<OwnAsset> {
  const until = Date.now() + READY_WITHIN_MS;
  for (let wait = 150; ; wait = Math.min(2_000, wait * 1.5)) {
    const asset = await mediaActions.get(id);
    if (asset.status === 'ready') return asset;
    if (asset.status === 'rejected')
      throw new ApiProblem({ status: 415, code: 'media.not_taken', detail: asset.reason ?? '' });
    if (signal?.aborted) throw Object.assign(new Error('Stopped.'), { name: 'AbortError' });
    if (Date.now() > until) throw new ApiProblem({ status: 0, code: 'client.timeout', detail: '' });
    await pause(wait);
  }
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
