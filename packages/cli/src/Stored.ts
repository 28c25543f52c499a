/**
 * What the server stored, where it can be asked: only the sandbox tells, by SHA-256.
 */
import * as Retry from "@holdfast/core/Retry"
import * as Timeouts from "@holdfast/core/Timeouts"
import * as Verdict from "@holdfast/core/Verdict"
import { StoredAsset } from "@holdfast/sandbox/StoredAsset"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Schema from "effect/Schema"
import * as Crypto from "node:crypto"
import * as Fs from "node:fs"
import * as StreamPromises from "node:stream/promises"

/** The header by which the sandbox makes itself known at `/health`. */
const mark = "x-holdfast-sandbox"

class NotTold extends Data.TaggedError("NotTold")<{ readonly cause: unknown }> {
  readonly verdict = Verdict.always()
}

const get = (url: string) =>
  HttpClient.get(url).pipe(
    Effect.flatMap((response) => Effect.map(response.text, (body) => ({ headers: response.headers, body }))),
    Effect.timeout(Timeouts.request),
    Effect.mapError((cause) => new NotTold({ cause })),
  )

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(StoredAsset))

/**
 * The asset as the server stored it, or nothing when the server does not tell.
 *
 * **Details**
 *
 * `embedded` skips the question whether this is a sandbox, which its faults may leave without an answer.
 */
export const asset = (
  api: string,
  id: string,
  embedded: boolean,
): Effect.Effect<StoredAsset | undefined, never, HttpClient.HttpClient> =>
  Effect.gen(function* () {
    if (!embedded && (yield* get(`${api}/health`)).headers[mark] === undefined) return undefined
    const { body } = yield* get(`${api}/sandbox/assets/${encodeURIComponent(id)}`)
    return yield* Effect.mapError(decode(body), (cause) => new NotTold({ cause }))
  }).pipe(
    Effect.retry(Retry.policy()),
    // No answer is no proof, and no reason to call a stored file lost.
    Effect.catchTag("NotTold", () => Effect.undefined),
  )

/** The SHA-256 of a local file, in hexadecimal, or nothing when it cannot be read any more. */
export const sha256 = (path: string): Effect.Effect<string | undefined> =>
  Effect.tryPromise({
    try: async (signal) => {
      const hash = Crypto.createHash("sha256")
      await StreamPromises.pipeline(Fs.createReadStream(path, { highWaterMark: 1024 * 1024 }), hash, { signal })
      return hash.digest("hex")
    },
    catch: () => "unreadable" as const,
  }).pipe(Effect.catch(() => Effect.undefined))
