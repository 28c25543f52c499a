/**
 * Unusual properties of a missing key or bucket that reveal why it was requested.
 */
import * as Asked from "../../../asked.ts"
import { decoded } from "../../../decoded.ts"
import type { S3Facts } from "../../../facts.ts"

/** Properties that turn the key in a URL into a different key. */
const oddities: ReadonlyArray<readonly [RegExp, string]> = [
  [/%25[0-9a-f]{2}/i, "was encoded twice: it contains %25 instead of %, so S3 looked for a name with percent signs"],
  [/^\/\//, "begins with a slash: the path starts with two slashes, and S3 treats the second as part of the key"],
  [/[^:]\/\//, "has two adjacent slashes, which S3 does not treat as one"],
  [
    /\/(?:undefined|null|NaN|\[object|%5Bobject)/i,
    "contains a word that programs write for a missing value (undefined, null)",
  ],
  [/(?:%0[ad]|%20|%09)+$/i, "ends with a line break or a space, which is part of the key"],
  [/\+/, "has a plus sign in the path, where it does not mean a space; a space is written as %20"],
  [
    /%c[cd]%[89ab]/i,
    "has letters in decomposed Unicode (NFD, as macOS writes names), which differ from composed ones (NFC)",
  ],
  [/%20(?:\/|$)|\/%20/, "has a space at the start or end of a path segment"],
  [/%5c/i, "has a backslash, which does not separate folders"],
]

/** The property that turns the intended key into a different one; `undefined` if there is none. */
export const ofKey = (facts: S3Facts): string | undefined => {
  const path = facts.url?.pathname
  return path === undefined ? undefined : oddities.find(([pattern]) => pattern.test(path))?.[1]
}

/** The path prefix that was added or removed in transit, judged by the key that the server looked up. */
export const movedKey = (facts: S3Facts): string | undefined => {
  const { answer, url } = facts
  const key = answer.element("Key")
  if (key === undefined || url === undefined) return undefined
  const sent = decoded(url.pathname)
  const place = Asked.placeOf(facts)
  if (place?.key === key || sent === `/${key}` || sent.length < 2 || key.length < 2) return undefined
  if (`/${key}`.endsWith(sent)) {
    const front = key.slice(0, key.length - sent.length + 1)
    return `The server looked for the key ${key}, but the requested path is ${sent}: an intermediary added the prefix ${front}${
      sent.startsWith(`/${front.replace(/\/$/, "")}/`) ? ", so the prefix occurs twice" : ""
    }. Possible causes are the origin path of a CloudFront distribution and a rewrite rule of a proxy.`
  }
  // Path style, or a bucket before the key, leaves less of the path.
  if (!sent.endsWith(`/${key}`) || place?.style !== "host") return undefined
  return `The server looked for the key ${key}, but the requested path is ${sent}: an intermediary removed the beginning of the path.`
}

/** Whether the bucket occurs in the host and again in the path. */
export const isNamedTwice = (facts: S3Facts): boolean => {
  const place = Asked.placeOf(facts)
  return place?.style === "host" && place.bucket !== undefined && place.key.split("/")[0] === place.bucket
}

/** The property of a bucket name that reveals why the bucket was requested. */
export const ofBucket = (bucket: string, { url }: S3Facts): string => {
  const labels = bucket.split(".")
  const half = labels.length / 2
  if (/^(?:undefined|null|none|nan)$/i.test(bucket))
    return " Programs write this name for a missing value: no bucket is configured."
  if (bucket === url?.hostname && labels.length > 1) {
    return " The server used the whole host name as the bucket name. A custom domain (CNAME) reaches only a bucket with the same name, and a proxy must send the bucket's host in the Host header."
  }
  return half >= 1 && Number.isInteger(half) && labels.slice(0, half).join(".") === labels.slice(half).join(".")
    ? " The bucket name occurs twice: the endpoint already contains the bucket, and the client adds it again."
    : ""
}
