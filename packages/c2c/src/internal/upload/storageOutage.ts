/**
 * Handles an unavailable storage. This module determines how a failed chunk affects the storage's gate, and how an upload
 * waits before it creates an asset.
 */
import * as Timeouts from "@holdfast/core/Timeouts"
import type { Judge, OriginGate, Origins } from "@holdfast/core/Origins"
import * as Verdict from "@holdfast/core/Verdict"
import * as Redirect from "@holdfast/http/Redirect"
import * as TransportCause from "@holdfast/http/TransportCause"
import type { TransportError } from "@holdfast/http/TransportError"
import { S3Error } from "@holdfast/s3/S3Error"
import * as StorageMarks from "@holdfast/s3/StorageMarks"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as SubscriptionRef from "effect/SubscriptionRef"
import * as Policies from "../../Policies.ts"
import * as StorageVerdict from "../../StorageVerdict.ts"
import type { ChunkError } from "./chunkBody.ts"
import type { GateClosed } from "./slot.ts"

type Failure = ChunkError | GateClosed

/**
 * What an upload does if every attempt to send a chunk has failed because the storage is unavailable: `fail` with the last
 * error, or `hold` the chunk until the storage has recovered.
 */
export type Policy = "fail" | "hold"

/** A hint that exceeds this limit ends the upload, as in the retry policy. */
const longestHint = Duration.toMillis(Policies.chunkRetry.hintCap ?? 0)

/** Whether a failure shows that the storage is unavailable or unhealthy, rather than that the chunk or its URL is wrong. */
export const isOutage = (error: Failure): boolean => {
  const { verdict } = error
  if (!("reached" in error) && !StorageVerdict.isS3Error(error)) return false
  if (verdict.retry !== "always" || Verdict.outcomeOf(verdict) === "ignored") return false
  return verdict.retryAfter === undefined || Duration.toMillis(verdict.retryAfter) <= longestHint
}

/** Whether a failure contains evidence, such as text or IDs from S3, that the storage responded. */
const isAnswer = (error: Failure): boolean =>
  error._tag === "IntegrityMismatch" ||
  ("extra" in error && error._tag !== "NotFromS3" && (error.code !== "" || error.requestId !== undefined))

const isUnsent = (error: Failure): boolean => "reached" in error && error.reached === "nothing"

/**
 * Determines how a failed chunk affects the gate of the storage.
 *
 * **Details**
 *
 * With `fail`, any response from the storage opens the gate, and every attempt counts unless it never left this machine. With
 * `hold`, probes of a closed gate are not counted, and a response that shows that the storage is unhealthy keeps the gate
 * closed.
 */
export const judge = (policy: Policy): Judge<Failure> =>
  policy === "fail"
    ? { answered: isAnswer, unsent: isUnsent }
    : {
        answered: (error) => isAnswer(error) && !isOutage(error),
        unsent: (error) => isUnsent(error) || isOutage(error),
      }

/** Returns the same failure with a verdict that closes the gate of the storage. */
const closing = (error: ChunkError): ChunkError => {
  if (!StorageVerdict.isS3Error(error) || error.verdict.closes === "connectivity") return error
  return S3Error.withVerdict(error, { ...error.verdict, closes: "connectivity" })
}

/** Wraps an attempt so that the gate closes when a failure shows that the storage is unhealthy. */
export const closes = <A>(attempt: Effect.Effect<A, ChunkError>): Effect.Effect<A, ChunkError> =>
  Effect.mapError(attempt, (error) => (isOutage(error) ? closing(error) : error))

/**
 * Wraps an attempt that may be a probe of a closed gate. A failed probe ends only after the wait that its response requests,
 * so a server that requests a wait of 10 min is not probed sooner.
 */
export const honours = <A>(attempt: Effect.Effect<A, Failure>, gate: OriginGate): Effect.Effect<A, Failure> =>
  Effect.tapError(attempt, (error) => {
    const hint = error.verdict.retryAfter
    return hint === undefined || gate.gate.isOpen() || !isOutage(error) ? Effect.void : Effect.sleep(hint)
  })

/**
 * Sends a request without credentials to check whether a storage has recovered. Any response from the storage with a status
 * below 500 shows that the storage has recovered. A 4xx response without headers that identify the storage also shows that
 * the storage has recovered, unless its status is 407. A page or a redirect without headers that identify the storage comes
 * from a captive portal.
 */
const ask = (client: HttpClient.HttpClient, origin: string): Effect.Effect<void, TransportError> => {
  const request = HttpClientRequest.head(`${origin}/`)
  return Redirect.unfollowed(client)
    .execute(request)
    .pipe(
      Effect.provideService(HttpClient.TracerDisabledWhen, () => true),
      Effect.mapError(TransportCause.fromHttpClientError),
      Effect.timeoutOrElse({
        duration: Timeouts.probe,
        orElse: () => Effect.fail(TransportCause.make("RequestTimedOut", request)),
      }),
      Effect.flatMap(({ headers, status }) =>
        status < 500 && (StorageMarks.isStorage(headers) || (status >= 400 && status !== 407))
          ? Effect.void
          : Effect.fail(TransportCause.make("CaptivePortal", request, { status })),
      ),
      Effect.asVoid,
    )
}

const probed: Judge<TransportError> = { answered: () => false, unsent: () => true }

/**
 * Waits while any storage is known to be unavailable.
 *
 * **Details**
 *
 * If an asset is created during an outage of the storage and the run then ends, the asset stays empty. The storage of an
 * asset is unknown before the asset is created, so the upload waits for all storages. While the upload waits, it also probes
 * the storages with its own request.
 */
export const over = (client: HttpClient.HttpClient, origins: Origins["Service"]): Effect.Effect<void> =>
  Effect.gen(function* () {
    for (;;) {
      const [away] = yield* SubscriptionRef.get(origins.waiting)
      if (away === undefined) return
      const gate = yield* origins.of(away.origin)
      yield* Effect.ignore(gate.pass(ask(client, away.origin), probed))
    }
  })
