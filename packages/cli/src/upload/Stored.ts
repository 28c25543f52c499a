/**
 * Asks the sandbox inside this process for the SHA-256 of a stored file.
 */
import * as Retry from "@holdfast/core/Retry"
import * as Timeouts from "@holdfast/core/Timeouts"
import * as Verdict from "@holdfast/core/Verdict"
import * as ResponseBody from "@holdfast/http/ResponseBody"
import { StoredAsset } from "@holdfast/sandbox/StoredAsset"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Schema from "effect/Schema"
import * as Crypto from "node:crypto"
import * as Fs from "node:fs"
import * as StreamPromises from "node:stream/promises"

class NotTold extends Data.TaggedError("NotTold")<{ readonly cause: unknown }> {
  readonly verdict = Verdict.always()
}

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(StoredAsset))

/**
 * The asset as stored by the sandbox inside this process; `undefined` if the sandbox does not respond.
 *
 * **Details**
 *
 * Other servers are not asked, because their statement would prove nothing. At most 64 KiB are read.
 */
export const asset = (
  sandbox: string,
  id: string,
): Effect.Effect<StoredAsset | undefined, never, HttpClient.HttpClient> =>
  HttpClient.get(`${sandbox}/sandbox/assets/${encodeURIComponent(id)}`).pipe(
    Effect.flatMap((response) => ResponseBody.readBounded(response)),
    Effect.timeout(Timeouts.request),
    Effect.flatMap(decode),
    Effect.mapError((cause) => new NotTold({ cause })),
    Effect.retry(Retry.policy()),
    // A missing response proves neither that the file is stored nor that it is lost.
    Effect.catchTag("NotTold", () => Effect.undefined),
  )

/** The SHA-256 of a local file in hexadecimal; `undefined` if the file can no longer be read. */
export const sha256 = (path: string): Effect.Effect<string | undefined> =>
  Effect.tryPromise({
    try: async (signal) => {
      const hash = Crypto.createHash("sha256")
      await StreamPromises.pipeline(Fs.createReadStream(path, { highWaterMark: 1024 * 1024 }), hash, { signal })
      return hash.digest("hex")
    },
    catch: () => "unreadable" as const,
  }).pipe(Effect.catch(() => Effect.undefined))
