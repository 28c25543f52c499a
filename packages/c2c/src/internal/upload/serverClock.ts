/**
 * The time by the server's clock, which decides whether an upload URL has expired.
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

/** A server's clock, set by the server's last response. */
export interface ServerClock {
  /** The server's current time, in epoch milliseconds; `null` if no response has stated it. */
  readonly now: Effect.Effect<number | null>
  /** Sets the clock from a `Date` that has just arrived. */
  readonly set: (date: number) => Effect.Effect<void>
}

/**
 * Makes a clock from the response that created an asset: from its `Date`, or else from the time at which its URLs were signed.
 *
 * **Details**
 *
 * Between two responses it advances with the monotonic clock, so setting the wall clock changes nothing.
 *
 * **Gotchas**
 *
 * The monotonic clock stops during a suspend. The first request afterwards may use an expired URL; the storage rejects it, and
 * that response sets the clock.
 */
export const ofAsset = ({ serverTime, uploadUrls: [first] }: Asset): Effect.Effect<ServerClock> =>
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

/** Wraps the client so that every response of a storage sets the clock. An intermediary's `Date` is ignored. */
export const setBy = (client: HttpClient.HttpClient, clock: ServerClock): HttpClient.HttpClient =>
  HttpClient.tap(client, ({ headers }) => {
    const date = StorageMarks.isStorage(headers) ? RetryHint.serverTime(headers) : undefined
    return date === undefined ? Effect.void : clock.set(date)
  })

/** The difference from which this machine's clock is reported as wrong, in milliseconds: 5 minutes. */
const tolerance = 300_000

/** How far the clock of this machine is ahead of the server's, in milliseconds; `undefined` below 5 minutes or if unknown. */
export const skew = (clock: ServerClock): Effect.Effect<number | undefined> =>
  Effect.map(Effect.all([Clock.currentTimeMillis, clock.now]), ([here, there]) =>
    there === null || Math.abs(here - there) < tolerance ? undefined : Math.round((here - there) / 1000) * 1000,
  )

/** Whether a URL had already expired when it arrived, and whether one has expired since, by the server's clock. */
export const endsOf = (
  urls: ReadonlyArray<Redacted.Redacted<string>>,
  receivedAt: number | null,
  now: number | null,
): { readonly before: boolean; readonly since: boolean } => {
  const ends = urls.flatMap((url) => PresignedUrl.expiresAt(url) ?? [])
  const before = ends.some((end) => receivedAt !== null && end <= receivedAt)
  return { before, since: !before && ends.some((end) => now !== null && end <= now) }
}
