// Owns the types of the HTTP API. Generated from openapi.json by `npm run generate`; never edited by hand.
export interface paths {
  '/.well-known/jwks.json': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists the public keys that access tokens are checked with (RFC 7517). */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['JsonWebKeySet'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/agents': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists the agents that the caller may bring into rooms, and all of the caller's own, by handle: the product's, one's own, and those of
     *     cards that one has bought.
     */
    get: {
      parameters: {
        query?: {
          /** @description `nextCursor` of the page before. */
          cursor?: string;
          /** @description Items in the page, 50 by default. */
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Page_Agent'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/agents/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Returns an agent. One that is sold is seen by everybody, but for its instructions. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['AgentId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            ETag?: string;
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Agent'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    /**
     * Changes an agent: its owner's, or for a moderator the product's own. The agent of a card's revision never changes, but for a moderator who
     *     may switch any agent off and on.
     */
    patch: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['AgentId'];
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['AgentEdit'];
        };
      };
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            ETag?: string;
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Agent'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    trace?: never;
  };
  '/api/agents/{id}/rooms/{roomId}/allowance': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Shows what others may spend on an agent that the caller brought into a room. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['AgentId'];
          roomId: components['schemas']['RoomId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['AgentAllowance'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    /** Sets what others may spend on an agent that the caller brought into a room. */
    put: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['AgentId'];
          roomId: components['schemas']['RoomId'];
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['AgentAllowanceEdit'];
        };
      };
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['AgentAllowance'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/agents/{id}/rooms/{roomId}/memory': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Shows what an agent remembers of a room of the caller's. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['AgentId'];
          roomId: components['schemas']['RoomId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['AgentMemory'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    /** Erases what an agent remembers of a room of the caller's. */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['AgentId'];
          roomId: components['schemas']['RoomId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/agents/cards/{cardId}/try-out': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Asks the agent of a card that is on sale one question, without buying it. It knows of no earlier one, and nothing is kept; the answer is
     *     short, and the caller's use of AI.
     */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          cardId: components['schemas']['CardId'];
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['AgentQuestion'];
        };
      };
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['AgentTryOut'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/agents/rooms/{roomId}/messages/{id}/regenerate': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Asks the agent that wrote a message to answer its question again, in a new message. The same `Idempotency-Key` finds the same run. */
    post: {
      parameters: {
        query?: never;
        header?: {
          /** @description 1 to 255 visible ASCII characters. */
          'Idempotency-Key'?: string | null;
        };
        path: {
          id: components['schemas']['MessageId'];
          roomId: components['schemas']['RoomId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Accepted; it will be done. */
        202: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Requested'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/agents/rooms/{roomId}/runs/{runId}/cancel': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Stops a reply that is being written, or waits to be, in a room of the caller's. What was said until then stays. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          roomId: components['schemas']['RoomId'];
          runId: components['schemas']['RunId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Accepted; it will be done. */
        202: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/ai/budgets/{scope}/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Tells what a person, agent or room may use and has used today. For moderators; 404 for others. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['UserId'];
          scope: components['schemas']['BudgetScope'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['SubjectStanding'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    /** Sets what one of them may use, instead of what the configuration says for all. For moderators; 404 for others. */
    put: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['UserId'];
          scope: components['schemas']['BudgetScope'];
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['SubjectBudget'];
        };
      };
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['SubjectStanding'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    post?: never;
    /** Lets the configuration hold for it again. For moderators; 404 for others. */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['UserId'];
          scope: components['schemas']['BudgetScope'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/ai/keys': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists one's keys, newest first, with what is left of their budgets. */
    get: {
      parameters: {
        query?: {
          /** @description `nextCursor` of the page before. */
          cursor?: string;
          /** @description Items in the page, 50 by default. */
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Page_ApiKey'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    /** Makes a key, which is shown only here. One may have 20. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['NewKey'];
        };
      };
      responses: {
        /** @description Made. */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['MadeKey'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/ai/keys/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Revokes a key: within five seconds it works nowhere any more. */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['ApiKeyId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    /** Changes a key: within five seconds it holds everywhere. */
    patch: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['ApiKeyId'];
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['KeyEdit'];
        };
      };
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['ApiKey'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    trace?: never;
  };
  '/api/ai/providers': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists them by name; at most 100. For administrators: to others there is nothing here. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Page_AddedProvider'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not for you. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/ai/providers/{name}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Adds a provider (201) or changes one. It works here at once, and within five seconds in every other process; calls under
     *     way end on what they began with. For administrators.
     */
    put: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          name: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['ProviderSpec'];
        };
      };
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['AddedProvider'];
          };
        };
        /** @description Made. */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['AddedProvider'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    post?: never;
    /** Removes a provider: here at once, and within five seconds in every other process. For administrators. */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          name: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/ai/usage': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists what one used, newest day first; a call shows up about a second after it ended. */
    get: {
      parameters: {
        query?: {
          /** @description `nextCursor` of the page before. */
          cursor?: string;
          /** @description First day, UTC; the first of all by default. */
          from?: string;
          /** @description Items in the page, 50 by default. */
          limit?: number;
          /** @description Last day, UTC; today by default. */
          to?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Page_DailyUsage'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/ai/usage/all': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Adds up what everybody used, for admins; a call shows up about a second after it ended.
     * @description Days come newest first; models, people, agents and rooms in the order of their names or ids. A page may be shorter than
     *     `limit` although `nextCursor` says that there is more.
     */
    get: {
      parameters: {
        query?: {
          /** @description `day` (the default), or `model`, `user`, `agent` or `room` over the whole range, or `day,model` and so on for each day. */
          by?: string;
          /** @description `nextCursor` of the page before. */
          cursor?: string;
          /** @description First day, UTC; 29 days before `to` by default, 366 days at the most. */
          from?: string;
          /** @description Rows in the page, 50 by default. */
          limit?: number;
          /** @description Last day, UTC; today by default. */
          to?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Page_UsageSum'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/auth/email/resend': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Sends the token again, unless my address is proven. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Accepted; it will be done. */
        202: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/auth/email/verify': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Proves an e-mail address. A wrong, used or expired token is 422 `auth.one_time_token_invalid`. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['EmailProof'];
        };
      };
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/auth/password/change': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Changes my password; my other sessions end. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['PasswordChange'];
        };
      };
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/auth/password/forgot': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Sends a token that sets another password, if the address has an account; the answer is always the same. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['PasswordForgotten'];
        };
      };
      responses: {
        /** @description Accepted; it will be done. */
        202: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/auth/password/reset': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Sets another password; all sessions end. A wrong, used or expired token is 422 `auth.one_time_token_invalid`. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['PasswordReset'];
        };
      };
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/auth/refresh': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Exchanges a refresh token for the next pair. Using one twice, more than 10 s apart, ends the session. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['Refresh'];
        };
      };
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Refreshed'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `auth.refresh_invalid` or `auth.refresh_reused`. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/auth/sessions': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists my sessions, newest first. */
    get: {
      parameters: {
        query?: {
          /** @description `nextCursor` of the page before. */
          cursor?: string;
          /** @description Items in the page, 50 by default. */
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Page_Session'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    /** Ends all my sessions but this one. */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/auth/sessions/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Ends one of my sessions. */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['SessionId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/auth/signin': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Signs in. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['SignIn'];
        };
      };
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Signed'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `auth.bad_credentials`, `auth.totp_required` or `auth.totp_wrong`. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `auth.banned`. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/auth/signout': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Ends this session. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/auth/signup': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Makes an account and signs in. A mail with a token that proves the address is sent. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['SignUp'];
        };
      };
      responses: {
        /** @description Made. */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Signed'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/auth/totp/confirm': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Turns the second factor on. 401 `auth.totp_wrong`; 409 `auth.totp_not_enrolled`, `auth.totp_enabled`. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['FirstCode'];
        };
      };
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['RecoveryCodes'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/auth/totp/disable': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Turns the second factor off. 401 `auth.bad_credentials`, `auth.totp_wrong`; 409 `auth.totp_disabled`. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['TurnOff'];
        };
      };
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/auth/totp/enroll': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Begins to set up a second factor. 409 `auth.totp_enabled` when there is one. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Enrolled'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `auth.totp_enabled`. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/chat/rooms': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists my rooms, newest activity first, with last message and unread count. */
    get: {
      parameters: {
        query?: {
          /** @description `nextCursor` of the page before. */
          cursor?: string;
          /** @description Items in the page, 50 by default. */
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Page_Room'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    /** Opens a room; a direct room that the two have already is answered with 200. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['NewRoom'];
        };
      };
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            etag?: string;
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Room'];
          };
        };
        /** @description Made. */
        201: {
          headers: {
            etag?: string;
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Room'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/chat/rooms/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Shows a room of mine. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['RoomId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            etag?: string;
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Room'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    /** Ends a room for everybody, as its owner. */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['RoomId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    /** Changes title or how agents speak, as owner or admin. */
    patch: {
      parameters: {
        query?: never;
        header?: {
          /** @description The `ETag` that the change is meant for */
          'if-match'?: string | null;
        };
        path: {
          id: components['schemas']['RoomId'];
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['RoomPatch'];
        };
      };
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            etag?: string;
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Room'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    trace?: never;
  };
  '/api/chat/rooms/{id}/agents/{agentId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /** Brings an agent in that I may use, as owner or admin. Groups only. */
    put: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          agentId: components['schemas']['AgentId'];
          id: components['schemas']['RoomId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Room'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    post?: never;
    /** Sends an agent away, as owner or admin. Groups only. */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          agentId: components['schemas']['AgentId'];
          id: components['schemas']['RoomId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/chat/rooms/{id}/attachments': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Returns what messages carry, with fresh addresses. What is no message of this room, or carries nothing, is left out. */
    get: {
      parameters: {
        query: {
          /** @description Ids of 1-50 messages, separated by commas. */
          messages: string;
        };
        header?: never;
        path: {
          id: components['schemas']['RoomId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['AttachmentPage'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/chat/rooms/{id}/members/{userId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /** Adds a member (201), as owner or admin, or changes a member's role (200), as owner. Groups only. */
    put: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['RoomId'];
          userId: components['schemas']['UserId'];
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['Seating'];
        };
      };
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Room'];
          };
        };
        /** @description Made. */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Room'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    post?: never;
    /** Removes a member, as owner or admin; oneself: leaves. Groups only. */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['RoomId'];
          userId: components['schemas']['UserId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/chat/rooms/{id}/messages': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Reads a part of a room's history, ascending by seq; without a bound the newest. */
    get: {
      parameters: {
        query?: {
          /** @description The oldest with a higher seq. */
          after?: number;
          /** @description This one and those on both sides. */
          around?: number;
          /** @description The newest with a lower seq. */
          before?: number;
          /** @description `nextCursor` of the page before: goes on in its direction. */
          cursor?: string;
          /** @description How many, 50 by default. */
          limit?: number;
        };
        header?: never;
        path: {
          id: components['schemas']['RoomId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['MessagePage'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    /** Sends a message: durable when answered. The same `clientId` again is answered with 200 and the first message. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['RoomId'];
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['NewMessage'];
        };
      };
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Message'];
          };
        };
        /** @description Made. */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Message'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/chat/rooms/{id}/messages/{messageId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Deletes a message: mine; as owner or admin anybody's; in a direct room its agent's. Its place stays, empty. */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['RoomId'];
          messageId: components['schemas']['MessageId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    /** Gives my message another text. */
    patch: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['RoomId'];
          messageId: components['schemas']['MessageId'];
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['MessagePatch'];
        };
      };
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Message'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    trace?: never;
  };
  '/api/chat/rooms/{id}/messages/{messageId}/pin': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /** Pins a message, as owner or admin; in a direct room both may. */
    put: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['RoomId'];
          messageId: components['schemas']['MessageId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    post?: never;
    /** Takes a pin away. */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['RoomId'];
          messageId: components['schemas']['MessageId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/chat/rooms/{id}/messages/{messageId}/reactions/{emoji}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /** Adds my reaction. Twice is once. */
    put: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          emoji: string;
          id: components['schemas']['RoomId'];
          messageId: components['schemas']['MessageId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Message'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    post?: never;
    /** Takes my reaction back. */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          emoji: string;
          id: components['schemas']['RoomId'];
          messageId: components['schemas']['MessageId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Message'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/chat/rooms/{id}/read': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /** Moves my read marker forward; it never moves back. Answers where it stands. */
    put: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['RoomId'];
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['ReadUpTo'];
        };
      };
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['ReadMarker'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/chat/search': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Finds messages in my rooms, newest first. */
    get: {
      parameters: {
        query: {
          /** @description `nextCursor` of the page before. */
          cursor?: string;
          /** @description How many, 50 by default. */
          limit?: number;
          /** @description Words, all of which a message must have, each as the beginning of one. */
          q: string;
          /** @description Only in this room of mine. */
          roomId?: components['schemas']['RoomId'];
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Page_Message'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/coupons': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists one's coupons, newest first. */
    get: {
      parameters: {
        query?: {
          /** @description `nextCursor` of the page before. */
          cursor?: string;
          /** @description Items in the page, 50 by default. */
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Page_Coupon'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    /** Creates a coupon for one's own cards. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['NewCoupon'];
        };
      };
      responses: {
        /** @description Made. */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Coupon'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/coupons/{code}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Deletes a coupon. Open orders that hold it keep what it took off. */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          code: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/debates': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists the debates of a room, newest first. */
    get: {
      parameters: {
        query: {
          /** @description Where to go on. */
          cursor?: string;
          /** @description Most items. */
          limit?: number;
          /** @description A room of the caller's. */
          roomId: components['schemas']['RoomId'];
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Page_DebateSummary'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    /** Begins a debate with the voting before it. A room has one at a time (409 `debate.already_open`). */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['DebateBeginning'];
        };
      };
      responses: {
        /** @description Made. */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Debate'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/debates/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Returns a debate of a room of the caller's. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['DebateId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Debate'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/debates/{id}/cancel': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Calls a debate off; by who began it. Its votes are not counted. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['DebateId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Debate'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/debates/{id}/close': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Ends the voting after a debate; by who began it. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['DebateId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Debate'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/debates/{id}/start': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Ends the voting before a debate, so that it starts; by who began it. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['DebateId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Debate'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/debates/{id}/votes/{when}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Votes before or after a debate, while that voting is open; again changes the vote. After the debate, the first vote is
     *     what the rating counts, since who has voted sees who stood on which side.
     */
    put: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['DebateId'];
          when: components['schemas']['DebateVoting'];
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['DebateBallot'];
        };
      };
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['DebateVote'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/debates/leaderboard': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists agents by their strength as debaters, best first. */
    get: {
      parameters: {
        query?: {
          /** @description `nextCursor` of the page before. */
          cursor?: string;
          /** @description Items in the page, 50 by default. */
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Page_DebateRating'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/entitlements': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists one's entitlements, newest first; also those that count no more. */
    get: {
      parameters: {
        query?: {
          /** @description `nextCursor` of the page before. */
          cursor?: string;
          /** @description Items in the page, 50 by default. */
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Page_Owned'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/feed': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Reads one's home timeline: own posts, and those of friends. A chain of pages shows every post that was there at its first
     *     page once, whatever is posted meanwhile; what one may not see any more is left out.
     * @description Of a friend with more than 2,000 friends the latest 200 posts are found here, and only of the first 100 such friends.
     */
    get: {
      parameters: {
        query?: {
          /** @description `nextCursor` of the page before. */
          cursor?: string;
          /** @description Posts in the page, 50 by default. */
          limit?: number;
          /** @description `ranked` by default. A cursor keeps to the order that its chain began with. */
          order?: 'ranked' | 'latest';
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Home'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/feed/new': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Counts newer posts by others, up to 50. */
    get: {
      parameters: {
        query: {
          /** @description `newest` of the page that is on the screen. */
          since: components['schemas']['PostId'];
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['News'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/feed/trending': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Reads the public posts and tags that people have most to do with in these hours. The list is one page. What is warm is
     *     some seconds old; whether the reader may see a post is asked anew.
     */
    get: {
      parameters: {
        query?: {
          /** @description Posts, 20 by default. */
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Trending'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/friendships': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists one's friends, newest friendship first. */
    get: {
      parameters: {
        query?: {
          /** @description `nextCursor` of the page before. */
          cursor?: string;
          /** @description Items in the page, 50 by default. */
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Page_Friend'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/friendships/{userId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Ends a friendship. */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          userId: components['schemas']['UserId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/friendships/requests': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists open requests, newest first. */
    get: {
      parameters: {
        query?: {
          /** @description Where to go on. */
          cursor?: string;
          /** @description `incoming` by default. */
          direction?: 'incoming' | 'outgoing';
          /** @description Most items. */
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Page_FriendRequest'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    /** Asks a person to be friends; when they have asked already, you are friends now. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['Ask'];
        };
      };
      responses: {
        /** @description They had asked already. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Friend'];
          };
        };
        /** @description Made. */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['FriendRequest'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/friendships/requests/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Takes an own request back. */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['FriendRequestId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/friendships/requests/{id}/accept': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Accepts a request. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['FriendRequestId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Friend'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/friendships/requests/{id}/decline': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Declines a request. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['FriendRequestId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/friendships/suggestions': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Suggests people by mutual friends, most first. The list is one page. */
    get: {
      parameters: {
        query?: {
          /** @description Most items. */
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Page_Suggestion'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/invoices': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists invoices that one wrote or was written, newest first. */
    get: {
      parameters: {
        query?: {
          /** @description `nextCursor` of the page before. */
          cursor?: string;
          /** @description Items in the page, 50 by default. */
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Page_Invoice'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/invoices/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Shows an invoice to its buyer or seller. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['InvoiceId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Invoice'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/media': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists one's own files, newest first. */
    get: {
      parameters: {
        query?: {
          /** @description `nextCursor` of the page before. */
          cursor?: string;
          /** @description Items in the page, 50 by default. */
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Page_OwnAsset'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    /** Uploads a file whole; for large ones and bad lines there is `/api/media/tus`. It is usable when its status is `ready`, moments later. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'multipart/form-data': components['schemas']['FileForm'];
        };
      };
      responses: {
        /** @description Made. */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['OwnAsset'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/media/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Shows one's own file, with addresses to fetch its sizes at. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['AssetId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['OwnAsset'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    /** Removes one's own file from everything that uses it. Its addresses end at once. */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['AssetId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    /** Says what one's own file shows. */
    patch: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['AssetId'];
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['DescribeMedia'];
        };
      };
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['OwnAsset'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    trace?: never;
  };
  '/api/media/{id}/avatar': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Fetches the picture of a person, at the address that their profile tells: no token is asked for. 404 when nobody shows it as theirs. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['AssetId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description All of it. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/octet-stream': unknown;
          };
        };
        /** @description The bytes that `Range` asks for. */
        206: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/octet-stream': unknown;
          };
        };
        /** @description `If-None-Match` has its tag. */
        304: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `Range` begins behind its end. */
        416: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/media/{id}/content': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Fetches a file at an address that a view of it has given: no token is asked for. One that is not ours, or no longer holds, is 404. */
    get: {
      parameters: {
        query?: {
          /** @description Until when the address holds, in seconds since 1970. */
          exp?: string;
          /** @description The proof that we made it. */
          sig?: string;
          /** @description Which size. `original` by default. */
          variant?: string;
        };
        header?: never;
        path: {
          id: components['schemas']['AssetId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description All of it. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/octet-stream': unknown;
          };
        };
        /** @description The bytes that `Range` asks for. */
        206: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/octet-stream': unknown;
          };
        };
        /** @description `If-None-Match` has its tag. */
        304: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `Range` begins behind its end. */
        416: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/media/tus': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Begins a resumable upload (tus 1.0). `Upload-Metadata` may hold `filename`, `filetype` (not believed) and `alt`; a body of
     *     `application/offset+octet-stream` is its first part. The upload's id is that of the asset which it becomes.
     */
    post: {
      parameters: {
        query?: never;
        header: {
          /** @description `1.0.0` */
          'Tus-Resumable': string;
          /** @description Bytes of the whole file. */
          'Upload-Length': number;
          /** @description Pairs of a key and a base64 value. */
          'Upload-Metadata'?: string | null;
        };
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description `Location`, `Upload-Offset` and `Upload-Expires` in headers. */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `Tus-Resumable` is another version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    /** Says what is spoken. */
    options: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description In headers: `Tus-Version`, `Tus-Extension`, `Tus-Max-Size`, `Tus-Checksum-Algorithm`. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
      };
    };
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/media/tus/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Does what `X-HTTP-Method-Override` says, `PATCH` or `DELETE`, for who cannot send those (tus 1.0). */
    post: {
      parameters: {
        query?: never;
        header: {
          'Tus-Resumable': string;
          'X-HTTP-Method-Override': string;
        };
        path: {
          id: components['schemas']['AssetId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `Tus-Resumable` is another version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    /** Ends an own upload (tus 1.0); one that has become a file is removed with it. */
    delete: {
      parameters: {
        query?: never;
        header: {
          'Tus-Resumable': string;
        };
        path: {
          id: components['schemas']['AssetId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `Tus-Resumable` is another version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    /** Says where an own upload stands (tus 1.0). */
    head: {
      parameters: {
        query?: never;
        header: {
          'Tus-Resumable': string;
        };
        path: {
          id: components['schemas']['AssetId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description `Upload-Offset`, `Upload-Length`, `Upload-Metadata` and `Upload-Expires` in headers. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `Tus-Resumable` is another version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    /**
     * Adds bytes to an own upload, where it stands (tus 1.0). Of two requests at one offset one is told 409. A body that does not have its
     *     `Upload-Checksum` is 460.
     */
    patch: {
      parameters: {
        query?: never;
        header: {
          'Tus-Resumable': string;
          /** @description `sha1` or `sha256`, and base64. */
          'Upload-Checksum'?: string | null;
          'Upload-Offset': number;
        };
        path: {
          id: components['schemas']['AssetId'];
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/offset+octet-stream': string;
        };
      };
      responses: {
        /** @description `Upload-Offset` and `Upload-Expires` in headers. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `Tus-Resumable` is another version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    trace?: never;
  };
  '/api/model-cards': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Searches the cards on sale. */
    get: {
      parameters: {
        query?: {
          category?:
            | 'assistant'
            | 'writing'
            | 'coding'
            | 'education'
            | 'language'
            | 'research'
            | 'business'
            | 'creativity'
            | 'entertainment'
            | 'roleplay'
            | 'wellbeing'
            | 'other';
          /** @description `nextCursor` of the page before, in the same order. */
          cursor?: string;
          /** @description Whether it costs nothing. */
          free?: boolean;
          /** @description Whether the edition is limited. */
          hasEdition?: boolean;
          /** @description Most items. */
          limit?: number;
          /** @description Highest price. */
          priceMax?: number;
          /** @description Lowest price, in minor units of the installation's currency. */
          priceMin?: number;
          /** @description Words of name, handle, tags and description, at most 8; the last may be a beginning, longer ones may be misspelt. */
          query?: string;
          /** @description Least average rating, in stars. */
          ratingMin?: number;
          /** @description Whose cards. */
          seller?: components['schemas']['UserId'];
          /** @description `relevance` by default; `newest`, `price`, `-price`, `rating`, `popular`. */
          sort?: 'relevance' | 'newest' | 'price' | '-price' | 'rating' | 'popular';
          /** @description A tag. */
          tag?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['ModelCardsFound'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    /** Begins a card as a draft. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['NewModelCard'];
        };
      };
      responses: {
        /** @description Made. */
        201: {
          headers: {
            ETag?: string;
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['ModelCard'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/model-cards/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Returns a card: one that is on sale, one's own, or one that one holds. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['CardId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            ETag?: string;
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['ModelCard'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    /** Deletes one's own card, if it never was published. */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['CardId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    /** Changes one's own card. */
    patch: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['CardId'];
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['ModelCardEdit'];
        };
      };
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            ETag?: string;
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['ModelCard'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    trace?: never;
  };
  '/api/model-cards/{id}/approve': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Lets a submitted draft pass. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['CardId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            ETag?: string;
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['ModelCard'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/model-cards/{id}/publish': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Puts the approved draft on sale, as the next revision: immutable, an agent of its own. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['CardId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            ETag?: string;
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['ModelCard'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/model-cards/{id}/reinstate': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Puts a suspended card back on sale. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['CardId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            ETag?: string;
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['ModelCard'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/model-cards/{id}/reject': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Sends a submitted draft back to its seller. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['CardId'];
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['ModelCardReason'];
        };
      };
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            ETag?: string;
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['ModelCard'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/model-cards/{id}/reprice': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Changes the price from now on; orders keep theirs. The same as `PATCH` with `price`. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['CardId'];
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['NewPrice'];
        };
      };
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            ETag?: string;
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['ModelCard'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/model-cards/{id}/retire': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Takes a card off sale for good. Who bought it keeps it; orders under way end as they end. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['CardId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            ETag?: string;
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['ModelCard'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/model-cards/{id}/reviews': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists a card's reviews, newest first. */
    get: {
      parameters: {
        query?: {
          /** @description `nextCursor` of the page before. */
          cursor?: string;
          /** @description Items in the page, 50 by default. */
          limit?: number;
        };
        header?: never;
        path: {
          id: components['schemas']['CardId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Page_CardReview'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    /** Reviews a card that one holds: once, and not one's own. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['CardId'];
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['NewCardReview'];
        };
      };
      responses: {
        /** @description Made. */
        201: {
          headers: {
            ETag?: string;
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['CardReview'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/model-cards/{id}/reviews/{reviewId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Removes one's own review; a moderator, anybody's. */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['CardId'];
          reviewId: components['schemas']['ReviewId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    /** Changes one's own review. */
    patch: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['CardId'];
          reviewId: components['schemas']['ReviewId'];
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['CardReviewEdit'];
        };
      };
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            ETag?: string;
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['CardReview'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    trace?: never;
  };
  '/api/model-cards/{id}/revisions': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists a card's revisions, newest first. */
    get: {
      parameters: {
        query?: {
          /** @description `nextCursor` of the page before. */
          cursor?: string;
          /** @description Items in the page, 50 by default. */
          limit?: number;
        };
        header?: never;
        path: {
          id: components['schemas']['CardId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Page_CardRevision'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/model-cards/{id}/revisions/{revision}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Returns a revision. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['CardId'];
          revision: number;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['CardRevision'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/model-cards/{id}/submit': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Asks a moderator to look at the draft, which stands still meanwhile. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['CardId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            ETag?: string;
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['ModelCard'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/model-cards/{id}/suspend': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Takes a card off sale: no new orders; what is paid goes on. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['CardId'];
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['ModelCardReason'];
        };
      };
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            ETag?: string;
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['ModelCard'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/model-cards/mine': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists one's own cards in whatever state, newest first. */
    get: {
      parameters: {
        query?: {
          /** @description `nextCursor` of the page before. */
          cursor?: string;
          /** @description Items in the page, 50 by default. */
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Page_ModelCard'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/model-cards/moderation': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists what waits for a moderator, the longest first. */
    get: {
      parameters: {
        query?: {
          /** @description `nextCursor` of the page before. */
          cursor?: string;
          /** @description Items in the page, 50 by default. */
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Page_ModelCard'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/notifications': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists my notifications, the latest grown first. What I may not see any more is left out, so that a page may hold fewer than there are. */
    get: {
      parameters: {
        query?: {
          /** @description `nextCursor` of the page before. */
          cursor?: string;
          /** @description Most items, 50 by default. */
          limit?: number;
          /** @description Only what is unread. `false` by default. */
          unread?: boolean;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['NotificationPage'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/notifications/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Removes a notification from my list. */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['NotificationId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/notifications/devices': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists my devices, the oldest first. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Page_PushDevice'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    /** Registers a device for my pushes; the same one again is the same. It goes with the session that registered it. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['NewDevice'];
        };
      };
      responses: {
        /** @description Made. */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['PushDevice'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/notifications/devices/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Removes a device of mine. */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['DeviceId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/notifications/preferences': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Shows my wishes. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['NotificationPreferences'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    /** Sets my wishes. */
    put: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['Wishes'];
        };
      };
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['NotificationPreferences'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/notifications/read': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /** Marks notifications read, and says how many are unread then. */
    put: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['ReadThese'];
        };
      };
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Unread'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/notifications/unread': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Counts what is unread. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Unread'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/notifications/unsubscribe': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Ends somebody's digests, as a mail program asks (RFC 8058): without a session, with the token of a digest. Whatever the body says. */
    post: {
      parameters: {
        query: {
          /** @description As it stands in the mail. */
          token: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/notifications/vapid': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Returns the key that browsers subscribe with (RFC 8292). */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['VapidKey'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/orders': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists one's orders, or the sales of one's cards, newest first. */
    get: {
      parameters: {
        query?: {
          /** @description Where to go on. */
          cursor?: string;
          /** @description Most items. */
          limit?: number;
          /** @description `buyer` by default; `seller` lists the sales of one's cards. */
          role?: 'buyer' | 'seller';
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Page_Order'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    /**
     * Places an order. `reserving` in the answer: the edition is asked for and the order goes on by itself. The same key again
     *     gets the same answer.
     */
    post: {
      parameters: {
        query?: never;
        header: {
          /** @description 1 to 255 printable characters; the same key is the same order for a day at least. */
          'Idempotency-Key': string;
        };
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['Place'];
        };
      };
      responses: {
        /** @description Made. */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Order'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/orders/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Returns an order to its buyer, its seller or a moderator. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['OrderId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Order'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    /** Takes an order back. `expiring` in the answer: a payment is under way and may still go through. */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['OrderId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Order'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/orders/{id}/refund': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Asks for a completed order to be paid back in full: its buyer within the window, its seller and moderators at any time. The order stays
     *     completed; the entitlement ends when the money is back.
     */
    post: {
      parameters: {
        query?: never;
        header: {
          /** @description 1 to 255 printable characters. */
          'Idempotency-Key': string;
        };
        path: {
          id: components['schemas']['OrderId'];
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['AskRefund'];
        };
      };
      responses: {
        /** @description Accepted; it will be done. */
        202: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Refund'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/payments': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Begins to pay an order. The same `Idempotency-Key` gives the same answer; `status` `pending` means that the provider has not answered yet and
     *     is asked on.
     */
    post: {
      parameters: {
        query?: never;
        header: {
          /** @description 1 to 255 visible ASCII characters. */
          'Idempotency-Key': string;
        };
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['Pay'];
        };
      };
      responses: {
        /** @description Made. */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Payment'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/payments/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Shows a payment to its payer. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['PaymentId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Payment'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/payments/ledger/check': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Checks the whole ledger against itself, against the provider's own books and against all balances. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['LedgerCheck'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The caller is no administrator. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/payments/test/books': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Shows what went through the built-in provider's books, which know nothing of the product's. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['TestBooks'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The caller is no administrator. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/payments/test/faults': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Shows how the built-in provider misbehaves. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['FaultPlan'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The caller is no administrator. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    /** Makes the built-in provider misbehave as told. */
    put: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['FaultPlan'];
        };
      };
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['FaultPlan'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/payments/webhooks/{provider}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Takes in what a provider sends. Its signature over the raw body is all that proves it. Repeated, unordered and unknown events are answered
     *     with 200 and change nothing.
     */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** @description `stripe` or `test`. */
          provider: string;
        };
        cookie?: never;
      };
      /** @description As the provider signed it. */
      requestBody: {
        content: {
          'application/json': string;
        };
      };
      responses: {
        /** @description Taken in. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/payouts': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists one's payouts, newest first. */
    get: {
      parameters: {
        query?: {
          /** @description `nextCursor` of the page before. */
          cursor?: string;
          /** @description Items in the page, 50 by default. */
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Page_Payout'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    /** Pays out what one is owed. The same `Idempotency-Key` gives the same answer. Not so much: 409 `payments.insufficient_balance`. */
    post: {
      parameters: {
        query?: never;
        header: {
          /** @description 1 to 255 visible ASCII characters. */
          'Idempotency-Key': string;
        };
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['PayOut'];
        };
      };
      responses: {
        /** @description Made. */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Payout'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/posts': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists posts that one may see, newest first. A page may be short while its cursor goes on. */
    get: {
      parameters: {
        query?: {
          /** @description Only by this person. */
          author?: components['schemas']['UserId'];
          /** @description Where to go on. */
          cursor?: string;
          /** @description Most items. */
          limit?: number;
          /** @description Only with all of these words, each as the beginning of one. */
          q?: string;
          /** @description Only with this hashtag, with or without its sign. */
          tag?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Page_Post'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    /** Writes a post. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['NewPost'];
        };
      };
      responses: {
        /** @description It was written before. */
        200: {
          headers: {
            ETag?: string;
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Post'];
          };
        };
        /** @description Made. */
        201: {
          headers: {
            ETag?: string;
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Post'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/posts/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Returns a post. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['PostId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            ETag?: string;
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Post'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    /** Deletes one's post, with all that hangs on it. */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['PostId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    /** Changes one's post. */
    patch: {
      parameters: {
        query?: never;
        header?: {
          /** @description The `ETag` that the change is meant for */
          'if-match'?: string | null;
        };
        path: {
          id: components['schemas']['PostId'];
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['PostEdit'];
        };
      };
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            ETag?: string;
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Post'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    trace?: never;
  };
  '/api/posts/{id}/comments': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists comments of both levels, oldest first. */
    get: {
      parameters: {
        query?: {
          /** @description Where to go on. */
          cursor?: string;
          /** @description Most items. */
          limit?: number;
          /** @description Only the answers under this comment of the first level. */
          thread?: components['schemas']['CommentId'];
        };
        header?: never;
        path: {
          id: components['schemas']['PostId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Page_Comment'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    /** Comments on a post. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['PostId'];
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['NewComment'];
        };
      };
      responses: {
        /** @description It was written before. */
        200: {
          headers: {
            ETag?: string;
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Comment'];
          };
        };
        /** @description Made. */
        201: {
          headers: {
            ETag?: string;
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Comment'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/posts/{id}/comments/{commentId}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Deletes one's comment, or one on one's post, with the answers under it. */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          commentId: components['schemas']['CommentId'];
          id: components['schemas']['PostId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    /** Changes one's comment. */
    patch: {
      parameters: {
        query?: never;
        header?: {
          /** @description The `ETag` that the change is meant for */
          'if-match'?: string | null;
        };
        path: {
          commentId: components['schemas']['CommentId'];
          id: components['schemas']['PostId'];
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['CommentEdit'];
        };
      };
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            ETag?: string;
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Comment'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    trace?: never;
  };
  '/api/posts/{id}/comments/{commentId}/reports': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Reports a comment to the moderators. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          commentId: components['schemas']['CommentId'];
          id: components['schemas']['PostId'];
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['NewPostReport'];
        };
      };
      responses: {
        /** @description Accepted; it will be done. */
        202: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/posts/{id}/history': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists the words that a post had before, newest first: those that were ever for such readers. */
    get: {
      parameters: {
        query?: {
          /** @description `nextCursor` of the page before. */
          cursor?: string;
          /** @description Items in the page, 50 by default. */
          limit?: number;
        };
        header?: never;
        path: {
          id: components['schemas']['PostId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Page_PostRevision'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/posts/{id}/reactions': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists who has reacted, newest first. */
    get: {
      parameters: {
        query?: {
          /** @description Where to go on. */
          cursor?: string;
          /** @description Only this kind. */
          kind?: components['schemas']['ReactionKind'];
          /** @description Most items. */
          limit?: number;
        };
        header?: never;
        path: {
          id: components['schemas']['PostId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Page_PostReaction'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/posts/{id}/reactions/{kind}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /** Reacts to a post; another kind replaces the one before, and twice is once. */
    put: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['PostId'];
          kind: components['schemas']['ReactionKind'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Post'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    post?: never;
    /** Takes one's reaction of this kind back; without one nothing happens. Who does not see the post any more is only told that it went. */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['PostId'];
          kind: components['schemas']['ReactionKind'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Post'];
          };
        };
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/posts/{id}/reports': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Reports a post to the moderators. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['PostId'];
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['NewPostReport'];
        };
      };
      responses: {
        /** @description Accepted; it will be done. */
        202: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/posts/{id}/shares': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Shares a post: a post of one's own. One person shares a post once; again answers with the first. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['PostId'];
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['NewShare'];
        };
      };
      responses: {
        /** @description It was shared before. */
        200: {
          headers: {
            ETag?: string;
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Post'];
          };
        };
        /** @description Made. */
        201: {
          headers: {
            ETag?: string;
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Post'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    /** Takes one's share of a post back. */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['PostId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/posts/moderation': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists reported posts and comments, all reports of one together. For moderators. */
    get: {
      parameters: {
        query?: {
          /** @description Where to go on. */
          cursor?: string;
          /** @description `true`: what has been decided, newest first. Else what is open, oldest first. */
          decided?: boolean;
          /** @description Most items. */
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Page_PostCase'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/posts/moderation/{subject}/decide': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Decides about an open case, named by the id of one of its reports or by its subject. For moderators. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          /** @description The id of a report, `post:<id>` or `comment:<id>` */
          subject: string;
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['PostVerdict'];
        };
      };
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['PostCase'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/realtime/tickets': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Makes a ticket that opens one socket of this session.
     * @description For clients that cannot send `auth` as the first frame. It works once, within 30 seconds.
     */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Made. */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['RealtimeTicket'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/receipts': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists receipts of messages that one has paid, newest first. */
    get: {
      parameters: {
        query?: {
          /** @description `nextCursor` of the page before. */
          cursor?: string;
          /** @description Items in the page, 50 by default. */
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Page_Receipt'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/statements': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Shows a month of one's sales: lines from the ledger, newest first, and sums in each currency. */
    get: {
      parameters: {
        query?: {
          /** @description Where to go on. */
          cursor?: string;
          /** @description Most items. */
          limit?: number;
          /** @description `YYYY-MM`, UTC; this month by default. */
          month?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Statement'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/statements/balance': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Shows what one is owed as a seller, and how much can be paid out now. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Balances'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/users': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Finds people by the beginnings of words in their handle or display name. */
    get: {
      parameters: {
        query: {
          /** @description Where to go on. */
          cursor?: string;
          /** @description Most items. */
          limit?: number;
          /** @description Beginnings of words of the handle or display name. */
          query: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Page_User'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/users/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Returns a person. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['UserId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['User'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/users/{id}/ban': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Bans a person: sessions end at once, sign-in is refused. For moderators. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['UserId'];
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['Ban'];
        };
      };
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/users/{id}/reports': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Reports a person to the moderators. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['UserId'];
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['Report'];
        };
      };
      responses: {
        /** @description Accepted; it will be done. */
        202: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/users/by-handle/{handle}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Returns the person with this handle. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          handle: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['User'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/users/me': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Returns one's own profile. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            ETag?: string;
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Me'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    /** Erases one's account and everything that belongs to it. It cannot be undone. */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['Erase'];
        };
      };
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    /** Changes one's own profile. */
    patch: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['ProfileEdit'];
        };
      };
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            ETag?: string;
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Me'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    trace?: never;
  };
  '/api/users/me/blocks': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists whom one has blocked, newest first. */
    get: {
      parameters: {
        query?: {
          /** @description `nextCursor` of the page before. */
          cursor?: string;
          /** @description Items in the page, 50 by default. */
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Page_User'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/users/me/blocks/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /** Blocks a person: nothing of either is for the other any more. */
    put: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['UserId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    post?: never;
    /** Lifts a block. */
    delete: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['UserId'];
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Done; there is nothing to say. */
        204: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/users/me/export': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Returns everything of one's own that any service keeps, as lines of JSON, sent as they are found. The first line is
     *     `{"kind":"archive","version":1,"userId","handle","createdAt"}`, then `{"service","kind","data"}` each, and at last
     *     `{"kind":"end","items"}`: without it the archive is not whole. Files come with signed addresses that hold for a short time.
     *     Once an hour.
     */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            'Content-Disposition'?: string;
            [name: string]: unknown;
          };
          content: {
            'application/x-ndjson': string;
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/users/moderation': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists reports about people. For moderators. */
    get: {
      parameters: {
        query?: {
          /** @description Where to go on. */
          cursor?: string;
          /** @description `true`: what has been decided, newest first. Else what is open, oldest first. */
          decided?: boolean;
          /** @description Most items. */
          limit?: number;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Page_UserReport'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/users/moderation/{id}/decide': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Decides about an open report, and with it about all others about the same person. For moderators. */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: components['schemas']['ReportId'];
        };
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['UserVerdict'];
        };
      };
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['UserReport'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/wallet': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Shows one's wallet. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Wallet'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/wallet/topups': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Begins to top one's wallet up; the money is in it when the payment has succeeded. The same `Idempotency-Key` gives the same answer. */
    post: {
      parameters: {
        query?: never;
        header: {
          /** @description 1 to 255 visible ASCII characters. */
          'Idempotency-Key': string;
        };
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['TopUp'];
        };
      };
      responses: {
        /** @description Made. */
        201: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Payment'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/realtime': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Opens a WebSocket.
     * @description JSON text frames; the protocol is in docs/api-design.md. Without a ticket the first frame is `auth`, within 10 s.
     */
    get: {
      parameters: {
        query?: {
          /** @description A ticket, instead of `auth` as the first frame. */
          ticket?: string;
        };
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description The connection is a WebSocket now. */
        101: {
          headers: {
            [name: string]: unknown;
          };
          content?: never;
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The ticket does not hold. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Pages of this origin may not connect. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/realtime/sse': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Streams events of rooms and of one's own channel.
     * @description Each event's data is a frame as on the WebSocket. The id of an event is a token: with it as `Last-Event-ID` a later
     *     stream goes on after that event, or says `reset`.
     */
    get: {
      parameters: {
        query?: {
          /** @description Ids of the rooms to follow, with commas between them; none: only one's own channel. */
          rooms?: string;
          /** @description A ticket, for browsers that cannot send an access token with an EventSource. */
          ticket?: string;
        };
        header?: {
          /** @description The id of the last event that was read. */
          'Last-Event-ID'?: string | null;
        };
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description A stream of events. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'text/event-stream': unknown;
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token and no ticket that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A room is not there, or not theirs. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/chat/completions': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Completes a chat, whole or as a stream of events.
     * @description With `stream: true` the answer is `text/event-stream`: one `chat.completion.chunk` an event, then `data: [DONE]`; a
     *     failure in mid-stream is an event with `error`, and nothing follows it. Where the operator switched a cache on, the same
     *     request of the same person gets the same answer again for a while.
     */
    post: {
      parameters: {
        query?: never;
        header?: {
          /** @description `refresh`: a new answer, kept in the place of the old one. `off`: a new answer, not kept. */
          'x-aichat-cache'?: string | null;
        };
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['ChatRequest'];
        };
      };
      responses: {
        /** @description The completion. */
        200: {
          headers: {
            /** @description `hit` or `miss`; absent when no cache was asked. */
            'x-aichat-cache'?: string;
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['ChatCompletion'];
            'text/event-stream': unknown;
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The provider failed. */
        502: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The provider took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/embeddings': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Turns texts into vectors. The demo's (`demo/hashed-ngrams`) are hashed words and trigrams, without any model. */
    post: {
      parameters: {
        query?: never;
        header?: {
          /** @description `refresh`: a new answer, kept in the place of the old one. `off`: a new answer, not kept. */
          'x-aichat-cache'?: string | null;
        };
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['EmbeddingRequest'];
        };
      };
      responses: {
        /** @description The vectors. */
        200: {
          headers: {
            /** @description `hit` or `miss`; absent when no cache was asked. */
            'x-aichat-cache'?: string;
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['EmbeddingList'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The provider failed. */
        502: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The provider took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/messages': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Creates a message in Anthropic's dialect, whole or as a stream of events.
     * @description Besides a bearer token the key may come as `x-api-key`, as Anthropic's clients send it. To a provider that speaks the dialect
     *     the request passes as it is, but for the model's name; for any other it is translated. Failures are Anthropic's as well as
     *     ours: `type` is `error`, and `error` has Anthropic's type and words; in mid-stream one is an event `error`, and nothing
     *     follows it.
     */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['MessageRequest'];
        };
      };
      responses: {
        /** @description The message. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Message'];
            'text/event-stream': unknown;
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The provider failed. */
        502: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The provider took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/messages/count_tokens': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Counts the tokens of a request, without answering it: by the provider where it speaks Anthropic's dialect, else an estimate of a
     *     token for each four bytes.
     */
    post: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody: {
        content: {
          'application/json': components['schemas']['CountRequest'];
        };
      };
      responses: {
        /** @description The count. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['CountedTokens'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The body is too large. */
        413: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Send application/json. */
        415: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The provider failed. */
        502: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The provider took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/models': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists the models: names that stand for several first. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['ModelList'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/models/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Returns a model; the slash of its name is escaped, as OpenAI's clients do. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          id: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Model'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/models/{provider}/{maker}/{name}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Returns a model whose provider names it with its maker, its name written as it is. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          maker: string;
          name: string;
          provider: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Model'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/models/{provider}/{name}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Returns a model, its name written as it is. */
    get: {
      parameters: {
        query?: never;
        header?: never;
        path: {
          name: string;
          provider: string;
        };
        cookie?: never;
      };
      requestBody?: never;
      responses: {
        /** @description Here it is. */
        200: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/json': components['schemas']['Model'];
          };
        };
        /** @description The request cannot be read. */
        400: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description No access token that holds. */
        401: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not allowed to this role. */
        403: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Not there, or not for the caller's eyes. */
        404: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description The state of things does not allow it. */
        409: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description `If-Match` names an older version. */
        412: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A field is wrong or unknown; `errors` names it. */
        422: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description Too many requests; see `Retry-After`. */
        429: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description A defect of ours; it has been logged. */
        500: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description For now not to be had; see `Retry-After`. */
        503: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
        /** @description It took too long. */
        504: {
          headers: {
            [name: string]: unknown;
          };
          content: {
            'application/problem+json': components['schemas']['Problem'];
          };
        };
      };
    };
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    /** @description The sum of one kind of account in one currency, in minor units; debits are positive. */
    AccountSum: {
      /** @description `provider_clearing`, `order_escrow`, `seller_payable`, `seller_paid_out`, `platform_fee`, `tax_payable` or `wallet`. */
      account: string;
      /** Format: int64 */
      amount: number;
      currency: components['schemas']['Currency'];
    };
    /** @description A provider as administrators see it. */
    AddedProvider: {
      anyModel: boolean;
      baseUrl: string;
      changedAt: components['schemas']['Timestamp'];
      dialect: string;
      /** @description The last 4 letters of its key; empty when the key is too short to show any, null when it has none. */
      keyEnd: string | null;
      models: string[];
      /** @description Its name: models are `name/model`. */
      name: string;
      /**
       * @description Whether it can be asked. It cannot when its key is sealed under another secret, its address is not allowed any more, or
       *     the configuration file has its name.
       */
      usable: boolean;
    };
    /** @description An AI agent that may be a member of rooms. */
    Agent: {
      /** @description What must stand beside its name, such as that no AI model answers. */
      badge: string | null;
      cardId: components['schemas']['CardId'] | null;
      /**
       * Format: int32
       * @description The revision of that card.
       */
      cardRevision: number | null;
      createdAt: components['schemas']['Timestamp'];
      /** @description What it is good for. */
      description: string;
      /** @description Whether it may be brought into rooms and speaks there. */
      enabled: boolean;
      /** @description Unique name for mentions, 3-30 of `[a-z0-9_]`. */
      handle: string;
      id: components['schemas']['AgentId'];
      /**
       * Format: int32
       * @description Most tokens of one answer.
       */
      maxTokens: number;
      messagePrice: components['schemas']['Money'] | null;
      /** @description Model, as `/v1/models` names it; `default` = the operator's first. */
      model: string;
      /** @description Name on screen. */
      name: string;
      ownerId: components['schemas']['UserId'] | null;
      /** @description Its instructions; empty when the agent belongs to another person. */
      persona: string;
      /** @description When it answers people by itself. */
      replyPolicy: components['schemas']['ReplyPolicy'];
      /**
       * Format: int32
       * @description 0 to 100: how much it likes to talk in a room whose agents speak by weight.
       */
      talkativeness: number;
      /**
       * Format: float
       * @description 0 to 2.
       */
      temperature: number;
    };
    /** @description What others in a room may spend on an agent that the caller brought in. */
    AgentAllowance: {
      agentId: components['schemas']['AgentId'];
      /**
       * Format: int64
       * @description Minor units of the currency of its messages, for a day (UTC).
       */
      perDay: number;
      roomId: components['schemas']['RoomId'];
      /**
       * Format: int64
       * @description What of it is spent today, or under way.
       */
      spentToday: number;
    };
    /** @description How much others may spend. */
    AgentAllowanceEdit: {
      /**
       * Format: int64
       * @description Minor units for a day (UTC); 0: nobody else may; null: the usual amount.
       */
      perDay?: number | null;
    };
    /** @description Changes to an agent; what is absent stays. */
    AgentEdit: {
      /** @description What it is good for. */
      description?: string | null;
      /** @description Whether it speaks. */
      enabled?: boolean | null;
      /**
       * Format: int32
       * @description Most tokens of one answer.
       */
      maxTokens?: number | null;
      /** @description Model, as `/v1/models` names it, or `default`. */
      model?: string | null;
      /** @description Name on screen, not all blank. */
      name?: string | null;
      /** @description Its instructions. */
      persona?: string | null;
      replyPolicy?: components['schemas']['ReplyPolicy'] | null;
      /**
       * Format: int32
       * @description 0 to 100: how much it likes to talk in a room whose agents speak by weight.
       */
      talkativeness?: number | null;
      /**
       * Format: float
       * @description 0 to 2.
       */
      temperature?: number | null;
    };
    /** @description A short fact that an agent has noted. It is what a model wrote, and may be wrong. */
    AgentFact: {
      createdAt: components['schemas']['Timestamp'];
      text: string;
    };
    /** Format: uuid */
    AgentId: string;
    /** @description What an agent remembers of a room. */
    AgentMemory: {
      /** @description Which agent. */
      agentId: components['schemas']['AgentId'];
      /** @description What it has noted, oldest first. */
      facts: components['schemas']['AgentFact'][];
      /** @description Which room. */
      roomId: components['schemas']['RoomId'];
    };
    /**
     * @description When agents of a room speak without being mentioned.
     * @enum {string}
     */
    AgentPolicy: 'mention' | 'roundRobin' | 'everyone' | 'weighted' | 'moderator' | 'off';
    /** @description What is asked. */
    AgentQuestion: {
      /** @description 1 to 300 characters, not all blank. */
      text: string;
    };
    /** @description What an agent answered to somebody who tries it out. */
    AgentTryOut: {
      /** @description What must stand beside it, such as that no AI model answers. */
      badge: string | null;
      /**
       * Format: int32
       * @description Questions that the caller may still ask today (UTC), of all cards together.
       */
      left: number;
      /** @description The answer; null: it had nothing to say. */
      text: string | null;
    };
    /** @description How an agent's message came about and how it ended. */
    AiInfo: {
      /**
       * Format: int32
       * @description Tokens written.
       */
      completionTokens: number;
      cost: components['schemas']['Cost'] | null;
      /** @description Whether it is a scripted demo reply and no AI model. */
      demo: boolean;
      /** @description The model's name. */
      model: string;
      /**
       * Format: int32
       * @description Tokens read.
       */
      promptTokens: number;
      /** @description The run that wrote it. */
      runId: components['schemas']['RunId'];
      /** @description How it ended. */
      state: components['schemas']['AiState'];
    };
    /**
     * @description How an agent's message ended.
     * @enum {string}
     */
    AiState: 'complete' | 'interrupted' | 'cancelled' | 'failed';
    /** @description A key as its owner sees it ever after. */
    ApiKey: {
      budget: components['schemas']['KeyBudget'] | null;
      createdAt: components['schemas']['Timestamp'];
      expiresAt: components['schemas']['Timestamp'] | null;
      id: components['schemas']['ApiKeyId'];
      lastUsedAt: components['schemas']['Timestamp'] | null;
      limits: components['schemas']['Rates'];
      /** @description Null = all. */
      models: string[] | null;
      name: string;
      /** @description How it begins. */
      prefix: string;
    };
    /** Format: uuid */
    ApiKeyId: string;
    /** @description Whom to ask. */
    Ask: {
      /** @description The person. */
      userId: components['schemas']['UserId'];
    };
    /** @description Why it is to be paid back. Always the whole. */
    AskRefund: {
      /** @description For the other side's eyes. */
      reason?: string | null;
    };
    /** Format: uuid */
    AssetId: string;
    /**
     * @description What a file is, found by looking into it.
     * @enum {string}
     */
    AssetKind: 'image' | 'video' | 'audio' | 'file';
    /**
     * @description Where an asset stands.
     * @enum {string}
     */
    AssetStatus: 'uploaded' | 'ready' | 'rejected';
    /** @description A size of an asset that may be fetched. */
    AssetVariant: {
      /**
       * Format: int64
       * @description Length in bytes.
       */
      bytes: number;
      /**
       * Format: int32
       * @description Height in pixels; null where it has none.
       */
      height: number | null;
      /** @description Media type, such as `image/webp`. */
      mime: string;
      /** @description `original`, `large` (at most 1600 px), `medium` (800), `thumb` (320), `poster` of a film. */
      name: string;
      /** @description Where it is fetched without a token, signed, for a short time. */
      url: string;
      /**
       * Format: int32
       * @description Width in pixels; null where it has none.
       */
      width: number | null;
    };
    /** @description What messages carry, in no order that means anything. */
    AttachmentPage: {
      /** @description One for each message that carries something. */
      items: components['schemas']['Attachments'][];
    };
    /** @description What a message carries. */
    Attachments: {
      /** @description Its media, in its order, with addresses that hold for a short time; without those that are gone. */
      assets: components['schemas']['MediaAsset'][];
      /** @description The message. */
      messageId: components['schemas']['MessageId'];
    };
    /**
     * @description Who may do a thing to a person.
     * @enum {string}
     */
    Audience: 'everyone' | 'friends' | 'nobody';
    /** @description Who wrote a message. */
    Author:
      | {
          /** @description Who. */
          id: components['schemas']['UserId'];
          /** @enum {string} */
          kind: 'user';
          /** @description Display name when written. */
          name: string;
        }
      | {
          /** @description Which. */
          id: components['schemas']['AgentId'];
          /** @enum {string} */
          kind: 'agent';
          /** @description Name when written. */
          name: string;
        }
      | {
          /** @description The room's id. */
          id: components['schemas']['RoomId'];
          /** @enum {string} */
          kind: 'system';
          /** @description Always `system`. */
          name: string;
        };
    /** @description What a seller is owed in one currency, in minor units. */
    Balance: {
      /**
       * Format: int64
       * @description What can be paid out now.
       */
      available: number;
      currency: components['schemas']['Currency'];
      /**
       * Format: int64
       * @description Of it, on its way out.
       */
      held: number;
      /**
       * Format: int64
       * @description Owed; negative after refunds of what was paid out.
       */
      payable: number;
    };
    /** @description What is owed. */
    Balances: {
      /** @description In each currency in which there was anything. */
      items: components['schemas']['Balance'][];
    };
    /** @description Why somebody is banned. */
    Ban: {
      /** @description For the record. */
      reason: string;
    };
    /** @description How many cards cost as much. */
    Band: {
      /** @description How many. */
      count: number;
      /**
       * Format: int64
       * @description Highest price; null: no bound.
       */
      max: number | null;
      /**
       * Format: int64
       * @description Lowest price, in minor units.
       */
      min: number;
    };
    /** @description An amount of money in each window. */
    Budget: {
      /**
       * Format: int64
       * @description Millionths of the currency's major unit, at most 10^15.
       */
      micros: number;
      /** @description When it is there again: each day, each month (UTC), or never. */
      window: components['schemas']['Window'];
    };
    /**
     * @description Whom a budget is for.
     * @enum {string}
     */
    BudgetScope: 'user' | 'agent' | 'room';
    /** @description What is said of an agent. */
    CardContent: {
      category: components['schemas']['Category'];
      /** @description What it is good for. */
      description: string;
      /**
       * Format: int32
       * @description Most tokens of one answer.
       */
      maxTokens: number;
      messagePrice: components['schemas']['Money'] | null;
      /** @description Model, as `/v1/models` names it. */
      model: string;
      /** @description Name on screen. */
      name: string;
      /** @description Its instructions; null for all but its seller and moderators. */
      persona: string | null;
      /** @description What one may ask it in a try-out. */
      samplePrompts: string[];
      /** @description What a buyer may do with it. */
      scope: components['schemas']['Scope'];
      tags: string[];
      /**
       * Format: int32
       * @description 0 to 100: how much it likes to talk in a room whose agents speak by weight.
       */
      talkativeness: number;
      /**
       * Format: int32
       * @description Hundredths: 0 to 200.
       */
      temperaturePercent: number;
    };
    /** @description What a seller works on. */
    CardDraft: components['schemas']['CardContent'] & {
      /** @description Why it was rejected. */
      reason: string | null;
      /** @description `draft`, `submitted`, `approved` or `rejected`. */
      status: components['schemas']['Status'];
    };
    /** @description How many there are of a limited edition. `available + held + sold = size`. */
    CardEdition: {
      /**
       * Format: int32
       * @description How many may be ordered now.
       */
      available: number;
      /**
       * Format: int32
       * @description How many are in orders that are not paid yet.
       */
      held: number;
      /** Format: int32 */
      size: number;
      /** Format: int32 */
      sold: number;
    };
    /** Format: uuid */
    CardId: string;
    /** @description What holders think of a card. */
    CardRating: {
      /**
       * Format: int32
       * @description Average in hundredths of a star, 100 to 500; null without reviews.
       */
      averageHundredths: number | null;
      /** Format: int64 */
      count: number;
      /** @description How many gave 1, 2, 3, 4 and 5 stars. */
      stars: number[];
    };
    /** @description What one holder thinks. */
    CardReview: {
      authorId: components['schemas']['UserId'];
      cardId: components['schemas']['CardId'];
      createdAt: components['schemas']['Timestamp'];
      editedAt: components['schemas']['Timestamp'] | null;
      id: components['schemas']['ReviewId'];
      /**
       * Format: int32
       * @description 1 to 5.
       */
      rating: number;
      text: string;
    };
    /** @description Changes to a review; what is absent stays. */
    CardReviewEdit: {
      /**
       * Format: int32
       * @description 1 to 5.
       */
      rating?: number | null;
      /** @description At most 2000 characters. */
      text?: string | null;
    };
    /** @description A published revision. */
    CardRevision: components['schemas']['CardContent'] & {
      /** @description The agent that it is. */
      agentId: components['schemas']['AgentId'];
      cardId: components['schemas']['CardId'];
      handle: string;
      publishedAt: components['schemas']['Timestamp'];
      /** Format: int32 */
      revision: number;
      sellerId: components['schemas']['UserId'];
    };
    /**
     * @description What an agent is for. A closed list, so that a shop window has a fixed number of shelves.
     * @enum {string}
     */
    Category:
      | 'assistant'
      | 'writing'
      | 'coding'
      | 'education'
      | 'language'
      | 'research'
      | 'business'
      | 'creativity'
      | 'entertainment'
      | 'roleplay'
      | 'wellbeing'
      | 'other';
    /** @description OpenAI's chat completion, as the provider wrote it. */
    ChatCompletion: {
      choices: Record<string, never>[];
      id?: string;
      model?: string;
      object?: string;
    } & {
      [key: string]: unknown;
    };
    /** @description OpenAI's request for a chat completion; fields that are not named here pass through. */
    ChatRequest: {
      messages: ({
        /** @description Text, a list of parts, or null. */
        content?: unknown;
        /** @enum {string} */
        role: 'system' | 'developer' | 'user' | 'assistant' | 'tool';
      } & {
        [key: string]: unknown;
      })[];
      model: string;
      stream?: boolean;
      stream_options?: {
        include_usage?: boolean;
      };
    } & {
      [key: string]: unknown;
    };
    /** @description A provider's own books beside what the ledger says of it, in one currency. */
    ClearingCheck: {
      /**
       * Format: int64
       * @description Captured less refunded in the provider's books.
       */
      books: number;
      /**
       * Format: int64
       * @description Paid out by the provider's books.
       */
      booksPaidOut: number;
      currency: components['schemas']['Currency'];
      /** @description Whether both are the same. Something under way may make them differ for a moment. */
      equal: boolean;
      /**
       * Format: int64
       * @description Provider clearing in the ledger.
       */
      ledger: number;
      /**
       * Format: int64
       * @description Paid out by the ledger.
       */
      ledgerPaidOut: number;
      provider: string;
    };
    /** @description A comment. */
    Comment: {
      /** @description Who wrote it. */
      author: components['schemas']['User'];
      createdAt: components['schemas']['Timestamp'];
      editedAt: components['schemas']['Timestamp'] | null;
      id: components['schemas']['CommentId'];
      /** @description People named in it, without those between whom and the reader a block stands. */
      mentions: components['schemas']['PostMention'][];
      postId: components['schemas']['PostId'];
      replyTo: components['schemas']['CommentId'] | null;
      text: string;
      threadId: components['schemas']['CommentId'] | null;
      /**
       * Format: int64
       * @description Grows with each change; the `ETag`.
       */
      version: number;
    };
    /** @description Other words for a comment. */
    CommentEdit: {
      /** @description 1-2,000 characters. */
      text: string;
    };
    /** Format: uuid */
    CommentId: string;
    /** @description What a model call costs, which is often far less than a cent: millionths of the currency's major unit. */
    Cost: {
      /** @description Which currency. */
      currency: components['schemas']['Currency'];
      /**
       * Format: int64
       * @description Millionths of the major unit: 10,000 are a cent.
       */
      micros: number;
    };
    /** @description How many cards have one value. */
    Counted_Category: {
      /** @description How many. */
      count: number;
      /**
       * @description What an agent is for. A closed list, so that a shop window has a fixed number of shelves.
       * @enum {string}
       */
      value:
        | 'assistant'
        | 'writing'
        | 'coding'
        | 'education'
        | 'language'
        | 'research'
        | 'business'
        | 'creativity'
        | 'entertainment'
        | 'roleplay'
        | 'wellbeing'
        | 'other';
    };
    /** @description How many cards have one value. */
    Counted_String: {
      /** @description How many. */
      count: number;
      value: string;
    };
    /** @description How many cards have one value. */
    Counted_u32: {
      /** @description How many. */
      count: number;
      /** Format: int32 */
      value: number;
    };
    CountedTokens: {
      input_tokens: number;
    } & {
      [key: string]: unknown;
    };
    /** @description Anthropic's request to count tokens; fields that are not named here pass through. */
    CountRequest: {
      messages: ({
        /** @description Text, or a list of blocks. */
        content: unknown;
        /** @enum {string} */
        role: 'user' | 'assistant';
      } & {
        [key: string]: unknown;
      })[];
      model: string;
      /** @description Text, or a list of blocks. */
      system?: unknown;
    } & {
      [key: string]: unknown;
    };
    /** @description A coupon, for its seller. */
    Coupon: {
      amountOff: components['schemas']['Money'] | null;
      cardId: components['schemas']['CardId'] | null;
      code: string;
      createdAt: components['schemas']['Timestamp'];
      expiresAt: components['schemas']['Timestamp'];
      /** @description Open orders that hold it. */
      held: number;
      /** Format: int32 */
      percentOff: number | null;
      /**
       * Format: int32
       * @description Orders that were completed with it.
       */
      redeemed: number;
      /** Format: int32 */
      redemptionsMax: number;
      /** @description Whether it was deleted and only open orders hold it. */
      withdrawn: boolean;
    };
    /**
     * @description An ISO 4217 currency that the product knows.
     * @enum {string}
     */
    Currency: 'EUR' | 'USD' | 'GBP';
    /** @description What one used of one model on one day. */
    DailyUsage: {
      /**
       * Format: int64
       * @description Of these, those answered from the cache, which cost nothing.
       */
      cached: number;
      /**
       * Format: int64
       * @description Calls that were answered, or begun to be.
       */
      calls: number;
      /**
       * Format: int64
       * @description Tokens written.
       */
      completionTokens: number;
      cost: components['schemas']['Cost'] | null;
      /**
       * Format: date
       * @description `2026-01-31`, UTC.
       */
      day: string;
      /**
       * Format: int64
       * @description Of these, those that broke off because the provider failed.
       */
      failed: number;
      /** @description `provider/model`. */
      model: string;
      /**
       * Format: int64
       * @description Tokens read.
       */
      promptTokens: number;
    };
    /** @description A debate as the caller may see it. */
    Debate: {
      /** @description What must stand beside it, such as that no AI model speaks. */
      badge: string | null;
      cancelled: components['schemas']['DebateCancellation'] | null;
      createdAt: components['schemas']['Timestamp'];
      endedAt: components['schemas']['Timestamp'] | null;
      forfeitedBy: components['schemas']['DebateSideName'] | null;
      id: components['schemas']['DebateId'];
      /** @description What is debated. */
      motion: string;
      myVotes: components['schemas']['MyVotes'];
      /** @description Who began it, steers it and pays for it. */
      ownerId: components['schemas']['UserId'];
      phase: components['schemas']['DebatePhase'];
      result: components['schemas']['DebateResult'] | null;
      /** @description Whether the caller sees who stands on which side: after their vote after the debate, or when it is over. */
      revealed: boolean;
      roomId: components['schemas']['RoomId'];
      /**
       * Format: int32
       * @description Rounds of rebuttals.
       */
      rounds: number;
      sides: components['schemas']['DebateSide'][];
      startedAt: components['schemas']['Timestamp'] | null;
      totals: components['schemas']['VotingTotals'];
      /** @description All turns, in the order in which they are spoken. */
      turns: components['schemas']['DebateTurn'][];
      votingUntil: components['schemas']['Timestamp'] | null;
    };
    /** @description How a turn came about. */
    DebateAi: {
      cost: components['schemas']['Cost'] | null;
      /** @description Whether it is a scripted demo reply and no AI model. */
      demo: boolean;
      model: string;
      /**
       * Format: int64
       * @description Of all attempts, read and written.
       */
      tokens: number;
    };
    /** @description A vote to cast. */
    DebateBallot: {
      side: components['schemas']['DebateSideName'] | null;
    };
    /** @description What is to be debated, where and by whom. */
    DebateBeginning: {
      /** @description Different agents that sit in the room; which side each takes is drawn. */
      agentIds: components['schemas']['AgentId'][];
      /** @description What is debated, such as `Cities should ban private cars`. */
      motion: string;
      /** @description A room of the caller's. */
      roomId: components['schemas']['RoomId'];
      /**
       * Format: int32
       * @description Rounds of rebuttals, 1 by default.
       */
      rounds?: number | null;
    };
    /**
     * @description Why a debate was called off.
     * @enum {string}
     */
    DebateCancellation:
      | 'by_owner'
      | 'out_of_budget'
      | 'service_away'
      | 'owner_left'
      | 'room_gone'
      | 'agents_off'
      | 'agent_gone';
    /** Format: uuid */
    DebateId: string;
    /**
     * @description Where a debate stands.
     * @enum {string}
     */
    DebatePhase:
      | 'voting_before'
      | 'opening'
      | 'rebuttal'
      | 'cross'
      | 'closing'
      | 'voting_after'
      | 'closed'
      | 'cancelled';
    /** @description An agent that debates. */
    Debater: {
      handle: string;
      id: components['schemas']['AgentId'];
      name: string;
    };
    /** @description An agent's strength as a debater, by the blind votes of its latest debates. */
    DebateRating: {
      agent: components['schemas']['Debater'];
      cardId: components['schemas']['CardId'] | null;
      /**
       * Format: int32
       * @description Debates that it is made of, and those of them that the agent won alone by what was said.
       */
      debates: number;
      /** Format: int64 */
      high: number;
      /**
       * Format: int64
       * @description The ends of the interval that holds the true strength in 95 of 100 cases.
       */
      low: number;
      /**
       * Format: int64
       * @description Points: 1000 is the average of all rated agents; 400 more are ten times the odds.
       */
      rating: number;
      /**
       * Format: int32
       * @description Blind votes for it.
       */
      votes: number;
      /** Format: int32 */
      wins: number;
    };
    /** @description What a debate came to. */
    DebateResult: {
      /**
       * Format: int32
       * @description People whose votes count and who voted both before and after.
       */
      panel: number;
      /** @description For each side, in order. */
      sides: components['schemas']['DebateSideResult'][];
      /** @description Who moved most of the panel to itself; several in a tie, none without a panel. After a forfeit: the others. */
      winners: components['schemas']['DebateSideName'][];
    };
    /** @description A side of a debate. */
    DebateSide: {
      agent: components['schemas']['Debater'] | null;
      side: components['schemas']['DebateSideName'];
      stance: components['schemas']['Stance'];
    };
    /**
     * @description The neutral name of a debater.
     * @enum {string}
     */
    DebateSideName: 'A' | 'B' | 'C' | 'D';
    /** @description What a debate came to for a side. */
    DebateSideResult: {
      /** Format: int32 */
      after: number;
      /**
       * Format: int32
       * @description People of the panel who were for it, before and after.
       */
      before: number;
      /**
       * Format: int64
       * @description Its share of the panel after, less that before, in thousandths.
       */
      shiftPermille: number;
      side: components['schemas']['DebateSideName'];
    };
    /** @description A debate in a list. */
    DebateSummary: {
      createdAt: components['schemas']['Timestamp'];
      endedAt: components['schemas']['Timestamp'] | null;
      id: components['schemas']['DebateId'];
      motion: string;
      ownerId: components['schemas']['UserId'];
      phase: components['schemas']['DebatePhase'];
      roomId: components['schemas']['RoomId'];
      votingUntil: components['schemas']['Timestamp'] | null;
    };
    /** @description Votes by choice. */
    DebateTotals: {
      /**
       * Format: int64
       * @description Votes of owners of a debating agent, which do not count.
       */
      excluded: number;
      /** @description For each side, in order. */
      sides: number[];
      /** Format: int64 */
      undecided: number;
    };
    /** @description A turn of a debate. */
    DebateTurn: {
      ai: components['schemas']['DebateAi'] | null;
      /**
       * Format: int32
       * @description The attempt that speaks or spoke, from 1; 0 before.
       */
      attempt: number;
      endedAt: components['schemas']['Timestamp'] | null;
      kind: components['schemas']['DebateTurnKind'];
      note: components['schemas']['DebateTurnNote'] | null;
      /**
       * Format: int32
       * @description From 1.
       */
      number: number;
      phase: components['schemas']['DebatePhase'];
      side: components['schemas']['DebateSideName'];
      state: components['schemas']['DebateTurnState'];
      /** @description What was said, or has been so far; the debaters' names stand as `[debater]`. */
      text: string;
      to: components['schemas']['DebateSideName'] | null;
    };
    /**
     * @description What a turn is.
     * @enum {string}
     */
    DebateTurnKind: 'speech' | 'question' | 'answer';
    /**
     * @description Why an attempt at a turn, and in the end the turn, came to nothing. Nothing here tells one agent from another.
     * @enum {string}
     */
    DebateTurnNote: 'failed' | 'too_late' | 'silent' | 'interrupted';
    /**
     * @description Where a turn stands.
     * @enum {string}
     */
    DebateTurnState: 'waiting' | 'speaking' | 'spoken' | 'forfeited' | 'skipped';
    /** @description A vote. */
    DebateVote: {
      changedAt: components['schemas']['Timestamp'];
      /** @description Whether it counts. */
      counted: boolean;
      excludedBecause: components['schemas']['DebateVoteExclusion'] | null;
      side: components['schemas']['DebateSideName'] | null;
      when: components['schemas']['DebateVoting'];
    };
    /**
     * @description Why a vote does not count.
     * @enum {string}
     */
    DebateVoteExclusion: 'owns_a_debater';
    /**
     * @description Which of the two votings.
     * @enum {string}
     */
    DebateVoting: 'before' | 'after';
    /** @description What is to be changed. */
    DescribeMedia: {
      /** @description What it shows, for those who cannot see it. */
      alt: string;
    };
    /** Format: uuid */
    DeviceId: string;
    /**
     * @description How often a digest comes by e-mail.
     * @enum {string}
     */
    Digest: 'off' | 'daily' | 'weekly';
    /** @description The token of a mail. */
    EmailProof: {
      /** @description The token that the mail brought. */
      token: string;
    };
    /** @description OpenAI's list of embeddings, as the provider wrote it. */
    EmbeddingList: {
      data: Record<string, never>[];
      object?: string;
    } & {
      [key: string]: unknown;
    };
    /** @description OpenAI's request for embeddings; fields that are not named here pass through. */
    EmbeddingRequest: {
      /** @description A text, a list of texts, or a list of tokens. */
      input: unknown;
      model: string;
    } & {
      [key: string]: unknown;
    };
    /** @description What an authenticator app must know. */
    Enrolled: {
      /** @description The same as a URL, to show as a QR code. */
      otpauthUrl: string;
      /** @description The secret, base 32, to type in. */
      secret: string;
    };
    /** @description What a buyer may use. */
    Entitlement: {
      /** @description The agent that the revision is. */
      agentId: components['schemas']['AgentId'];
      /** @description Who may. */
      buyerId: components['schemas']['UserId'];
      /** @description The card. */
      cardId: components['schemas']['CardId'];
      /** @description Since when. */
      grantedAt: components['schemas']['Timestamp'];
      /** @description Which. */
      id: components['schemas']['EntitlementId'];
      messagePrice?: components['schemas']['Money'] | null;
      /** @description By which order. */
      orderId: components['schemas']['OrderId'];
      /**
       * Format: int32
       * @description How many were bought.
       */
      quantity: number;
      /**
       * Format: int32
       * @description Its revision.
       */
      revision: number;
      /** @description What it allows. */
      scope: components['schemas']['Scope'];
      /** @description Who sold it. */
      sellerId: components['schemas']['UserId'];
      /** @description Whether it counts now. */
      status: components['schemas']['EntitlementStatus'];
    };
    /** Format: uuid */
    EntitlementId: string;
    /**
     * @description Whether an entitlement counts.
     * @enum {string}
     */
    EntitlementStatus: 'active' | 'suspended' | 'revoked';
    /** @description Proof that it is really oneself. */
    Erase: {
      /** @description The password. */
      password: string;
    };
    /**
     * @description What is counted beside an answer. Each ignores its own filter and minds all others, so that it tells what choosing another
     *     value would find.
     */
    Facets: {
      /** @description By category, the most frequent first. */
      categories: components['schemas']['Counted_Category'][];
      /** @description By price. */
      prices: components['schemas']['Band'][];
      /** @description By least average rating, 4 to 1. */
      ratings: components['schemas']['Counted_u32'][];
      /** @description By tag, the 20 most frequent. */
      tags: components['schemas']['Counted_String'][];
    };
    /**
     * @description How the built-in provider misbehaves. Shares are whole percents; dice are drawn from `seed` and what they are thrown for, so that a plan
     *     can be replayed.
     */
    FaultPlan: {
      /**
       * Format: int32
       * @description Webhooks that come twice.
       * @default 0
       */
      duplicatePercent: number;
      /**
       * Format: int64
       * @description How late, in milliseconds; at most an hour.
       * @default 0
       */
      lateMs: number;
      /**
       * Format: int32
       * @description Webhooks that come `lateMs` late.
       * @default 0
       */
      latePercent: number;
      /**
       * Format: int32
       * @description Calls whose effect happens and whose reply is lost.
       * @default 0
       */
      loseReplyPercent: number;
      /**
       * Format: int32
       * @description Calls that never arrive.
       * @default 0
       */
      loseRequestPercent: number;
      /**
       * Format: int32
       * @description Webhooks that never come.
       * @default 0
       */
      loseWebhookPercent: number;
      /**
       * Format: int32
       * @description Webhooks that come after later ones: late by a random part of `lateMs`.
       * @default 0
       */
      reorderPercent: number;
      /**
       * Format: int64
       * @description Where the dice begin.
       * @default 0
       */
      seed: number;
    };
    /** @description One wrong field of a request. */
    FieldError: {
      /** @description The field's name as the client wrote it, with dots for nesting. */
      field: string;
      /** @description What is wrong, for people. */
      message: string;
    };
    /** @description A form with a file. */
    FileForm: {
      /** @description What it shows, for those who cannot see it. */
      alt?: string | null;
      /**
       * Format: binary
       * @description The file. What it is, its content says: pictures (JPEG, PNG, GIF, WebP), films (MP4, QuickTime, WebM, Matroska), sound (MP3, MP4,
       *     Ogg, FLAC, WAV, AAC), PDF, office documents, ZIP, gzip, EPUB, plain text. Nothing else is taken, SVG and HTML included.
       */
      file: string;
    };
    /** @description A first code. */
    FirstCode: {
      /** @description Six digits of the authenticator app. */
      code: string;
    };
    /** @description A friend, since when. */
    Friend: {
      /** @description Since when. */
      since: components['schemas']['Timestamp'];
      /** @description Who. */
      user: components['schemas']['User'];
    };
    /** @description An open request with both people. */
    FriendRequest: {
      createdAt: components['schemas']['Timestamp'];
      /** @description Who asks. */
      from: components['schemas']['User'];
      id: components['schemas']['FriendRequestId'];
      /** @description Who is asked. */
      to: components['schemas']['User'];
    };
    /** Format: uuid */
    FriendRequestId: string;
    /** @description A page of a home timeline. */
    Home: {
      /** @description Posts in their order. Fewer than asked for does not mean the end. */
      items: components['schemas']['HomeItem'][];
      newest: components['schemas']['PostId'] | null;
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
    };
    /** @description A post in a home timeline. */
    HomeItem: {
      post: components['schemas']['Post'];
      reason: components['schemas']['HomeReason'];
    };
    /**
     * @description Why a post stands in a home timeline.
     * @enum {string}
     */
    HomeKind: 'self' | 'friend' | 'shared';
    /** @description Why a post stands where it stands. */
    HomeReason: {
      kind: components['schemas']['HomeKind'];
      parts: components['schemas']['Parts'];
      /**
       * Format: double
       * @description The sum of the parts, as of the first page of the chain; `ranked` puts the greatest first.
       */
      score: number;
    };
    /** @description An invoice for the eyes of one of its two. Sums are in minor units of `currency`; those of a credit note are negative. */
    Invoice: {
      buyerId: components['schemas']['UserId'];
      corrects?: components['schemas']['InvoiceId'] | null;
      currency: components['schemas']['Currency'];
      /**
       * Format: int64
       * @description What the product keeps of `net`; for the seller alone.
       */
      fee?: number | null;
      /** Format: int64 */
      gross: number;
      id: components['schemas']['InvoiceId'];
      issuedAt: components['schemas']['Timestamp'];
      kind: components['schemas']['InvoiceKind'];
      lines: components['schemas']['InvoiceLine'][];
      /** Format: int64 */
      net: number;
      /** @description Year and number, such as `2026-17`: without gaps for each seller and year. */
      number: string;
      orderId: components['schemas']['OrderId'];
      refundId?: components['schemas']['RefundId'] | null;
      sellerId: components['schemas']['UserId'];
      /** Format: int64 */
      tax: number;
      /**
       * Format: int32
       * @description The rate of the tax, in basis points.
       */
      taxBps: number;
    };
    /** Format: uuid */
    InvoiceId: string;
    /**
     * @description What kind of paper it is.
     * @enum {string}
     */
    InvoiceKind: 'invoice' | 'credit_note';
    /** @description One line. */
    InvoiceLine: {
      /** @description What for. */
      description: string;
      /**
       * Format: int64
       * @description Minor units, tax included.
       */
      gross: number;
      /**
       * Format: int32
       * @description How many.
       */
      quantity: number;
    };
    /** @description An Ed25519 public key (RFC 8037). */
    JsonWebKey: {
      alg: string;
      crv: string;
      kid: string;
      kty: string;
      use: string;
      x: string;
    };
    /** @description The public keys that access tokens are checked with (RFC 7517). */
    JsonWebKeySet: {
      /** @description The keys. */
      keys: components['schemas']['JsonWebKey'][];
    };
    /** @description A key's budget and what became of it. */
    KeyBudget: {
      currency: components['schemas']['Currency'];
      /** Format: int64 */
      micros: number;
      /**
       * Format: int64
       * @description What is left of it.
       */
      remainingMicros: number;
      resetsAt: components['schemas']['Timestamp'] | null;
      /**
       * Format: int64
       * @description Spent in this window, a second ago.
       */
      spentMicros: number;
      window: components['schemas']['Window'];
    };
    /** @description Changes to a key; what is absent stays, null removes a limit. */
    KeyEdit: {
      /** @default null */
      budget: components['schemas']['Budget'] | null;
      /** @default null */
      expiresAt: components['schemas']['Timestamp'] | null;
      /** @default null */
      limits: components['schemas']['Rates'] | null;
      /**
       * @description 1-100 names or prefixes with `*`.
       * @default null
       */
      models: string[] | null;
      /**
       * @description 1-60 characters.
       * @default null
       */
      name: string | null;
    };
    /** @description What came of the check. */
    LedgerCheck: {
      accounts: components['schemas']['AccountSum'][];
      /** @description For each provider whose books can be asked. */
      clearing: components['schemas']['ClearingCheck'][];
      /** @description Whether everything was read: no more than a million transactions. */
      complete: boolean;
      /** @description Whether nothing is wrong. */
      ok: boolean;
      /** @description Sums over everything, in each currency: zero. */
      totals: {
        [key: string]: number;
      };
      /** Format: int64 */
      transactions: number;
      /** @description Transactions that do not sum to zero; some. */
      unbalanced: string[];
      /**
       * @description Sellers' accounts and wallets that are not what the ledger says, such as `wallet:{user}:EUR`; some. What was posted a moment ago may not
       *     be applied yet.
       */
      wrongBalances: string[];
    };
    /** @description A key just made. */
    MadeKey: {
      createdAt: components['schemas']['Timestamp'];
      id: components['schemas']['ApiKeyId'];
      /** @description The key itself, shown this once. */
      key: string;
      name: string;
      /** @description How it begins. */
      prefix: string;
    };
    /** @description A person as only they see themselves. */
    Me: components['schemas']['User'] & {
      /** @description E-mail address. */
      email: string;
      /** @description Whether the address is proven. */
      emailVerified: boolean;
      /** @description Privacy choices. */
      privacy: components['schemas']['Privacy'];
      /** @description Whether sign-in asks for a second factor. */
      totpEnabled: boolean;
    };
    /** @description An asset as those may see it who may see what it belongs to. */
    MediaAsset: {
      /** @description What it shows, for those who cannot see it; empty when nobody has said it. */
      alt: string;
      /** @description Whether it moves. */
      animated: boolean;
      /** @description A blurred picture of it (https://blurha.sh); null for what is no picture. */
      blurhash: string | null;
      /** @description Until when the addresses hold. */
      expiresAt: components['schemas']['Timestamp'];
      /** @description What it was called, without a path. */
      fileName: string;
      /** @description Which. */
      id: components['schemas']['AssetId'];
      /** @description What it is. */
      kind: components['schemas']['AssetKind'];
      /** @description Who uploaded it. */
      ownerId: components['schemas']['UserId'];
      /** @description Where it stands. */
      status: components['schemas']['AssetStatus'];
      /** @description Sizes that may be fetched, the original first; empty until it is ready. */
      variants: components['schemas']['AssetVariant'][];
    };
    /** @description Someone named in a message with `@handle`, resolved by the server among the room's members and agents. */
    Mention:
      | {
          /** @description Who. */
          id: components['schemas']['UserId'];
          /** @enum {string} */
          kind: 'user';
        }
      | {
          /** @description Which. */
          id: components['schemas']['AgentId'];
          /** @enum {string} */
          kind: 'agent';
        };
    /** @description A message as everybody in the room sees it. */
    Message: {
      ai: components['schemas']['AiInfo'] | null;
      /** @description Attached media. */
      attachmentIds: components['schemas']['AssetId'][];
      /** @description Who. */
      author: components['schemas']['Author'];
      /** @description What the sender called it. */
      clientId: string | null;
      /** @description When sent. */
      createdAt: components['schemas']['Timestamp'];
      /** @description Whether it is deleted. */
      deleted: boolean;
      editedAt: components['schemas']['Timestamp'] | null;
      /**
       * Format: int32
       * @description How many agent turns away from the root.
       */
      hop: number;
      /** @description Id. */
      id: components['schemas']['MessageId'];
      /** @description Who is named in it. */
      mentions: components['schemas']['Mention'][];
      /** @description Where from. */
      origin: components['schemas']['Origin'];
      /** @description Reactions, oldest kind first. */
      reactions: components['schemas']['MessageReaction'][];
      replyTo: components['schemas']['MessageId'] | null;
      /** @description Room. */
      roomId: components['schemas']['RoomId'];
      /** @description The human message that began the cascade (itself for a human's). */
      rootId: components['schemas']['MessageId'];
      /**
       * Format: int64
       * @description Place in the room, from 1, without gaps.
       */
      seq: number;
      /** @description Text, at most 8,000 characters (agents: 32,000); empty when deleted. */
      text: string;
      /**
       * Format: int64
       * @description Grows with each change, from 1.
       */
      version: number;
    };
    /** Format: uuid */
    MessageId: string;
    /** @description A page of a room's history, ascending by seq. */
    MessagePage: {
      /** @description Whether there are newer ones. */
      hasMoreAfter: boolean;
      /** @description Whether there are older ones. */
      hasMoreBefore: boolean;
      /** @description The messages. */
      items: components['schemas']['Message'][];
      /** @description What to pass as `cursor` to go on in the same direction; null at the end, and with `around`. */
      nextCursor: string | null;
    };
    MessagePatch: {
      text: string;
    };
    /** @description A reaction with its count. In events `userIds` holds the first 20; in answers to one reader `mine` is set instead. */
    MessageReaction: {
      /**
       * Format: int32
       * @description How many people.
       */
      count: number;
      /** @description The emoji. */
      emoji: string;
      /** @description Whether the reader is one of them. */
      mine?: boolean | null;
      /** @description The first 20 people, in events. */
      userIds?: components['schemas']['UserId'][] | null;
    };
    /** @description Anthropic's request for a message; fields that are not named here pass through. */
    MessageRequest: {
      max_tokens: number;
      messages: ({
        /** @description Text, or a list of blocks. */
        content: unknown;
        /** @enum {string} */
        role: 'user' | 'assistant';
      } & {
        [key: string]: unknown;
      })[];
      model: string;
      stream?: boolean;
      /** @description Text, or a list of blocks. */
      system?: unknown;
    } & {
      [key: string]: unknown;
    };
    /** @description A model. */
    Model: {
      /** @description What to show beside its replies: the demo says here that no model is behind it. */
      badge: string | null;
      /**
       * Format: int64
       * @description When the gateway began to offer it, seconds since 1970.
       */
      created: number;
      /** @description Its name: `provider/model`, or the operator's name for several. */
      id: string;
      /** @description Always `model`. */
      object: string;
      /** @description The provider; `aichat` for a name that stands for several targets. */
      owned_by: string;
    };
    /** @description A card. */
    ModelCard: components['schemas']['CardContent'] & {
      agentId: components['schemas']['AgentId'] | null;
      createdAt: components['schemas']['Timestamp'];
      draft: components['schemas']['CardDraft'] | null;
      edition: components['schemas']['CardEdition'] | null;
      /** @description Of the published revision; before that, of the card. */
      handle: string;
      id: components['schemas']['CardId'];
      /** @description Price of one, tax included. */
      price: components['schemas']['Money'];
      publishedAt: components['schemas']['Timestamp'] | null;
      rating: components['schemas']['CardRating'];
      /**
       * Format: int32
       * @description Number of the published revision.
       */
      revision: number | null;
      /**
       * Format: int64
       * @description Orders that bought it; counted, as the rating is, within a second or two.
       */
      sales: number;
      sellerId: components['schemas']['UserId'];
      status: components['schemas']['Status'];
      /** @description Why it is suspended; for its seller and moderators, else null. */
      suspendedBecause: string | null;
      updatedAt: components['schemas']['Timestamp'];
      /**
       * Format: int64
       * @description Grows with each change by a person; also its `ETag`.
       */
      version: number;
    };
    /**
     * @description Changes to a card; what is absent stays. On a published card `price` and `editionSize` hold at once, and the rest becomes the
     *     draft of the next revision.
     */
    ModelCardEdit: {
      /** @default null */
      category: components['schemas']['Category'] | null;
      /**
       * @description What it is good for.
       * @default null
       */
      description: string | null;
      /**
       * Format: int32
       * @description How many there are; null: any number. Not below what is held and sold.
       * @default null
       */
      editionSize: number | null;
      /**
       * @description Unique name for mentions, 3-30 of `[a-z0-9_]`; stays once the card was published.
       * @default null
       */
      handle: string | null;
      /**
       * Format: int32
       * @description Most tokens of one answer.
       * @default null
       */
      maxTokens: number | null;
      /** @default null */
      messagePrice: components['schemas']['Money'] | null;
      /**
       * @description Model, as `/v1/models` names it, or `default`.
       * @default null
       */
      model: string | null;
      /**
       * @description Name on screen, not all blank.
       * @default null
       */
      name: string | null;
      /**
       * @description Its instructions; nobody sees them but moderators.
       * @default null
       */
      persona: string | null;
      /** @default null */
      price: components['schemas']['Money'] | null;
      /**
       * @description At most 5, of 1-300 characters.
       * @default null
       */
      samplePrompts: string[] | null;
      /** @default null */
      scope: components['schemas']['Scope'] | null;
      /**
       * @description At most 10, of 1-30 characters.
       * @default null
       */
      tags: string[] | null;
      /**
       * Format: int32
       * @description 0 to 100.
       * @default null
       */
      talkativeness: number | null;
      /**
       * Format: int32
       * @description Hundredths: 0 to 200.
       * @default null
       */
      temperaturePercent: number | null;
    };
    /** @description Why a card is sent back or taken off sale; its seller reads it. */
    ModelCardReason: {
      /** @description 1-500 characters. */
      reason: string;
    };
    /** @description Cards on sale. */
    ModelCardsFound: {
      /** @description How many there are of what. */
      facets: components['schemas']['Facets'];
      /** @description The cards, in the order that was asked for. */
      items: components['schemas']['ModelCard'][];
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
    };
    /** @description All models. */
    ModelList: {
      /** @description The models: names that stand for several, then each provider's own, in the operator's order. */
      data: components['schemas']['Model'][];
      /** @description Always `list`. */
      object: string;
    };
    /**
     * @description What moderators do about something that was reported.
     * @enum {string}
     */
    ModerationAction: 'dismiss' | 'remove' | 'warn';
    /** @description An amount in minor units (cents). */
    Money: {
      /**
       * Format: int64
       * @description Minor units; negative only in ledgers.
       */
      amount: number;
      /** @description Which currency. */
      currency: components['schemas']['Currency'];
    };
    /** @description The caller's votes. */
    MyVotes: {
      after: components['schemas']['DebateVote'] | null;
      before: components['schemas']['DebateVote'] | null;
    };
    /** @description What one thinks of a card. */
    NewCardReview: {
      /**
       * Format: int32
       * @description 1 to 5.
       */
      rating: number;
      /** @description At most 2000 characters; may be left out. */
      text?: string;
    };
    /** @description A new comment. */
    NewComment: {
      /** @description One's own id for it: the same again answers with the first. */
      clientId?: string | null;
      replyTo?: components['schemas']['CommentId'] | null;
      /** @description 1-2,000 characters. */
      text: string;
    };
    /** @description A new coupon: exactly one of `percentOff` and `amountOff`. */
    NewCoupon: {
      amountOff?: components['schemas']['Money'] | null;
      cardId?: components['schemas']['CardId'] | null;
      /** @description Letters, digits, `-` and `_`, in any case; unique among one's own. */
      code: string;
      /** @description Until when orders may be placed with it. */
      expiresAt: components['schemas']['Timestamp'];
      /**
       * Format: int32
       * @description Percent of the sum, rounded down to the minor unit.
       */
      percentOff?: number | null;
      /**
       * Format: int32
       * @description How many orders may use it.
       */
      redemptionsMax: number;
    };
    /** @description A way to a device: Expo's token of an app, or a browser's subscription as `PushSubscription.toJSON()` writes it. */
    NewDevice:
      | {
          /** @enum {string} */
          kind: 'expo';
          /** @description Such as `ExponentPushToken[…]`. */
          token: string;
        }
      | {
          /** @description An https address in the public Internet. */
          endpoint: string;
          keys: components['schemas']['SubscriptionKeys'];
          /** @enum {string} */
          kind: 'webPush';
        };
    /** @description A key to be made. */
    NewKey: {
      budget?: components['schemas']['Budget'] | null;
      expiresAt?: components['schemas']['Timestamp'] | null;
      /** @description How fast, how much at once, and how many tokens a day and a month. */
      limits?: components['schemas']['Rates'];
      /** @description Models it may ask, 1-100 names as in `/v1/models`, or prefixes with `*`; absent = all. */
      models?: string[] | null;
      /** @description What one calls it, 1-60 characters. */
      name: string;
    };
    NewMessage: {
      attachmentIds?: components['schemas']['AssetId'][];
      /** @description My own name for it. Sending it again under the same name is the same message, for ever. */
      clientId: string;
      replyTo?: components['schemas']['MessageId'] | null;
      text: string;
    };
    /** @description A new card. */
    NewModelCard: {
      category: components['schemas']['Category'];
      /** @description What it is good for; needed before the card is submitted. */
      description?: string;
      /**
       * Format: int32
       * @description How many there are; any number by default, 1 is a single edition.
       */
      editionSize?: number | null;
      /** @description Unique name for mentions, 3-30 of `[a-z0-9_]`; later revisions add their number. */
      handle: string;
      /**
       * Format: int32
       * @description Most tokens of one answer; 1024 by default.
       */
      maxTokens?: number;
      messagePrice?: components['schemas']['Money'] | null;
      /** @description Model, as `/v1/models` names it; `default` by default. */
      model?: string;
      /** @description Name on screen, not all blank. */
      name: string;
      /** @description Its instructions; nobody sees them but moderators. Needed before the card is submitted. */
      persona?: string;
      /** @description Price of one, tax included, in the installation's currency; amount 0 is free. */
      price: components['schemas']['Money'];
      /** @description What one may ask it in a try-out: at most 5, of 1-300 characters. */
      samplePrompts?: string[];
      /** @description What a buyer may do with it; anything by default. */
      scope?: components['schemas']['Scope'];
      /** @description At most 10, of 1-30 characters. */
      tags?: string[];
      /**
       * Format: int32
       * @description 0 to 100; 50 by default.
       */
      talkativeness?: number;
      /**
       * Format: int32
       * @description Hundredths: 0 to 200; 70 by default.
       */
      temperaturePercent?: number;
    };
    /** @description A new post. It has words, media, or something that it shares. */
    NewPost: {
      /** @description One's own id for it: the same again answers with the first. */
      clientId?: string | null;
      /** @description At most 10 assets that one has uploaded. */
      mediaIds?: components['schemas']['AssetId'][];
      shareOf?: components['schemas']['PostId'] | null;
      /** @description At most 5,000 characters. */
      text?: string;
      visibility?: components['schemas']['Visibility'] | null;
    };
    /** @description What is wrong with it. */
    NewPostReport: {
      /** @description In one's own words. */
      detail?: string;
      /** @description The kind of trouble. */
      reason: components['schemas']['ReportReason'];
    };
    /** @description A new price. */
    NewPrice: {
      /** @description Price of one, tax included, in the installation's currency; amount 0 is free. */
      price: components['schemas']['Money'];
    };
    NewRoom: {
      agentIds?: components['schemas']['AgentId'][];
      agentPolicy?: components['schemas']['AgentPolicy'] | null;
      /** @description `direct`: with one other person, or with one agent and nobody else. */
      kind: components['schemas']['RoomKind'];
      /** @description The others; naming oneself does no harm. */
      memberIds?: components['schemas']['UserId'][];
      /** @description For groups only. */
      title?: string | null;
    };
    /** @description How much is new. */
    News: {
      /** @description Posts by others, at most 50. */
      count: number;
      /** @description There may be more than these. */
      more: boolean;
    };
    /** @description A share. */
    NewShare: {
      /** @description One's own id for it: the same again answers with the first. */
      clientId?: string | null;
      /** @description What one says to it, at most 5,000 characters. */
      text?: string;
      visibility?: components['schemas']['Visibility'] | null;
    };
    /** @description An item in my list. */
    Notification: {
      /** @description The latest who did it, at most 3; nobody where it is nobody's business. */
      actors: components['schemas']['NotificationActor'][];
      /** @description When it last grew. */
      at: components['schemas']['Timestamp'];
      /** @description How many did it. */
      count: number;
      /** @description When it began. */
      createdAt: components['schemas']['Timestamp'];
      /** @description The same for as long as there is such an item. */
      id: components['schemas']['NotificationId'];
      /** @description What it tells. */
      kind: components['schemas']['NotificationKind'];
      /** @description The room's title or the moderator's reason. */
      label: string | null;
      /** @description Whether there were more than `count` and `times` say. */
      more: boolean;
      /** @description Whether it was read. */
      read: boolean;
      /** @description What it is about. */
      subject: components['schemas']['NotificationSubject'];
      /** @description All of it as an English sentence. */
      text: string;
      /** @description How often it was done, such as messages in a room. */
      times: number;
    };
    /** @description Who did it. */
    NotificationActor:
      | {
          /** @enum {string} */
          kind: 'user';
          /** @description Who. */
          user: components['schemas']['User'];
        }
      | {
          /** @description Which. */
          id: components['schemas']['AgentId'];
          /** @enum {string} */
          kind: 'agent';
          /** @description Its name then. */
          name: string;
        };
    /** @description On which ways a kind is told. */
    NotificationChannels: {
      /** @description It stands in the digest by e-mail. */
      email: boolean;
      /** @description It stands in the list and counts as unread. */
      inApp: boolean;
      /** @description It is pushed to my devices. */
      push: boolean;
    };
    /** Format: uuid */
    NotificationId: string;
    /**
     * @description What an item tells.
     * @enum {string}
     */
    NotificationKind:
      | 'friend_request'
      | 'request_accepted'
      | 'reaction'
      | 'comment'
      | 'reply'
      | 'mention'
      | 'share'
      | 'message'
      | 'order_completed'
      | 'order_expired'
      | 'order_refunded'
      | 'card_sold'
      | 'card_approved'
      | 'card_rejected'
      | 'warned';
    /** @description A page of my notifications. */
    NotificationPage: {
      /** @description Newest first. */
      items: components['schemas']['Notification'][];
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
      /**
       * Format: int64
       * @description How many are unread in all.
       */
      unread: number;
    };
    /** @description My wishes, with what is usual filled in. */
    NotificationPreferences: {
      digest: components['schemas']['Digest'];
      /** @description Every kind. */
      kinds: {
        [key: string]: components['schemas']['NotificationChannels'];
      };
      nextDigestAt: components['schemas']['Timestamp'] | null;
      quietHours: components['schemas']['QuietHours'] | null;
      timeZone: string;
    };
    /** @description What an item is about: items of one person, kind and subject are one. */
    NotificationSubject:
      | {
          requestId: components['schemas']['FriendRequestId'] | null;
          /** @enum {string} */
          type: 'user';
          userId: components['schemas']['UserId'];
        }
      | {
          postId: components['schemas']['PostId'];
          /** @enum {string} */
          type: 'post';
        }
      | {
          commentId: components['schemas']['CommentId'];
          postId: components['schemas']['PostId'];
          /** @enum {string} */
          type: 'comment';
        }
      | {
          messageId: components['schemas']['MessageId'];
          roomId: components['schemas']['RoomId'];
          /** @enum {string} */
          type: 'message';
        }
      | {
          roomId: components['schemas']['RoomId'];
          /** @enum {string} */
          type: 'room';
        }
      | {
          orderId: components['schemas']['OrderId'];
          /** @enum {string} */
          type: 'order';
        }
      | {
          cardId: components['schemas']['CardId'];
          /** @enum {string} */
          type: 'card';
        };
    /** @description OpenAI's error object; Anthropic's is the same but for the names of its types. */
    OpenAiError: {
      /** @description Stable code. */
      code?: string | null;
      /** @description Words for people. */
      message: string;
      /** @description The wrong field. */
      param?: string | null;
      /** @description The dialect's kind of error. */
      type: string;
    };
    /** @description An order, for its buyer and its seller. */
    Order: {
      agentId: components['schemas']['AgentId'];
      /**
       * Format: int32
       * @description Attempts to pay so far.
       */
      attempts: number;
      /** Format: int32 */
      attemptsMax: number;
      buyerId: components['schemas']['UserId'];
      cardId: components['schemas']['CardId'];
      completedAt: components['schemas']['Timestamp'] | null;
      coupon: string | null;
      createdAt: components['schemas']['Timestamp'];
      /** @description What the coupon takes off. */
      discount: components['schemas']['Money'];
      entitlementId: components['schemas']['EntitlementId'] | null;
      expiresAt: components['schemas']['Timestamp'] | null;
      id: components['schemas']['OrderId'];
      name: string;
      /** @description Price of one. */
      price: components['schemas']['Money'];
      /** Format: int32 */
      quantity: number;
      refund: components['schemas']['OrderRefund'] | null;
      rejection: components['schemas']['Refusal'] | null;
      /**
       * Format: int32
       * @description The revision of the card that is bought, whatever is published later.
       */
      revision: number;
      sellerId: components['schemas']['UserId'];
      status: components['schemas']['OrderStatus'];
      /** @description What is to be paid, tax included. */
      total: components['schemas']['Money'];
      updatedAt: components['schemas']['Timestamp'];
      /** Format: int64 */
      version: number;
    };
    /** Format: uuid */
    OrderId: string;
    /** @description The refund of a completed order. */
    OrderRefund: {
      amount: components['schemas']['Money'];
      id: components['schemas']['RefundId'];
      /** @description Why it was asked for, in the words of who did; null when they said nothing, or are gone. */
      reason: string | null;
      status: components['schemas']['RefundStatus'];
    };
    /**
     * @description Where an order stands.
     * @enum {string}
     */
    OrderStatus:
      | 'reserving'
      | 'awaiting_payment'
      | 'paying'
      | 'expiring'
      | 'paid'
      | 'refunding'
      | 'completed'
      | 'rejected'
      | 'expired'
      | 'cancelled'
      | 'refunded';
    /**
     * @description Where a message comes from. Set by the server.
     * @enum {string}
     */
    Origin: 'human' | 'agent' | 'system';
    /** @description An asset as its owner sees it. */
    OwnAsset: components['schemas']['MediaAsset'] & {
      /**
       * Format: int64
       * @description Length in bytes as it was uploaded.
       */
      bytes: number;
      /** @description When it was uploaded. */
      createdAt: components['schemas']['Timestamp'];
      /** @description Why it was rejected: `not_taken`, `too_large`, `too_many_pixels`, `unreadable`, `took_too_long`; else null. */
      reason: string | null;
    };
    /** @description An entitlement with what was used of it. */
    Owned: components['schemas']['Entitlement'] & {
      /** @description Rooms that count against its scope. */
      roomsUsed: number;
      /**
       * Format: int64
       * @description Tokens of today (UTC).
       */
      tokensToday: number;
    };
    /** @description A page of a list; `next_cursor` is `None` at the end. */
    Page_AddedProvider: {
      /** @description The items, in the list's order. */
      items: {
        anyModel: boolean;
        baseUrl: string;
        changedAt: components['schemas']['Timestamp'];
        dialect: string;
        /** @description The last 4 letters of its key; empty when the key is too short to show any, null when it has none. */
        keyEnd: string | null;
        models: string[];
        /** @description Its name: models are `name/model`. */
        name: string;
        /**
         * @description Whether it can be asked. It cannot when its key is sealed under another secret, its address is not allowed any more, or
         *     the configuration file has its name.
         */
        usable: boolean;
      }[];
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
    };
    /** @description A page of a list; `next_cursor` is `None` at the end. */
    Page_Agent: {
      /** @description The items, in the list's order. */
      items: {
        /** @description What must stand beside its name, such as that no AI model answers. */
        badge: string | null;
        cardId: components['schemas']['CardId'] | null;
        /**
         * Format: int32
         * @description The revision of that card.
         */
        cardRevision: number | null;
        createdAt: components['schemas']['Timestamp'];
        /** @description What it is good for. */
        description: string;
        /** @description Whether it may be brought into rooms and speaks there. */
        enabled: boolean;
        /** @description Unique name for mentions, 3-30 of `[a-z0-9_]`. */
        handle: string;
        id: components['schemas']['AgentId'];
        /**
         * Format: int32
         * @description Most tokens of one answer.
         */
        maxTokens: number;
        messagePrice: components['schemas']['Money'] | null;
        /** @description Model, as `/v1/models` names it; `default` = the operator's first. */
        model: string;
        /** @description Name on screen. */
        name: string;
        ownerId: components['schemas']['UserId'] | null;
        /** @description Its instructions; empty when the agent belongs to another person. */
        persona: string;
        /** @description When it answers people by itself. */
        replyPolicy: components['schemas']['ReplyPolicy'];
        /**
         * Format: int32
         * @description 0 to 100: how much it likes to talk in a room whose agents speak by weight.
         */
        talkativeness: number;
        /**
         * Format: float
         * @description 0 to 2.
         */
        temperature: number;
      }[];
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
    };
    /** @description A page of a list; `next_cursor` is `None` at the end. */
    Page_ApiKey: {
      /** @description The items, in the list's order. */
      items: {
        budget: components['schemas']['KeyBudget'] | null;
        createdAt: components['schemas']['Timestamp'];
        expiresAt: components['schemas']['Timestamp'] | null;
        id: components['schemas']['ApiKeyId'];
        lastUsedAt: components['schemas']['Timestamp'] | null;
        limits: components['schemas']['Rates'];
        /** @description Null = all. */
        models: string[] | null;
        name: string;
        /** @description How it begins. */
        prefix: string;
      }[];
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
    };
    /** @description A page of a list; `next_cursor` is `None` at the end. */
    Page_CardReview: {
      /** @description The items, in the list's order. */
      items: {
        authorId: components['schemas']['UserId'];
        cardId: components['schemas']['CardId'];
        createdAt: components['schemas']['Timestamp'];
        editedAt: components['schemas']['Timestamp'] | null;
        id: components['schemas']['ReviewId'];
        /**
         * Format: int32
         * @description 1 to 5.
         */
        rating: number;
        text: string;
      }[];
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
    };
    /** @description A page of a list; `next_cursor` is `None` at the end. */
    Page_CardRevision: {
      /** @description The items, in the list's order. */
      items: (components['schemas']['CardContent'] & {
        /** @description The agent that it is. */
        agentId: components['schemas']['AgentId'];
        cardId: components['schemas']['CardId'];
        handle: string;
        publishedAt: components['schemas']['Timestamp'];
        /** Format: int32 */
        revision: number;
        sellerId: components['schemas']['UserId'];
      })[];
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
    };
    /** @description A page of a list; `next_cursor` is `None` at the end. */
    Page_Comment: {
      /** @description The items, in the list's order. */
      items: {
        /** @description Who wrote it. */
        author: components['schemas']['User'];
        createdAt: components['schemas']['Timestamp'];
        editedAt: components['schemas']['Timestamp'] | null;
        id: components['schemas']['CommentId'];
        /** @description People named in it, without those between whom and the reader a block stands. */
        mentions: components['schemas']['PostMention'][];
        postId: components['schemas']['PostId'];
        replyTo: components['schemas']['CommentId'] | null;
        text: string;
        threadId: components['schemas']['CommentId'] | null;
        /**
         * Format: int64
         * @description Grows with each change; the `ETag`.
         */
        version: number;
      }[];
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
    };
    /** @description A page of a list; `next_cursor` is `None` at the end. */
    Page_Coupon: {
      /** @description The items, in the list's order. */
      items: {
        amountOff: components['schemas']['Money'] | null;
        cardId: components['schemas']['CardId'] | null;
        code: string;
        createdAt: components['schemas']['Timestamp'];
        expiresAt: components['schemas']['Timestamp'];
        /** @description Open orders that hold it. */
        held: number;
        /** Format: int32 */
        percentOff: number | null;
        /**
         * Format: int32
         * @description Orders that were completed with it.
         */
        redeemed: number;
        /** Format: int32 */
        redemptionsMax: number;
        /** @description Whether it was deleted and only open orders hold it. */
        withdrawn: boolean;
      }[];
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
    };
    /** @description A page of a list; `next_cursor` is `None` at the end. */
    Page_DailyUsage: {
      /** @description The items, in the list's order. */
      items: {
        /**
         * Format: int64
         * @description Of these, those answered from the cache, which cost nothing.
         */
        cached: number;
        /**
         * Format: int64
         * @description Calls that were answered, or begun to be.
         */
        calls: number;
        /**
         * Format: int64
         * @description Tokens written.
         */
        completionTokens: number;
        cost: components['schemas']['Cost'] | null;
        /**
         * Format: date
         * @description `2026-01-31`, UTC.
         */
        day: string;
        /**
         * Format: int64
         * @description Of these, those that broke off because the provider failed.
         */
        failed: number;
        /** @description `provider/model`. */
        model: string;
        /**
         * Format: int64
         * @description Tokens read.
         */
        promptTokens: number;
      }[];
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
    };
    /** @description A page of a list; `next_cursor` is `None` at the end. */
    Page_DebateRating: {
      /** @description The items, in the list's order. */
      items: {
        agent: components['schemas']['Debater'];
        cardId: components['schemas']['CardId'] | null;
        /**
         * Format: int32
         * @description Debates that it is made of, and those of them that the agent won alone by what was said.
         */
        debates: number;
        /** Format: int64 */
        high: number;
        /**
         * Format: int64
         * @description The ends of the interval that holds the true strength in 95 of 100 cases.
         */
        low: number;
        /**
         * Format: int64
         * @description Points: 1000 is the average of all rated agents; 400 more are ten times the odds.
         */
        rating: number;
        /**
         * Format: int32
         * @description Blind votes for it.
         */
        votes: number;
        /** Format: int32 */
        wins: number;
      }[];
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
    };
    /** @description A page of a list; `next_cursor` is `None` at the end. */
    Page_DebateSummary: {
      /** @description The items, in the list's order. */
      items: {
        createdAt: components['schemas']['Timestamp'];
        endedAt: components['schemas']['Timestamp'] | null;
        id: components['schemas']['DebateId'];
        motion: string;
        ownerId: components['schemas']['UserId'];
        phase: components['schemas']['DebatePhase'];
        roomId: components['schemas']['RoomId'];
        votingUntil: components['schemas']['Timestamp'] | null;
      }[];
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
    };
    /** @description A page of a list; `next_cursor` is `None` at the end. */
    Page_Friend: {
      /** @description The items, in the list's order. */
      items: {
        /** @description Since when. */
        since: components['schemas']['Timestamp'];
        /** @description Who. */
        user: components['schemas']['User'];
      }[];
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
    };
    /** @description A page of a list; `next_cursor` is `None` at the end. */
    Page_FriendRequest: {
      /** @description The items, in the list's order. */
      items: {
        createdAt: components['schemas']['Timestamp'];
        /** @description Who asks. */
        from: components['schemas']['User'];
        id: components['schemas']['FriendRequestId'];
        /** @description Who is asked. */
        to: components['schemas']['User'];
      }[];
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
    };
    /** @description A page of a list; `next_cursor` is `None` at the end. */
    Page_Invoice: {
      /** @description The items, in the list's order. */
      items: {
        buyerId: components['schemas']['UserId'];
        corrects?: components['schemas']['InvoiceId'] | null;
        currency: components['schemas']['Currency'];
        /**
         * Format: int64
         * @description What the product keeps of `net`; for the seller alone.
         */
        fee?: number | null;
        /** Format: int64 */
        gross: number;
        id: components['schemas']['InvoiceId'];
        issuedAt: components['schemas']['Timestamp'];
        kind: components['schemas']['InvoiceKind'];
        lines: components['schemas']['InvoiceLine'][];
        /** Format: int64 */
        net: number;
        /** @description Year and number, such as `2026-17`: without gaps for each seller and year. */
        number: string;
        orderId: components['schemas']['OrderId'];
        refundId?: components['schemas']['RefundId'] | null;
        sellerId: components['schemas']['UserId'];
        /** Format: int64 */
        tax: number;
        /**
         * Format: int32
         * @description The rate of the tax, in basis points.
         */
        taxBps: number;
      }[];
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
    };
    /** @description A page of a list; `next_cursor` is `None` at the end. */
    Page_Message: {
      /** @description The items, in the list's order. */
      items: {
        ai: components['schemas']['AiInfo'] | null;
        /** @description Attached media. */
        attachmentIds: components['schemas']['AssetId'][];
        /** @description Who. */
        author: components['schemas']['Author'];
        /** @description What the sender called it. */
        clientId: string | null;
        /** @description When sent. */
        createdAt: components['schemas']['Timestamp'];
        /** @description Whether it is deleted. */
        deleted: boolean;
        editedAt: components['schemas']['Timestamp'] | null;
        /**
         * Format: int32
         * @description How many agent turns away from the root.
         */
        hop: number;
        /** @description Id. */
        id: components['schemas']['MessageId'];
        /** @description Who is named in it. */
        mentions: components['schemas']['Mention'][];
        /** @description Where from. */
        origin: components['schemas']['Origin'];
        /** @description Reactions, oldest kind first. */
        reactions: components['schemas']['MessageReaction'][];
        replyTo: components['schemas']['MessageId'] | null;
        /** @description Room. */
        roomId: components['schemas']['RoomId'];
        /** @description The human message that began the cascade (itself for a human's). */
        rootId: components['schemas']['MessageId'];
        /**
         * Format: int64
         * @description Place in the room, from 1, without gaps.
         */
        seq: number;
        /** @description Text, at most 8,000 characters (agents: 32,000); empty when deleted. */
        text: string;
        /**
         * Format: int64
         * @description Grows with each change, from 1.
         */
        version: number;
      }[];
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
    };
    /** @description A page of a list; `next_cursor` is `None` at the end. */
    Page_ModelCard: {
      /** @description The items, in the list's order. */
      items: (components['schemas']['CardContent'] & {
        agentId: components['schemas']['AgentId'] | null;
        createdAt: components['schemas']['Timestamp'];
        draft: components['schemas']['CardDraft'] | null;
        edition: components['schemas']['CardEdition'] | null;
        /** @description Of the published revision; before that, of the card. */
        handle: string;
        id: components['schemas']['CardId'];
        /** @description Price of one, tax included. */
        price: components['schemas']['Money'];
        publishedAt: components['schemas']['Timestamp'] | null;
        rating: components['schemas']['CardRating'];
        /**
         * Format: int32
         * @description Number of the published revision.
         */
        revision: number | null;
        /**
         * Format: int64
         * @description Orders that bought it; counted, as the rating is, within a second or two.
         */
        sales: number;
        sellerId: components['schemas']['UserId'];
        status: components['schemas']['Status'];
        /** @description Why it is suspended; for its seller and moderators, else null. */
        suspendedBecause: string | null;
        updatedAt: components['schemas']['Timestamp'];
        /**
         * Format: int64
         * @description Grows with each change by a person; also its `ETag`.
         */
        version: number;
      })[];
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
    };
    /** @description A page of a list; `next_cursor` is `None` at the end. */
    Page_Order: {
      /** @description The items, in the list's order. */
      items: {
        agentId: components['schemas']['AgentId'];
        /**
         * Format: int32
         * @description Attempts to pay so far.
         */
        attempts: number;
        /** Format: int32 */
        attemptsMax: number;
        buyerId: components['schemas']['UserId'];
        cardId: components['schemas']['CardId'];
        completedAt: components['schemas']['Timestamp'] | null;
        coupon: string | null;
        createdAt: components['schemas']['Timestamp'];
        /** @description What the coupon takes off. */
        discount: components['schemas']['Money'];
        entitlementId: components['schemas']['EntitlementId'] | null;
        expiresAt: components['schemas']['Timestamp'] | null;
        id: components['schemas']['OrderId'];
        name: string;
        /** @description Price of one. */
        price: components['schemas']['Money'];
        /** Format: int32 */
        quantity: number;
        refund: components['schemas']['OrderRefund'] | null;
        rejection: components['schemas']['Refusal'] | null;
        /**
         * Format: int32
         * @description The revision of the card that is bought, whatever is published later.
         */
        revision: number;
        sellerId: components['schemas']['UserId'];
        status: components['schemas']['OrderStatus'];
        /** @description What is to be paid, tax included. */
        total: components['schemas']['Money'];
        updatedAt: components['schemas']['Timestamp'];
        /** Format: int64 */
        version: number;
      }[];
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
    };
    /** @description A page of a list; `next_cursor` is `None` at the end. */
    Page_OwnAsset: {
      /** @description The items, in the list's order. */
      items: (components['schemas']['MediaAsset'] & {
        /**
         * Format: int64
         * @description Length in bytes as it was uploaded.
         */
        bytes: number;
        /** @description When it was uploaded. */
        createdAt: components['schemas']['Timestamp'];
        /** @description Why it was rejected: `not_taken`, `too_large`, `too_many_pixels`, `unreadable`, `took_too_long`; else null. */
        reason: string | null;
      })[];
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
    };
    /** @description A page of a list; `next_cursor` is `None` at the end. */
    Page_Owned: {
      /** @description The items, in the list's order. */
      items: (components['schemas']['Entitlement'] & {
        /** @description Rooms that count against its scope. */
        roomsUsed: number;
        /**
         * Format: int64
         * @description Tokens of today (UTC).
         */
        tokensToday: number;
      })[];
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
    };
    /** @description A page of a list; `next_cursor` is `None` at the end. */
    Page_Payout: {
      /** @description The items, in the list's order. */
      items: {
        amount: components['schemas']['Money'];
        createdAt: components['schemas']['Timestamp'];
        id: components['schemas']['PayoutId'];
        /** @description Why it failed. */
        reason?: string | null;
        status: components['schemas']['PayoutStatus'];
      }[];
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
    };
    /** @description A page of a list; `next_cursor` is `None` at the end. */
    Page_Post: {
      /** @description The items, in the list's order. */
      items: {
        /** @description Who wrote it. */
        author: components['schemas']['User'];
        /**
         * Format: int64
         * @description Comments that stand.
         */
        comments: number;
        createdAt: components['schemas']['Timestamp'];
        editedAt: components['schemas']['Timestamp'] | null;
        /**
         * Format: int32
         * @description How often its words changed.
         */
        edits: number;
        id: components['schemas']['PostId'];
        /** @description Whether it shares another post. */
        isShare: boolean;
        media: components['schemas']['MediaAsset'][];
        /** @description People named in it, without those between whom and the reader a block stands. */
        mentions: components['schemas']['PostMention'][];
        myReaction: components['schemas']['ReactionKind'] | null;
        /** @description How often people have reacted, by kind. The three counters follow what people do within moments. */
        reactions: components['schemas']['ReactionCount'][];
        shared: components['schemas']['SharedPost'] | null;
        /**
         * Format: int64
         * @description Shares that stand, without private ones.
         */
        shares: number;
        /** @description Hashtags in it, folded, without the sign. */
        tags: string[];
        text: string;
        /**
         * Format: int64
         * @description Grows with each change; the `ETag`.
         */
        version: number;
        /** @description Who may see it. */
        visibility: components['schemas']['Visibility'];
      }[];
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
    };
    /** @description A page of a list; `next_cursor` is `None` at the end. */
    Page_PostCase: {
      /** @description The items, in the list's order. */
      items: {
        author: components['schemas']['User'] | null;
        commentId: components['schemas']['CommentId'] | null;
        decision: components['schemas']['PostDecision'] | null;
        /** @description What it said when it was first reported. */
        excerpt: string;
        /** @description The id of its first report. */
        id: components['schemas']['ReportId'];
        /** @description What it showed then, as far as its author has not removed the files, until the case is decided. */
        media: components['schemas']['MediaAsset'][];
        openedAt: components['schemas']['Timestamp'];
        /** @description The post, or that on which the comment stands. */
        postId: components['schemas']['PostId'];
        /**
         * Format: int64
         * @description People who have reported it, at most 500.
         */
        reportCount: number;
        /** @description The first 100, oldest first. */
        reports: components['schemas']['PostReport'][];
        /** @description `post:<id>` or `comment:<id>`. */
        subject: string;
      }[];
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
    };
    /** @description A page of a list; `next_cursor` is `None` at the end. */
    Page_PostReaction: {
      /** @description The items, in the list's order. */
      items: {
        /** @description Since when. */
        at: components['schemas']['Timestamp'];
        /** @description What they feel. */
        kind: components['schemas']['ReactionKind'];
        /** @description Who. */
        user: components['schemas']['User'];
      }[];
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
    };
    /** @description A page of a list; `next_cursor` is `None` at the end. */
    Page_PostRevision: {
      /** @description The items, in the list's order. */
      items: {
        /** @description When these words were written. */
        at: components['schemas']['Timestamp'];
        /**
         * Format: int32
         * @description 0 for the first words.
         */
        edit: number;
        text: string;
      }[];
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
    };
    /** @description A page of a list; `next_cursor` is `None` at the end. */
    Page_PushDevice: {
      /** @description The items, in the list's order. */
      items: {
        createdAt: components['schemas']['Timestamp'];
        /** @description Whether it was registered by the session that asks. */
        current: boolean;
        id: components['schemas']['DeviceId'];
        /** @description `expo` or `webPush`. */
        kind: string;
        /** @description The push service's host; the rest of the way is not shown again. */
        service: string;
      }[];
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
    };
    /** @description A page of a list; `next_cursor` is `None` at the end. */
    Page_Receipt: {
      /** @description The items, in the list's order. */
      items: {
        cardId: components['schemas']['CardId'];
        entitlementId: components['schemas']['EntitlementId'];
        issuedAt: components['schemas']['Timestamp'];
        price: components['schemas']['Money'];
        runId: components['schemas']['RunId'];
        sellerId: components['schemas']['UserId'];
        /**
         * Format: int64
         * @description Tax contained in the price, in minor units.
         */
        tax: number;
      }[];
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
    };
    /** @description A page of a list; `next_cursor` is `None` at the end. */
    Page_Room: {
      /** @description The items, in the list's order. */
      items: {
        /** @description When its agents speak. */
        agentPolicy: components['schemas']['AgentPolicy'];
        /** @description Agents. */
        agents: components['schemas']['RoomAgent'][];
        /** @description When it was opened. */
        createdAt: components['schemas']['Timestamp'];
        /** @description By whom. */
        createdBy: components['schemas']['UserId'];
        /** @description Changes when history was restored; a resume over another epoch is refused. */
        epoch: string;
        /** @description Id. */
        id: components['schemas']['RoomId'];
        /** @description Direct or group. */
        kind: components['schemas']['RoomKind'];
        lastMessage: components['schemas']['Message'] | null;
        /**
         * Format: int64
         * @description The highest seq, 0 when nothing was said.
         */
        lastSeq: number;
        /** @description How many people. */
        memberCount: number;
        /** @description People, in the order in which they joined; in a list at most 10. */
        members: components['schemas']['RoomMember'][];
        moderatorId: components['schemas']['AgentId'] | null;
        /** @description What I may do. */
        myRole: components['schemas']['Role'];
        /** @description Whether a person's message stops a reply that no person asked for. */
        peopleInterrupt: boolean;
        /** @description Pinned messages, oldest pin first. */
        pinned: components['schemas']['MessageId'][];
        /**
         * Format: int64
         * @description How far I have read.
         */
        readSeq: number;
        /** @description Title of a group. */
        title: string | null;
        /**
         * Format: int64
         * @description How many messages of others are after that.
         */
        unread: number;
        /** @description When somebody last spoke; when it was opened, if nobody did. A list is ordered by it, newest first. */
        updatedAt: components['schemas']['Timestamp'];
      }[];
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
    };
    /** @description A page of a list; `next_cursor` is `None` at the end. */
    Page_Session: {
      /** @description The items, in the list's order. */
      items: {
        /** @description IP address that it was last refreshed from; `local` for the server's own machine. */
        address: string;
        createdAt: components['schemas']['Timestamp'];
        /** @description Whether it is the one that asks. */
        current: boolean;
        /** @description What it calls itself. */
        device: string;
        id: components['schemas']['SessionId'];
        /** @description When its tokens were last refreshed. */
        lastUsedAt: components['schemas']['Timestamp'];
      }[];
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
    };
    /** @description A page of a list; `next_cursor` is `None` at the end. */
    Page_Suggestion: {
      /** @description The items, in the list's order. */
      items: {
        /**
         * Format: int32
         * @description How many friends both have.
         */
        mutualFriends: number;
        /** @description Who. */
        user: components['schemas']['User'];
      }[];
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
    };
    /** @description A page of a list; `next_cursor` is `None` at the end. */
    Page_UsageSum: {
      /** @description The items, in the list's order. */
      items: {
        agentId?: components['schemas']['AgentId'] | null;
        /**
         * Format: int64
         * @description Of these, those answered from the cache.
         */
        cached: number;
        /**
         * Format: int64
         * @description All calls.
         */
        calls: number;
        /**
         * Format: int64
         * @description Tokens written.
         */
        completionTokens: number;
        /** @description What it cost, one amount a currency; empty where no model has a price. */
        costs: components['schemas']['Cost'][];
        /**
         * Format: date
         * @description `2026-01-31`, UTC.
         */
        day?: string | null;
        /**
         * Format: int64
         * @description Of these, those that the provider failed, before their first byte or after it.
         */
        failed: number;
        /** @description `provider/model`; `_OTHER` for what is beyond 1,000 models of one day. */
        model?: string | null;
        /**
         * Format: int64
         * @description Tokens read.
         */
        promptTokens: number;
        roomId?: components['schemas']['RoomId'] | null;
        userId?: components['schemas']['UserId'] | null;
      }[];
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
    };
    /** @description A page of a list; `next_cursor` is `None` at the end. */
    Page_User: {
      /** @description The items, in the list's order. */
      items: {
        /** @description Picture. */
        avatarUrl: string | null;
        /** @description A few words, at most 500 characters. */
        bio: string;
        /** @description When the person joined. */
        createdAt: components['schemas']['Timestamp'];
        /** @description Name on screen, 1-60 characters. */
        displayName: string;
        /** @description Unique name, 3-30 of `[a-z0-9_]`. */
        handle: string;
        /** @description Id, the same as the account's. */
        id: components['schemas']['UserId'];
      }[];
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
    };
    /** @description A page of a list; `next_cursor` is `None` at the end. */
    Page_UserReport: {
      /** @description The items, in the list's order. */
      items: {
        /** @description By whom. */
        by: components['schemas']['UserId'];
        createdAt: components['schemas']['Timestamp'];
        decision: components['schemas']['UserDecision'] | null;
        /** @description In their own words. */
        detail: string;
        id: components['schemas']['ReportId'];
        /** @description The kind of trouble. */
        reason: components['schemas']['ReportReason'];
        subject: components['schemas']['User'] | null;
      }[];
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
    };
    /** @description The parts of a score; their sum is the score. */
    Parts: {
      /**
       * Format: double
       * @description 10 when the author is a friend.
       */
      friendship: number;
      /**
       * Format: double
       * @description Up to 30 for how often you react to or comment on the author's posts; each time counts half after 14 days.
       */
      interactions: number;
      /**
       * Format: double
       * @description 5 when the post has media.
       */
      media: number;
      /**
       * Format: double
       * @description 100 for a post of this moment, halved every 12 hours.
       */
      recency: number;
    };
    /** @description The present password and the next. */
    PasswordChange: {
      /**
       * Format: password
       * @description The present password.
       */
      currentPassword: string;
      /**
       * Format: password
       * @description The next password.
       */
      newPassword: string;
    };
    /** @description Whose password is forgotten. */
    PasswordForgotten: {
      /**
       * Format: email
       * @description E-mail address of the account.
       */
      email: string;
    };
    /** @description The token of the mail and the next password. */
    PasswordReset: {
      /**
       * Format: password
       * @description The next password.
       */
      newPassword: string;
      /** @description The token that the mail brought. */
      token: string;
    };
    /** @description What to pay, and how. */
    Pay: {
      /**
       * @description `card` (Stripe: go on with `clientSecret`), `pm_…` (a saved method of Stripe's); with the built-in provider `test_success`,
       *     `test_decline`, `test_slow` or `test_never`.
       */
      method: string;
      /** @description The order. */
      orderId: components['schemas']['OrderId'];
    };
    /** @description A payment for its payer's eyes. */
    Payment: {
      amount: components['schemas']['Money'];
      /**
       * Format: int32
       * @description From 1.
       */
      attempt?: number | null;
      /** @description What Stripe's library in the browser goes on with, while something is to be done there. */
      clientSecret?: string | null;
      createdAt: components['schemas']['Timestamp'];
      id: components['schemas']['PaymentId'];
      method: string;
      orderId?: components['schemas']['OrderId'] | null;
      /** @description Why it failed. */
      reason?: string | null;
      /** @description What of it went back. */
      refunded: components['schemas']['Money'];
      status: components['schemas']['PaymentStatus'];
    };
    /** Format: uuid */
    PaymentId: string;
    /**
     * @description Where a payment stands.
     * @enum {string}
     */
    PaymentStatus: 'pending' | 'requires_action' | 'processing' | 'succeeded' | 'failed' | 'canceled';
    /** @description A payout for its seller's eyes. */
    Payout: {
      amount: components['schemas']['Money'];
      createdAt: components['schemas']['Timestamp'];
      id: components['schemas']['PayoutId'];
      /** @description Why it failed. */
      reason?: string | null;
      status: components['schemas']['PayoutStatus'];
    };
    /** @description How much, and where to. */
    PayOut: {
      /** @description At most what is available. */
      amount: components['schemas']['Money'];
      /** @description With Stripe one's connected account, `acct_…`. */
      destination?: string | null;
    };
    /** Format: uuid */
    PayoutId: string;
    /**
     * @description Where a payout stands.
     * @enum {string}
     */
    PayoutStatus: 'requested' | 'sending' | 'returning' | 'paid' | 'failed';
    /** @description What to buy. The price is the server's. */
    Place: {
      /** @description The card. */
      cardId: components['schemas']['CardId'];
      /** @description Code of a coupon of the seller, in any case. */
      coupon?: string | null;
      /**
       * Format: int32
       * @description How many, 1 by default.
       */
      quantity?: number | null;
    };
    /** @description A post as one reader sees it. */
    Post: {
      /** @description Who wrote it. */
      author: components['schemas']['User'];
      /**
       * Format: int64
       * @description Comments that stand.
       */
      comments: number;
      createdAt: components['schemas']['Timestamp'];
      editedAt: components['schemas']['Timestamp'] | null;
      /**
       * Format: int32
       * @description How often its words changed.
       */
      edits: number;
      id: components['schemas']['PostId'];
      /** @description Whether it shares another post. */
      isShare: boolean;
      media: components['schemas']['MediaAsset'][];
      /** @description People named in it, without those between whom and the reader a block stands. */
      mentions: components['schemas']['PostMention'][];
      myReaction: components['schemas']['ReactionKind'] | null;
      /** @description How often people have reacted, by kind. The three counters follow what people do within moments. */
      reactions: components['schemas']['ReactionCount'][];
      shared: components['schemas']['SharedPost'] | null;
      /**
       * Format: int64
       * @description Shares that stand, without private ones.
       */
      shares: number;
      /** @description Hashtags in it, folded, without the sign. */
      tags: string[];
      text: string;
      /**
       * Format: int64
       * @description Grows with each change; the `ETag`.
       */
      version: number;
      /** @description Who may see it. */
      visibility: components['schemas']['Visibility'];
    };
    /** @description All reports about one post or comment until somebody decides. */
    PostCase: {
      author: components['schemas']['User'] | null;
      commentId: components['schemas']['CommentId'] | null;
      decision: components['schemas']['PostDecision'] | null;
      /** @description What it said when it was first reported. */
      excerpt: string;
      /** @description The id of its first report. */
      id: components['schemas']['ReportId'];
      /** @description What it showed then, as far as its author has not removed the files, until the case is decided. */
      media: components['schemas']['MediaAsset'][];
      openedAt: components['schemas']['Timestamp'];
      /** @description The post, or that on which the comment stands. */
      postId: components['schemas']['PostId'];
      /**
       * Format: int64
       * @description People who have reported it, at most 500.
       */
      reportCount: number;
      /** @description The first 100, oldest first. */
      reports: components['schemas']['PostReport'][];
      /** @description `post:<id>` or `comment:<id>`. */
      subject: string;
    };
    /** @description What a moderator decided. */
    PostDecision: {
      /** @description What was done. */
      action: components['schemas']['ModerationAction'];
      /** @description When. */
      at: components['schemas']['Timestamp'];
      by: components['schemas']['UserId'] | null;
      /** @description Why. */
      note: string;
    };
    /** @description Changes to a post; what is absent stays. */
    PostEdit: {
      /** @description At most 5,000 characters. The words before are kept. */
      text?: string | null;
      visibility?: components['schemas']['Visibility'] | null;
    };
    /** Format: uuid */
    PostId: string;
    /** @description Somebody who is named in a text. */
    PostMention: {
      /** @description The handle that stands in the text, in lower case. */
      handle: string;
      /** @description Who. */
      userId: components['schemas']['UserId'];
    };
    /** @description Somebody's reaction. */
    PostReaction: {
      /** @description Since when. */
      at: components['schemas']['Timestamp'];
      /** @description What they feel. */
      kind: components['schemas']['ReactionKind'];
      /** @description Who. */
      user: components['schemas']['User'];
    };
    /** @description One report. */
    PostReport: {
      /** @description When. */
      at: components['schemas']['Timestamp'];
      by: components['schemas']['UserId'] | null;
      /** @description In their own words. */
      detail: string;
      /** @description Which. */
      id: components['schemas']['ReportId'];
      /** @description The kind of trouble. */
      reason: components['schemas']['ReportReason'];
    };
    /** @description Words that a post had before. */
    PostRevision: {
      /** @description When these words were written. */
      at: components['schemas']['Timestamp'];
      /**
       * Format: int32
       * @description 0 for the first words.
       */
      edit: number;
      text: string;
    };
    /** @description What is to be done. */
    PostVerdict: {
      /** @description `dismiss`: it may stay. `remove`: it is taken down. `warn`: it stays, and its author is told. */
      action: components['schemas']['ModerationAction'];
      /** @description For the record; with `warn` also for the author. */
      note?: string;
    };
    /** @description A person's privacy choices. */
    Privacy: {
      /** @description Who may open a direct room or add the person to a group: `everyone` or `friends`. */
      directMessages: components['schemas']['Audience'];
      /** @description Whether search and suggestions show this person. */
      findable: boolean;
      /** @description Who sees presence. */
      presence: components['schemas']['Audience'];
    };
    /** @description The body of every failed answer. */
    Problem: {
      /** @description Stable code for programs, such as `chat.not_found`. */
      code: string;
      /** @description Words for people. */
      detail: string;
      error?: components['schemas']['OpenAiError'] | null;
      /** @description The wrong fields, with status 422. */
      errors?: components['schemas']['FieldError'][];
      /** @description The request's id, for a report. */
      requestId: string;
      /**
       * Format: int64
       * @description When to try again.
       */
      retryAfterMs?: number | null;
      /**
       * Format: int32
       * @description HTTP status.
       */
      status: number;
      /** @description Short English title of the status. */
      title: string;
      /** @description `about:blank`, since `code` tells problems apart; under `/v1/messages` `error`, as Anthropic's clients read it. */
      type: string;
    };
    /** @description Changes to one's own profile; what is absent stays. */
    ProfileEdit: {
      /** @description An https address, or `/api/media/{id}` of a picture of one's own, which everybody may see then; null removes it. */
      avatarUrl?: string | null;
      /** @description At most 500 characters. */
      bio?: string | null;
      /** @description 1-60 characters, not all blank. */
      displayName?: string | null;
      /** @description 3-30 of `[a-z0-9_]`. */
      handle?: string | null;
      privacy?: components['schemas']['Privacy'] | null;
    };
    /** @description A provider as it shall be. */
    ProviderSpec: {
      /** @description Whether names that `models` does not list are passed on to it as well. */
      anyModel?: boolean;
      /** @description Its key. Left out, the one it has stays, as long as dialect and address stay; null takes it away. */
      apiKey?: string | null;
      /**
       * @description Where it is; by default where the dialect's own maker serves it. In the public Internet, unless the operator allows
       *     other addresses.
       */
      baseUrl?: string | null;
      /**
       * @description What it speaks, as in the configuration file, but for `demo`.
       * @example openai
       */
      dialect: string;
      /** @description Its models, the first one being its default. */
      models: string[];
    };
    /** @description A device of mine. */
    PushDevice: {
      createdAt: components['schemas']['Timestamp'];
      /** @description Whether it was registered by the session that asks. */
      current: boolean;
      id: components['schemas']['DeviceId'];
      /** @description `expo` or `webPush`. */
      kind: string;
      /** @description The push service's host; the rest of the way is not shown again. */
      service: string;
    };
    /** @description From `start` to just before `end`, over midnight when `end` is earlier. */
    QuietHours: {
      /**
       * @description `HH:MM`, another than `start`.
       * @example 07:00
       */
      end: string;
      /**
       * @description `HH:MM`.
       * @example 22:00
       */
      start: string;
    };
    /** @description How fast, how much at once, and how much in all; absent = no limit. */
    Rates: {
      /**
       * Format: int32
       * @description Calls under way at once in one process, 1 to 10^9.
       * @default null
       */
      concurrent: number | null;
      /**
       * Format: int32
       * @description Calls a minute, 1 to 10^9.
       * @default null
       */
      requestsPerMinute: number | null;
      /**
       * Format: int64
       * @description Tokens a day (UTC), read and written, at most 10^15.
       * @default null
       */
      tokensPerDay: number | null;
      /**
       * Format: int32
       * @description Tokens a minute, read and written, 1 to 10^9.
       * @default null
       */
      tokensPerMinute: number | null;
      /**
       * Format: int64
       * @description Tokens a month (UTC), read and written, at most 10^15.
       * @default null
       */
      tokensPerMonth: number | null;
    };
    /** @description How often people have reacted, by kind. */
    ReactionCount: {
      /**
       * Format: int64
       * @description How many people.
       */
      count: number;
      /** @description Kind. */
      kind: components['schemas']['ReactionKind'];
    };
    /**
     * @description How somebody feels about a post.
     * @enum {string}
     */
    ReactionKind: 'like' | 'love' | 'laugh' | 'wow' | 'sad' | 'angry';
    /** @description How far I have read in a room. */
    ReadMarker: {
      /** @description Which room. */
      roomId: components['schemas']['RoomId'];
      /**
       * Format: int64
       * @description Read up to here.
       */
      seq: number;
      /**
       * Format: int64
       * @description How many messages of others are after that.
       */
      unread: number;
    };
    /** @description What was read: exactly one of the three. */
    ReadThese: {
      /** @description `true`: all. */
      all?: boolean | null;
      /** @description These. Those that are not mine or not there are left alone. */
      ids?: components['schemas']['NotificationId'][] | null;
      upTo?: components['schemas']['Timestamp'] | null;
    };
    ReadUpTo: {
      /**
       * Format: int64
       * @description Read up to here; beyond the end means the end.
       */
      seq: number;
    };
    /** @description A ticket. */
    RealtimeTicket: {
      /**
       * Format: int64
       * @description For how many seconds it holds.
       * @example 30
       */
      expiresIn: number;
      /** @description What to pass as `?ticket=`. Works once. */
      ticket: string;
    };
    /** @description The receipt of a paid message. */
    Receipt: {
      cardId: components['schemas']['CardId'];
      entitlementId: components['schemas']['EntitlementId'];
      issuedAt: components['schemas']['Timestamp'];
      price: components['schemas']['Money'];
      runId: components['schemas']['RunId'];
      sellerId: components['schemas']['UserId'];
      /**
       * Format: int64
       * @description Tax contained in the price, in minor units.
       */
      tax: number;
    };
    /** @description Codes for the day when the authenticator app is lost. */
    RecoveryCodes: {
      /** @description Ten, each good for one sign-in; shown only now. */
      recoveryCodes: string[];
    };
    /** @description A refresh token. */
    Refresh: {
      /** @description The newest refresh token of the session. */
      refreshToken: string;
    };
    /** @description The next pair of tokens. */
    Refreshed: {
      /** @description Bearer token. */
      accessToken: string;
      /**
       * Format: int64
       * @description Seconds that the access token holds.
       */
      expiresIn: number;
      /** @description Replaces the one that was sent. */
      refreshToken: string;
    };
    /** @description A refund. */
    Refund: {
      amount: components['schemas']['Money'];
      askedBy: components['schemas']['UserId'];
      createdAt: components['schemas']['Timestamp'];
      id: components['schemas']['RefundId'];
      orderId: components['schemas']['OrderId'];
      reason: string | null;
      status: components['schemas']['RefundStatus'];
      updatedAt: components['schemas']['Timestamp'];
    };
    /** Format: uuid */
    RefundId: string;
    /**
     * @description Where a refund stands.
     * @enum {string}
     */
    RefundStatus: 'requested' | 'completed' | 'failed';
    /**
     * @description Why no hold was given.
     * @enum {string}
     */
    Refusal: 'sold_out' | 'not_on_sale';
    /**
     * @description When an agent answers people by itself.
     * @enum {string}
     */
    ReplyPolicy: 'mention' | 'always';
    /** @description What is wrong with a person. */
    Report: {
      /** @description In one's own words. */
      detail?: string | null;
      /** @description The kind of trouble. */
      reason: components['schemas']['ReportReason'];
    };
    /** Format: uuid */
    ReportId: string;
    /**
     * @description Why somebody was reported.
     * @enum {string}
     */
    ReportReason: 'spam' | 'abuse' | 'impersonation' | 'other';
    /** @description A run that was asked for. */
    Requested: {
      /** @description Its id, as in `ai.started` and `ai.ended`. */
      runId: components['schemas']['RunId'];
    };
    /** Format: uuid */
    ReviewId: string;
    /**
     * @description What a member may do.
     * @enum {string}
     */
    Role: 'member' | 'admin' | 'owner';
    /** @description A room as one of its members sees it. */
    Room: {
      /** @description When its agents speak. */
      agentPolicy: components['schemas']['AgentPolicy'];
      /** @description Agents. */
      agents: components['schemas']['RoomAgent'][];
      /** @description When it was opened. */
      createdAt: components['schemas']['Timestamp'];
      /** @description By whom. */
      createdBy: components['schemas']['UserId'];
      /** @description Changes when history was restored; a resume over another epoch is refused. */
      epoch: string;
      /** @description Id. */
      id: components['schemas']['RoomId'];
      /** @description Direct or group. */
      kind: components['schemas']['RoomKind'];
      lastMessage: components['schemas']['Message'] | null;
      /**
       * Format: int64
       * @description The highest seq, 0 when nothing was said.
       */
      lastSeq: number;
      /** @description How many people. */
      memberCount: number;
      /** @description People, in the order in which they joined; in a list at most 10. */
      members: components['schemas']['RoomMember'][];
      moderatorId: components['schemas']['AgentId'] | null;
      /** @description What I may do. */
      myRole: components['schemas']['Role'];
      /** @description Whether a person's message stops a reply that no person asked for. */
      peopleInterrupt: boolean;
      /** @description Pinned messages, oldest pin first. */
      pinned: components['schemas']['MessageId'][];
      /**
       * Format: int64
       * @description How far I have read.
       */
      readSeq: number;
      /** @description Title of a group. */
      title: string | null;
      /**
       * Format: int64
       * @description How many messages of others are after that.
       */
      unread: number;
      /** @description When somebody last spoke; when it was opened, if nobody did. A list is ordered by it, newest first. */
      updatedAt: components['schemas']['Timestamp'];
    };
    /** @description An agent in a room. */
    RoomAgent: {
      /** @description Which. */
      agentId: components['schemas']['AgentId'];
      broughtBy?: components['schemas']['UserId'] | null;
      /** @description Its handle, for mentions. */
      handle: string;
      /** @description Its name. */
      name: string;
    };
    /** Format: uuid */
    RoomId: string;
    /**
     * @description Direct rooms have two members at most and never change them; groups do.
     * @enum {string}
     */
    RoomKind: 'direct' | 'group';
    /** @description A person in a room. */
    RoomMember: {
      /** @description Name on screen. */
      displayName: string;
      /** @description Unique name; empty when the account is gone. */
      handle: string;
      /** @description Since when they are here. */
      joinedAt: components['schemas']['Timestamp'];
      /**
       * Format: int64
       * @description How far they have read, 0 when they never did. A list of rooms does not tell it.
       */
      readSeq?: number | null;
      /** @description What they may do. */
      role: components['schemas']['Role'];
      /** @description Who. */
      userId: components['schemas']['UserId'];
    };
    RoomPatch: {
      agentPolicy?: components['schemas']['AgentPolicy'] | null;
      moderatorId?: components['schemas']['AgentId'] | null;
      /** @description Whether a person's message stops a reply that no person asked for; false at first. */
      peopleInterrupt?: boolean | null;
      title?: string | null;
    };
    /** Format: uuid */
    RunId: string;
    /** @description What a buyer may do with an agent; pinned by the order. */
    Scope: {
      /**
       * Format: int32
       * @description In how many rooms one buyer may use it; absent: in any number.
       * @default null
       */
      roomsMax: number | null;
      /**
       * Format: int64
       * @description Tokens, read and written, that it may use for one buyer in a day (UTC); absent: any number.
       * @default null
       */
      tokensPerDayMax: number | null;
    };
    Seating: {
      role?: components['schemas']['Role'] | null;
    };
    /** @description A signed-in device. */
    Session: {
      /** @description IP address that it was last refreshed from; `local` for the server's own machine. */
      address: string;
      createdAt: components['schemas']['Timestamp'];
      /** @description Whether it is the one that asks. */
      current: boolean;
      /** @description What it calls itself. */
      device: string;
      id: components['schemas']['SessionId'];
      /** @description When its tokens were last refreshed. */
      lastUsedAt: components['schemas']['Timestamp'];
    };
    /** Format: uuid */
    SessionId: string;
    /** @description A post inside one that shares it. */
    SharedPost: {
      /** @description Who wrote it. */
      author: components['schemas']['User'];
      createdAt: components['schemas']['Timestamp'];
      editedAt: components['schemas']['Timestamp'] | null;
      id: components['schemas']['PostId'];
      media: components['schemas']['MediaAsset'][];
      mentions: components['schemas']['PostMention'][];
      tags: string[];
      text: string;
    };
    /** @description A person signed in. */
    Signed: {
      /** @description Bearer token. */
      accessToken: string;
      /**
       * Format: int64
       * @description Seconds that the access token holds.
       */
      expiresIn: number;
      /** @description Gives the next pair of tokens, once. */
      refreshToken: string;
      /** @description Who. */
      user: components['schemas']['User'];
    };
    /** @description What somebody says to prove themselves. */
    SignIn: {
      /** @description What to call this device in the list of sessions. */
      device?: string | null;
      /** @description E-mail address or handle. */
      login: string;
      /**
       * Format: password
       * @description Password.
       */
      password: string;
      /** @description Code of the authenticator app, or a recovery code. */
      totp?: string | null;
    };
    /** @description A new member. */
    SignUp: {
      /** @description What to call this device in the list of sessions. */
      device?: string | null;
      /** @description Name on screen. */
      displayName: string;
      /**
       * Format: email
       * @description E-mail address, unique.
       */
      email: string;
      /** @description Unique name. */
      handle: string;
      /**
       * Format: password
       * @description Password.
       */
      password: string;
    };
    /**
     * @description What a side stands for: of two, one is for the motion and one against it; of more, each has a view of its own.
     * @enum {string}
     */
    Stance: 'for' | 'against' | 'own';
    /** @description A month. */
    Statement: {
      /** @description Whether the totals are of all lines of the month: those of its first 20,000 otherwise. */
      complete: boolean;
      items: components['schemas']['StatementLine'][];
      /** @description `YYYY-MM`, UTC. */
      month: string;
      /** @description What to pass as `cursor` for the next page; null at the end. */
      nextCursor: string | null;
      totals: components['schemas']['StatementTotals'][];
    };
    /** @description One movement on a seller's account. */
    StatementLine: {
      /** @description What the seller is owed more; negative: less. */
      amount: components['schemas']['Money'];
      at: components['schemas']['Timestamp'];
      /** @description `complete`, `refund`, `dispute`, `message` or `payout`. */
      kind: string;
      orderId: components['schemas']['OrderId'] | null;
      /** @description What it is of, such as `complete:{order}`. */
      transactionId: string;
    };
    /** @description The sums of a month in one currency, in minor units. */
    StatementTotals: {
      /**
       * Format: int64
       * @description All together.
       */
      change: number;
      currency: components['schemas']['Currency'];
      /**
       * Format: int64
       * @description Of orders and messages.
       */
      earned: number;
      /**
       * Format: int64
       * @description Of payouts; negative.
       */
      paidOut: number;
      /**
       * Format: int64
       * @description Of refunds and lost disputes; negative.
       */
      refunded: number;
    };
    /**
     * @description Where a card stands, in one word.
     * @enum {string}
     */
    Status: 'draft' | 'submitted' | 'approved' | 'rejected' | 'published' | 'suspended' | 'retired';
    /** @description What one of them may use; absent = no limit. */
    SubjectBudget: {
      /**
       * Format: int64
       * @description Micros of the currency's major unit a day (UTC), at most 10^15.
       * @default null
       */
      microsPerDay: number | null;
      /**
       * Format: int32
       * @description Calls a minute, 1 to 10^9.
       * @default null
       */
      requestsPerMinute: number | null;
      /**
       * Format: int64
       * @description Tokens a day (UTC), read and written, at most 10^15.
       * @default null
       */
      tokensPerDay: number | null;
      /**
       * Format: int32
       * @description Tokens a minute, read and written, 1 to 10^9.
       * @default null
       */
      tokensPerMinute: number | null;
    };
    /** @description What is in force, and what became of it today (UTC). */
    SubjectStanding: {
      currency: components['schemas']['Currency'];
      id: string;
      /**
       * Format: int64
       * @description Millionths of the currency's major unit a day; null = no limit.
       */
      microsPerDay: number | null;
      /** @description Whether it is set for this one alone; else the configuration holds. */
      own: boolean;
      /**
       * Format: int32
       * @description Calls a minute.
       */
      requestsPerMinute: number | null;
      /**
       * Format: int64
       * @description Reserved for calls under way, and for a few seconds after.
       */
      reservedMicros: number;
      /**
       * Format: int64
       * @description Reserved for calls under way, and for a few seconds after.
       */
      reservedTokens: number;
      scope: components['schemas']['BudgetScope'];
      /**
       * Format: int64
       * @description Spent today; counted as long as there is a limit.
       */
      spentMicros: number;
      /**
       * Format: int64
       * @description Used today; counted as long as there is a limit.
       */
      spentTokens: number;
      /**
       * Format: int64
       * @description Tokens a day, read and written.
       */
      tokensPerDay: number | null;
      /**
       * Format: int32
       * @description Tokens a minute, read and written.
       */
      tokensPerMinute: number | null;
    };
    /** @description The keys of a browser's subscription, as base64url. */
    SubscriptionKeys: {
      /** @description 16 bytes. */
      auth: string;
      /** @description A point of P-256, uncompressed: 65 bytes. */
      p256dh: string;
    };
    /** @description Somebody one may know. */
    Suggestion: {
      /**
       * Format: int32
       * @description How many friends both have.
       */
      mutualFriends: number;
      /** @description Who. */
      user: components['schemas']['User'];
    };
    /** @description The provider's own books. */
    TestBooks: {
      /** @description In each currency. */
      totals: components['schemas']['Totals'][];
    };
    /** Format: date-time */
    Timestamp: string;
    /** @description How much, and how. */
    TopUp: {
      /** @description Within the limits of the installation. */
      amount: components['schemas']['Money'];
      /** @description As of a payment. */
      method: string;
    };
    /** @description What went through a provider's books in one currency, in minor units. */
    Totals: {
      /** Format: int64 */
      captured: number;
      /**
       * Format: int64
       * @description How often money came in.
       */
      charges: number;
      currency: components['schemas']['Currency'];
      /** Format: int64 */
      paidOut: number;
      /** Format: int64 */
      refunded: number;
    };
    /** @description What is going on. */
    Trending: {
      /** @description When this was reckoned. */
      at: components['schemas']['Timestamp'];
      /**
       * Format: int32
       * @description A reaction, a comment and a share count 1, 2 and 3, and half of it after so many hours.
       */
      halfLifeHours: number;
      /** @description Public posts, the warmest first. */
      posts: components['schemas']['TrendingPost'][];
      /** @description Tags of warm public posts, the warmest first, at most 20. */
      tags: components['schemas']['TrendingTag'][];
    };
    /** @description What people did with a post, as the post itself says to its reader. */
    TrendingParts: {
      /** Format: int64 */
      comments: number;
      /** Format: int64 */
      reactions: number;
      /** Format: int64 */
      shares: number;
    };
    /** @description A warm post. */
    TrendingPost: {
      post: components['schemas']['Post'];
      reason: components['schemas']['TrendingReason'];
    };
    /** @description Why a post is warm. */
    TrendingReason: {
      /** @description Always `trending`. */
      kind: string;
      parts: components['schemas']['TrendingParts'];
      /**
       * Format: double
       * @description What people did, faded by time.
       */
      score: number;
    };
    /** @description A warm tag. */
    TrendingTag: {
      /** @description People who wrote these. */
      people: number;
      /** @description Warm public posts that have it, without those of people whom a block parts from the reader. */
      posts: number;
      /**
       * Format: double
       * @description The sum of its posts' scores.
       */
      score: number;
      /** @description Lower case, without the sign. */
      tag: string;
    };
    /** @description Password and code. */
    TurnOff: {
      /** @description Six digits of the authenticator app, or a recovery code. */
      code: string;
      /**
       * Format: password
       * @description The password.
       */
      password: string;
    };
    /** @description How many are unread. */
    Unread: {
      /**
       * Format: int64
       * @description Exact.
       */
      unread: number;
    };
    /** @description What calls add up to. Only what they are added up by is named. */
    UsageSum: {
      agentId?: components['schemas']['AgentId'] | null;
      /**
       * Format: int64
       * @description Of these, those answered from the cache.
       */
      cached: number;
      /**
       * Format: int64
       * @description All calls.
       */
      calls: number;
      /**
       * Format: int64
       * @description Tokens written.
       */
      completionTokens: number;
      /** @description What it cost, one amount a currency; empty where no model has a price. */
      costs: components['schemas']['Cost'][];
      /**
       * Format: date
       * @description `2026-01-31`, UTC.
       */
      day?: string | null;
      /**
       * Format: int64
       * @description Of these, those that the provider failed, before their first byte or after it.
       */
      failed: number;
      /** @description `provider/model`; `_OTHER` for what is beyond 1,000 models of one day. */
      model?: string | null;
      /**
       * Format: int64
       * @description Tokens read.
       */
      promptTokens: number;
      roomId?: components['schemas']['RoomId'] | null;
      userId?: components['schemas']['UserId'] | null;
    };
    /** @description A person as anybody may see them. */
    User: {
      /** @description Picture. */
      avatarUrl: string | null;
      /** @description A few words, at most 500 characters. */
      bio: string;
      /** @description When the person joined. */
      createdAt: components['schemas']['Timestamp'];
      /** @description Name on screen, 1-60 characters. */
      displayName: string;
      /** @description Unique name, 3-30 of `[a-z0-9_]`. */
      handle: string;
      /** @description Id, the same as the account's. */
      id: components['schemas']['UserId'];
    };
    /** @description What a moderator decided. */
    UserDecision: {
      /** @description What was done. */
      action: components['schemas']['ModerationAction'];
      /** @description When. */
      at: components['schemas']['Timestamp'];
      by: components['schemas']['UserId'] | null;
      /** @description Why. */
      note: string;
    };
    /** Format: uuid */
    UserId: string;
    /** @description A report about a person. */
    UserReport: {
      /** @description By whom. */
      by: components['schemas']['UserId'];
      createdAt: components['schemas']['Timestamp'];
      decision: components['schemas']['UserDecision'] | null;
      /** @description In their own words. */
      detail: string;
      id: components['schemas']['ReportId'];
      /** @description The kind of trouble. */
      reason: components['schemas']['ReportReason'];
      subject: components['schemas']['User'] | null;
    };
    /** @description What is to be done. */
    UserVerdict: {
      /** @description `dismiss`: nothing. `remove`: the person is banned. `warn`: they are told. */
      action: components['schemas']['ModerationAction'];
      /** @description For the record; with `warn` also for the person. */
      note?: string;
    };
    /** @description What a browser subscribes with. */
    VapidKey: {
      /** @description `applicationServerKey`: an uncompressed point of P-256 as base64url. */
      publicKey: string;
    };
    /**
     * @description Who may see a post.
     * @enum {string}
     */
    Visibility: 'public' | 'friends' | 'private';
    /** @description How the audience voted; each is null until the caller has voted or the debate is over. */
    VotingTotals: {
      after: components['schemas']['DebateTotals'] | null;
      before: components['schemas']['DebateTotals'] | null;
    };
    /** @description A wallet. */
    Wallet: {
      /** @description In each currency in which there was anything. */
      balances: components['schemas']['WalletBalance'][];
    };
    /** @description What there is in one currency, in minor units. */
    WalletBalance: {
      /** Format: int64 */
      available: number;
      /** Format: int64 */
      balance: number;
      currency: components['schemas']['Currency'];
      /**
       * Format: int64
       * @description Of it, put aside for messages that are being written.
       */
      held: number;
    };
    /**
     * @description What a budget is for; with its end all of it is there again.
     * @enum {string}
     */
    Window: 'day' | 'month' | 'total';
    /** @description My wishes, whole: what is left out is as usual again. */
    Wishes: {
      /** @description How often a digest comes by e-mail, to a proven address. `off` by default. */
      digest?: components['schemas']['Digest'];
      /** @description Kinds that are to be told otherwise than usual. */
      kinds?: {
        [key: string]: components['schemas']['NotificationChannels'];
      };
      quietHours?: components['schemas']['QuietHours'] | null;
      /**
       * @description IANA name, `UTC` by default: quiet hours and digests go by it.
       * @example Europe/Berlin
       */
      timeZone?: string | null;
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
