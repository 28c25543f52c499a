/**
 * An `HttpClient` in, an `HttpClient` out, whose errors are the vendor's union and the transport errors.
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
import type { HttpAnswer } from "./HttpAnswer.ts"
import * as HttpPipeline from "./HttpPipeline.ts"
import type { TransportError } from "./TransportError.ts"

/** What surrounds the calls of a client. `E` is the vendor's union. */
export interface Options<E extends Classified> {
  /** The vendor's decoder, for every answer from status 400 up. Must be total. */
  readonly decode: (answer: HttpAnswer) => E
  /** The statuses that are a success. Default: 200, 201 and 204. Others below 400 are `UnexpectedStatus`. */
  readonly expects?: ReadonlyArray<number> | undefined
  /** Whether every body that is a success is JSON: then it is read within the attempt, and HTML is a `CaptivePortal`. */
  readonly json?: boolean | undefined
  /** Which errors are sent again, and when. Default: `Retry.policy()`. */
  readonly retry?: Schedule.Schedule<unknown, Classified> | undefined
  /** The time of one attempt. Default: `Timeouts.request`, 15 s. */
  readonly timeout?: Duration.Input | undefined
  /** Attempts wait for this gate; failures to exchange close it. */
  readonly connectivity?: Connectivity["Service"] | undefined
  /** Attempts wait for this gate, and carry its token as their bearer token. */
  readonly authorization?: Authorization["Service"] | undefined
  /** Whether a defect is retried once. Default: never. */
  readonly defects?: "once" | "never" | undefined
  /** Whether every request may be sent twice, whatever its method is. Default: no. */
  readonly idempotent?: boolean | undefined
}

const names: { readonly [Name in keyof Options<Classified>]-?: true } = {
  decode: true,
  expects: true,
  json: true,
  retry: true,
  timeout: true,
  connectivity: true,
  authorization: true,
  defects: true,
  idempotent: true,
}

/**
 * Wraps a client in the pipeline: retry( gates( timeout( decode( send )))).
 *
 * **Details**
 *
 * Each attempt runs the given client again, its request transformations included; transformations of the resulting client
 * run once a call. A result is a success, the vendor's error (status 400 and up), or a transport error. With `json`, the body
 * of a success is read and parsed within the attempt, so that a truncated response is retried, and the returned response has
 * its body in memory. The vendor's decoder gets at most 64 KiB of a body.
 *
 * A POST or PATCH without an `idempotency-key` is retried only if the verdict of the error says that the server has not carried
 * it out (`applied: "no"`). Otherwise the call fails with a transport error that has the verdict `never` and `reached: "maybe"`.
 * A defect does not show what reached the server, so `defects: "once"` does not apply to such requests.
 *
 * **Gotchas**
 *
 * Without `json` the body of a success is the caller's to read, outside the attempt: neither retried nor timed.
 */
export const make = <E extends Classified>(
  client: HttpClient.HttpClient,
  options: Options<E>,
): HttpClient.HttpClient.With<E | TransportError> => {
  reader("ResilientClient").known(options, names)
  const { authorization, connectivity, decode, defects, expects = [200, 201, 204], idempotent, json } = options
  const pipeline = Pipeline.makeUnsafe(
    Pipeline.retry({ defects, ...(options.retry === undefined ? {} : { schedule: options.retry }) }),
    Pipeline.gates({ connectivity, authorization }),
    Pipeline.timeout(options.timeout ?? Timeouts.request),
  )
  return HttpPipeline.client(pipeline, client, { decode, expects, idempotent, json })
}
