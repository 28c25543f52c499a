import * as Effect from "effect/Effect"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import type { Route } from "../Route.ts"

export interface Target {
  readonly route: Route
  readonly resource: string
  readonly chunk?: number
}

export interface Guard {
  readonly around: <E, R>(
    target: Target,
    handler: (options: { readonly spoil: boolean }) => Effect.Effect<HttpServerResponse, E, R>,
  ) => Effect.Effect<HttpServerResponse, E, R | HttpServerRequest.HttpServerRequest>
}

export const open: Guard = { around: (_target, handler) => handler({ spoil: false }) }
void Effect
