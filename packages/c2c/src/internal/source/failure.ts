/**
 * Converts the errors of S3 and of the network to those of an object that is to be uploaded.
 */
import * as Verdict from "@holdfast/core/Verdict"
import type { Folder, ListError } from "@holdfast/s3/S3Listing"
import type { Location, ReadError } from "@holdfast/s3/S3Object"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as LocalFileError from "../../LocalFileError.ts"
import type { SourceError } from "../../source/SourceFile.ts"
import { ObjectDenied, ObjectMissing, ObjectRefused, ObjectUnavailable } from "../../source/ObjectError.ts"

const human = Verdict.never({ change: "human" })

/** Reads `s3://BUCKET/KEY`. */
export const location = (path: string): Effect.Effect<Location, ObjectRefused> => {
  const [, bucket, key] = /^s3:\/\/([\w.-]+)\/(.*[^/])$/s.exec(path) ?? []
  if (bucket !== undefined && key !== undefined) return Effect.succeed({ bucket, key })
  const action = "write s3://BUCKET/KEY"
  return Effect.fail(new ObjectRefused({ path, verdict: human, detail: "the path names no object", action }))
}

/** Reads `s3://BUCKET/FOLDER/` or `s3://BUCKET`. */
export const folder = (path: string): Effect.Effect<Folder, ObjectRefused> => {
  const [, bucket, prefix = ""] = /^s3:\/\/([\w.-]+)(?:\/(.*\/)?)?$/s.exec(path) ?? []
  if (bucket !== undefined) return Effect.succeed({ bucket, prefix })
  const action = "write s3://BUCKET/FOLDER/"
  return Effect.fail(new ObjectRefused({ path, verdict: human, detail: "the path names no folder", action }))
}

/** The remedies for rejected credentials, by S3's code. S3 sends some of them with the status 400. */
const remedies: Readonly<Record<string, string>> = {
  InvalidAccessKeyId: "check the access key ID and the endpoint",
  SignatureDoesNotMatch: "check the secret access key",
  ExpiredToken: "get new session credentials",
  InvalidToken: "check the session token",
  RequestTimeTooSkewed: "set the clock of this machine (NTP)",
  InvalidObjectState: "restore the object from the archive first",
}

/** The most characters of a storage's text in an error. */
const longest = 300

/** The error of a storage that may answer later. */
export const unavailable = (
  path: string,
  detail: string,
  wait: { readonly retryAfter?: Duration.Duration } = {},
): ObjectUnavailable =>
  new ObjectUnavailable({
    path,
    // The verdict must close no gate: the gates of an upload belong to the storage to which it sends.
    verdict: Verdict.always({ outcome: "ignored", applied: "no", ...wait }),
    detail,
    action: "check the endpoint and the network",
  })

/** What a remedy for an object says, and what it says for a folder. */
const words = {
  object: {
    missing: "check the bucket and the key",
    permit: "check the key, and permit these credentials to read it (s3:GetObject)",
  },
  folder: {
    missing: "check the bucket",
    permit: "check the bucket, and permit these credentials to list it (s3:ListBucket)",
  },
}

/** Converts an error. The credentials of the request are not part of it. */
export const of = (path: string, error: ListError | ReadError, what: keyof typeof words = "object"): SourceError => {
  const { verdict } = error
  const code = "code" in error ? error.code : ""
  const detail = [code, error.message || error._tag]
    .filter((text) => text !== "")
    .join(": ")
    .slice(0, longest)
  const status = "status" in error ? error.status : undefined
  if (verdict.retry === "always") {
    const { retryAfter } = verdict
    const wait = retryAfter === undefined ? {} : { retryAfter }
    return unavailable(path, detail, wait)
  }
  if (status === 412 || status === 416) return LocalFileError.changed(path, "the object was replaced")
  if (status === 404) {
    return new ObjectMissing({ path, verdict: human, detail, action: words[what].missing })
  }
  // The code is the server's text, so it may be the name of a property that every object has.
  const remedy = Object.hasOwn(remedies, code) ? remedies[code] : undefined
  if (remedy !== undefined || status === 401 || status === 403) {
    const action = remedy ?? words[what].permit
    return new ObjectDenied({ path, verdict: human, detail, action })
  }
  return new ObjectRefused({
    path,
    verdict: verdict.retry === "once" ? Verdict.once({ outcome: "ignored", applied: "no" }) : human,
    detail,
    action: "check the bucket, the region and the endpoint",
  })
}
