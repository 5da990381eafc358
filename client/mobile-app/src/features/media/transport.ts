// Owns one request that tells how far its body has gone, which the common client cannot.
import { ApiProblem, problemOf } from '@aichatwar/shared';
import { tokens } from '@/lib/api';
import { serverUrl } from '@/lib/config';

export interface Sending {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: FormData | Blob;
  onProgress?: (sent: number) => void;
  signal?: AbortSignal | undefined;
}

export interface Answered {
  text: string;
  header: (name: string) => string | null;
}

const aborted = (): Error => Object.assign(new Error('Stopped.'), { name: 'AbortError' });

function once(sending: Sending, token: string | null): Promise<{ status: number } & Answered> {
  const { method, path, headers = {}, body, onProgress, signal } = sending;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(aborted());
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    signal?.addEventListener('abort', stop);
    request.open(method, serverUrl + path);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    if (token) request.setRequestHeader('authorization', `Bearer ${token}`);
    if (request.upload && onProgress) request.upload.onprogress = ({ loaded }) => onProgress(loaded);
    request.onloadend = () => signal?.removeEventListener('abort', stop);
    request.onabort = () => reject(aborted());
    request.onerror = () => reject(new ApiProblem({ status: 0, code: 'client.offline', detail: '' }));
    request.onload = () =>
      resolve({
        status: request.status,
        text: request.responseText,
        header: (name) => request.getResponseHeader(name),
      });
    request.send(body ?? null);
  });
}

/** Sends; an answer that is no success throws an ApiProblem. */
export async function send(sending: Sending): Promise<Answered> {
  const token = await tokens.access();
  let answer = await once(sending, token);
  if (answer.status === 401 && token) answer = await once(sending, await tokens.renew(token));
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw await problemOf(new Response(answer.text || null, { status: answer.status }));
}
