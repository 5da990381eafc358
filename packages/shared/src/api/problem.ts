// Owns how a failed request becomes an error that code can tell apart. Refuses to know words for people.
import type { Problem } from './shapes';

/** A field that the server refused. */
export interface FieldProblem {
  field: string;
  message: string;
}

/** A request that failed: by the server's answer, or because none came (`status` 0). */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly requestId: string | undefined;
  readonly fields: readonly FieldProblem[];
  readonly retryAfterMs: number | undefined;

  constructor(parts: {
    status: number;
    code: string;
    detail: string;
    requestId?: string | undefined;
    fields?: readonly FieldProblem[] | undefined;
    retryAfterMs?: number | undefined;
  }) {
    super(`${parts.code}: ${parts.detail}`);
    this.status = parts.status;
    this.code = parts.code;
    this.detail = parts.detail;
    this.requestId = parts.requestId;
    this.fields = parts.fields ?? [];
    this.retryAfterMs = parts.retryAfterMs;
  }

  /** Whether the same request may succeed later without any change: no answer, too many, or the server's own trouble. */
  get isTemporary(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }

  /** Gives the server's words about one field. */
  field(name: string): string | undefined {
    return this.fields.find((entry) => entry.field === name)?.message;
  }
}

/** Reads a failed answer; one that is no problem+json (a proxy's page) still gets its status. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const body: Partial<Problem> = await response
    .json()
    .then((value: unknown) => (typeof value === 'object' && value !== null ? value : {}))
    .catch(() => ({}));
  const retryAfter = Number(response.headers.get('retry-after'));
  return new ApiProblem({
    status: response.status,
    code: body.code ?? 'client.unreadable',
    detail: body.detail ?? response.statusText,
    requestId: body.requestId ?? response.headers.get('x-request-id') ?? undefined,
    fields: body.errors,
    retryAfterMs: body.retryAfterMs ?? (retryAfter > 0 ? retryAfter * 1000 : undefined),
  });
}

/** Names what kept an answer from coming. */
export function problemOfFailure(failure: unknown): ApiProblem {
  if (failure instanceof ApiProblem) return failure;
  const timedOut = failure instanceof Error && failure.name === 'TimeoutError';
  const detail = failure instanceof Error ? failure.message : String(failure);
  return new ApiProblem({
    status: 0,
    code: timedOut ? 'client.timeout' : 'client.offline',
    detail,
  });
}
