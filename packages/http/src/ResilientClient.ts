/**
 * Wraps an `HttpClient` with default policies. The resulting client fails only with the vendor's errors and transport errors.
 */
import type { Authorization } from "@holdfast/core/Authorization"
import type { Connectivity } from "@holdfast/core/Connectivity"
import { reader } from "@holdfast/core/InvalidPolicy"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as Timeouts from "@holdfast/core/Timeouts"
import type { Classified } from "@holdfast/core/Verdict"
import type * as Duration from "effect/Duration"
import type * as HttpClient from "effect/http/HttpClient"
import type * as Schedule from "effect/Schedule"
import type { ErrorStatus } from "./ErrorStatus.ts"
import * as HttpPipeline from "./HttpPipeline.ts"
import type { TransportError } from "./TransportError.ts"

/**
 * The policies of the client, in addition to the options of `HttpPipeline.client`. `E` is the union of the vendor's errors.
 */
export interface Options<E extends Classified = ErrorStatus> extends HttpPipeline.ClientOptions<E> {
  /** Determines which errors are retried, and when. Default: `Retry.policy()`. */
  readonly retry?: Schedule.Schedule<unknown, Classified> | undefined
  /** The timeout for each attempt. Default: `Timeouts.request` (15 s). */
  readonly timeout?: Duration.Input | undefined
  /** Attempts wait until this gate is open. Connectivity failures close the gate. */
  readonly connectivity?: Connectivity["Service"] | undefined
  /** Attempts wait until this gate is open and send its token as a bearer token. */
  readonly authorization?: Authorization["Service"] | undefined
  /** Whether a defect is retried once. Default: never. */
  readonly defects?: "once" | "never" | undefined
}

const names: { readonly [Name in keyof Options]-?: true } = {
  decode: true,
  expects: true,
  json: true,
  idempotent: true,
  deadlineHeader: true,
  retry: true,
  timeout: true,
  connectivity: true,
  authorization: true,
  defects: true,
}

/**
 * Wraps a client with `HttpPipeline.client`, using the pipeline that most API clients need: retry( gates( timeout( decode(
 * send )))).
 *
 * **When to use**
 *
 * Use this function to create a client for a single API. For other policies, such as a breaker or a hedge, use
 * `HttpPipeline.client`, which has the same options and defaults.
 */
export const make = <E extends Classified = ErrorStatus>(
  client: HttpClient.HttpClient,
  options: Options<E> = {},
): HttpClient.HttpClient.With<E | TransportError> => {
  reader("ResilientClient").known<Options<E>>(options, names)
  const { authorization, connectivity, defects, retry, timeout = Timeouts.request, ...http } = options
  const pipeline = Pipeline.makeUnsafe(
    Pipeline.retry({ defects, ...(retry === undefined ? {} : { schedule: retry }) }),
    Pipeline.gates({ connectivity, authorization }),
    Pipeline.timeout(timeout),
  )
  return HttpPipeline.client(pipeline, client, http)
}
