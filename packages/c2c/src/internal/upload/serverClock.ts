/**
 * The current time according to the server's clock, which determines whether an upload URL has expired.
 */
import * as RetryHint from "@holdfast/http/RetryHint"
import * as PresignedUrl from "@holdfast/s3/PresignedUrl"
import * as StorageMarks from "@holdfast/s3/StorageMarks"
import * as Monotonic from "@holdfast/core/Monotonic"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type * as Redacted from "effect/Redacted"
import type { Asset } from "../../C2cClient.ts"

/** A server's clock, which is set from the server's latest response. */
export interface ServerClock {
  /** The server's current time in epoch milliseconds, or `null` if no response has stated the time. */
  readonly now: Effect.Effect<number | null>
  /** Sets the clock from a `Date` header that was just received. */
  readonly set: (date: number) => Effect.Effect<void>
}

/**
 * Creates a clock from the response that created an asset. The clock starts at the response's `Date`, or else at the time
 * when the asset's URLs were signed.
 *
 * **Details**
 *
 * Between two responses, the clock advances with the monotonic clock, so changing the wall clock has no effect. For an asset
 * that an earlier process created, the clock starts late. A rejection by the storage then reveals expired URLs, and its
 * response sets the clock.
 *
 * **Gotchas**
 *
 * The monotonic clock stops while the machine is suspended. The first request after a suspend may use an expired URL. The
 * storage then rejects the request, and its response sets the clock.
 */
export const ofAsset = ({
  serverTime,
  uploadUrls: [first],
}: Pick<Asset, "serverTime" | "uploadUrls">): Effect.Effect<ServerClock> =>
  Effect.gen(function* () {
    let known: { readonly date: number; readonly at: number } | undefined
    const set: ServerClock["set"] = (date) =>
      Effect.map(Monotonic.millis, (at) => {
        known = { date, at }
      })
    const stated = serverTime ?? (first === undefined ? undefined : PresignedUrl.signedAt(first))
    if (stated !== undefined) yield* set(stated)
    return {
      set,
      now: Effect.map(Monotonic.millis, (now) => (known === undefined ? null : known.date + now - known.at)),
    }
  })

/**
 * Wraps the client so that every response from a storage sets the clock. A `Date` header from an intermediary is ignored.
 */
export const setBy = (client: HttpClient.HttpClient, clock: ServerClock): HttpClient.HttpClient =>
  HttpClient.tap(client, ({ headers }) => {
    const date = StorageMarks.isStorage(headers) ? RetryHint.serverTime(headers) : undefined
    return date === undefined ? Effect.void : clock.set(date)
  })

/** The minimum difference, in milliseconds, at which this machine's clock is reported as wrong: 5 minutes. */
const tolerance = 300_000

/**
 * Returns how far this machine's clock is ahead of the server's clock, in milliseconds, or `undefined` if the difference is
 * unknown or less than 5 minutes.
 */
export const skew = (clock: ServerClock): Effect.Effect<number | undefined> =>
  Effect.map(Effect.all([Clock.currentTimeMillis, clock.now]), ([here, there]) =>
    there === null || Math.abs(here - there) < tolerance ? undefined : Math.round((here - there) / 1000) * 1000,
  )

/**
 * Returns whether a URL had already expired when it was received, and whether a URL has expired since then, according to the
 * server's clock.
 */
export const endsOf = (
  urls: ReadonlyArray<Redacted.Redacted<string>>,
  receivedAt: number | null,
  now: number | null,
): { readonly before: boolean; readonly since: boolean } => {
  const ends = urls.flatMap((url) => PresignedUrl.expiresAt(url) ?? [])
  const before = ends.some((end) => receivedAt !== null && end <= receivedAt)
  return { before, since: !before && ends.some((end) => now !== null && end <= now) }
}
