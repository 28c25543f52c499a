/**
 * Finds oddities in the name of a missing key or bucket that explain why it was requested.
 */
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"

/** Oddities in a URL's key that turn it into another key. */
const oddities: ReadonlyArray<readonly [RegExp, string]> = [
  [/%25[0-9a-f]{2}/i, "was encoded twice: %25 stands where % was, so S3 looked for a name with percent signs in it"],
  [/^\/\//, "begins with a slash: the path has two at its start, and S3 takes the second for part of the key"],
  [/[^:]\/\//, "has two slashes side by side, which are another key than one"],
  [
    /\/(?:undefined|null|NaN|\[object|%5Bobject)/i,
    "has a word in it that a program writes for a value that it lacks (undefined, null)",
  ],
  [/\+/, "has a plus sign in the path: there it is a plus and no blank, which is %20"],
  [
    /%c[cd]%[89ab]/i,
    "has letters in decomposed Unicode (NFD, as macOS writes names), which differ from composed ones (NFC)",
  ],
  [/%20(?:\/|$)|\/%20/, "has a blank at the beginning or end of a name"],
  [/%5c/i, "has a backslash in it, which is no divider of folders"],
]

/** The oddity that turned the intended key into another one. `undefined` without one. */
export const ofKey = (facts: S3Facts): string | undefined => {
  const path = facts.url?.pathname
  return path === undefined ? undefined : oddities.find(([pattern]) => pattern.test(path))?.[1]
}

/** Whether the bucket is in the host and again in the path. */
export const isNamedTwice = (facts: S3Facts): boolean => {
  const place = Asked.placeOf(facts)
  return place?.style === "host" && place.bucket !== undefined && place.key.split("/")[0] === place.bucket
}

/** What a bucket's name reveals about why it was requested. */
export const ofBucket = (bucket: string, { url }: S3Facts): string => {
  const labels = bucket.split(".")
  const half = labels.length / 2
  if (/^(?:undefined|null|none|nan)$/i.test(bucket))
    return " A program writes so for a value that it lacks: no bucket is configured."
  if (bucket === url?.hostname && labels.length > 1) {
    return " That is the host's own name: a domain (CNAME) reaches only a bucket that is called like it, and a proxy has to send the bucket's host."
  }
  return half >= 1 && Number.isInteger(half) && labels.slice(0, half).join(".") === labels.slice(half).join(".")
    ? " The name stands there twice: the endpoint already has the bucket in it, and the client adds it again."
    : ""
}
