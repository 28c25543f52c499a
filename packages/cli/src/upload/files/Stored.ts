/**
 * Queries the sandbox in this process for the SHA-256 of a stored file.
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
 * Returns the asset as the sandbox in this process stored it, or `undefined` if the sandbox does not return the asset.
 *
 * **Details**
 *
 * Other servers are not queried, because their responses would not prove anything. At most 64 KiB of the response is read.
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

/** Returns the SHA-256 of a local file in hexadecimal, or `undefined` if the file can no longer be read. */
export const sha256 = (path: string): Effect.Effect<string | undefined> =>
  Effect.tryPromise({
    try: async (signal) => {
      const hash = Crypto.createHash("sha256")
      await StreamPromises.pipeline(Fs.createReadStream(path, { highWaterMark: 1024 * 1024 }), hash, { signal })
      return hash.digest("hex")
    },
    catch: () => "unreadable" as const,
  }).pipe(Effect.catch(() => Effect.undefined))
