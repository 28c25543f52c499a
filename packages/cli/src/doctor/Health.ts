/**
 * Sends one health check to the API. Several checks share its result.
 */
import type { C2cError } from "@holdfast/c2c/C2cError"
import * as DeviceCheck from "@holdfast/c2c/DeviceCheck"
import * as Monotonic from "@holdfast/core/Monotonic"
import * as RetryHint from "@holdfast/http/RetryHint"
import type { TransportError } from "@holdfast/http/TransportError"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Client from "../network/Client.ts"
import * as Reach from "../network/Reach.ts"
import type * as Target from "../network/Target.ts"
import type { UsageError } from "../process/PersonError.ts"

/** The result of the health check. */
export interface Health {
  readonly result: Result.Result<void, C2cError | TransportError>
  /** The time from the request to the result, in milliseconds. */
  readonly tookMs: number
  /**
   * How far this machine's clock is ahead of the API's clock, in milliseconds, or `undefined` if no answer states the time.
   * The value is accurate to half of the round trip plus half a second, because a `Date` header has whole seconds.
   */
  readonly aheadMs: number | undefined
}

/** A health check that could not be sent because the proxy settings are invalid. */
export type Asked = Result.Result<Health, UsageError>

/** Sends the health check, with a timeout of 15 s. */
export const ask = (target: Target.Target): Effect.Effect<Asked> =>
  Effect.gen(function* () {
    let aheadMs: number | undefined
    const client = yield* HttpClient.HttpClient
    const timed = HttpClient.transform(client, (response) =>
      Effect.gen(function* () {
        const sent = yield* Clock.currentTimeMillis
        return yield* Effect.tap(response, ({ headers }) =>
          Effect.map(Clock.currentTimeMillis, (received) => {
            const date = RetryHint.serverTime(headers)
            aheadMs = date === undefined ? undefined : (sent + received) / 2 - (date + 500)
          }),
        )
      }),
    )
    const began = yield* Monotonic.millis
    const result = yield* Effect.result(Effect.provideService(DeviceCheck.health, HttpClient.HttpClient, timed))
    return { result, tookMs: (yield* Monotonic.millis) - began, aheadMs }
  }).pipe(Effect.provide(Layer.fresh(Client.asking(target))), Effect.result)

/** The stage of the connection to the API that failed. */
export type Place = "dns" | "network" | "portal" | "tls" | "api"

/** Returns the stage of the connection to the API at which the health check failed, or `undefined` if it succeeded. */
export const failedAt = ({ result }: Health): Place | undefined => {
  if (Result.isSuccess(result)) return undefined
  const error = result.failure
  const status = "status" in error ? error.status : undefined
  if (error._tag === "CaptivePortal" || status === 511) return "portal"
  if (Reach.isTls(error)) return "tls"
  if (error._tag === "DnsFailure") return "dns"
  return Reach.isUnanswered(error._tag) ? "network" : "api"
}
