/**
 * Classifies the difference between the path that arrived and the path that was sent.
 */
import { isHidden } from "@holdfast/diagnosis/Redaction"
import { decoded } from "../decoded.ts"

/** The relation between two paths. */
export type Relation =
  | "same"
  /** The received path was encoded or decoded once more. */
  | "encoded"
  | "decoded"
  /** A prefix was added or removed. */
  | "prefixed"
  | "stripped"
  /** Slashes were merged, `.` and `..` resolved, or a trailing slash dropped or added. */
  | "merged"
  /** A + was read as a blank. */
  | "blank"
  | "other"
  /** Marks hide the relation. */
  | "untold"

/** The relation between the received and the sent path, both as written. */
export const relation = (sent: string, received: string): Relation => {
  const one = decoded(sent)
  const other = decoded(received)
  if (one === other) return "same"
  if (/%25[\da-f]{2}/i.test(received) && decoded(other) === one) return "encoded"
  if (/%25[\da-f]{2}/i.test(sent) && decoded(one) === other) return "decoded"
  if (one.length > 1 && other.endsWith(one)) return "prefixed"
  if (other.length > 1 && one.endsWith(other) && !/^\/+$/.test(one.slice(0, one.length - other.length)))
    return "stripped"
  if (hasPlusForBlank(sent, received)) return "blank"
  if (isHidden(one) || isHidden(other)) return "untold"
  return merged(one) === merged(other) ? "merged" : "other"
}

/** The path after normalization by a server: without empty segments, dots or a trailing slash. */
export const merged = (path: string): string => {
  const steps: Array<string> = []
  for (const step of path.split("/")) {
    if (step === "..") steps.pop()
    else if (step !== "" && step !== ".") steps.push(step)
  }
  return steps.join("/")
}

/** The segment that occurs twice at the start of a path: the bucket, or the first folder. */
export const doubled = (path: string): string | undefined => {
  const [, first = "", second] = decoded(path).split("/")
  return first !== "" && first === second ? first : undefined
}

/** Whether a single segment precedes the path, and only once: the bucket of a custom domain. */
export const isBucketBefore = (sent: string, received: string): boolean => {
  const whole = decoded(received)
  const path = decoded(sent)
  return (
    whole.endsWith(path) &&
    /^\/[^/]{1,255}$/.test(whole.slice(0, whole.length - path.length)) &&
    doubled(received) === undefined
  )
}

/** A character in a path that S3 encodes before signing ("Create a canonical request"). */
export const unencoded = (path: string): string | undefined => /[^A-Za-z0-9\-._~/%[\]:]/.exec(path)?.[0]

/** Whether a path differs only because Amazon reads unencoded + characters as blanks. */
export const hasPlusForBlank = (sent: string, received: string): boolean =>
  sent.includes("+") && decoded(sent.replaceAll("+", " ")) === decoded(received)

/** The first path segment that encoders may treat differently, as written. */
export const escaped = (path: string): string | undefined =>
  /%(?:[013-9a-f][\da-f]|2[0-46-9a-e])/i.exec(path)?.[0] ?? /[^A-Za-z0-9\-._~/%[\]:]/.exec(path)?.[0]
