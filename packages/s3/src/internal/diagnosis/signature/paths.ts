/**
 * Classifies the difference between the received path and the sent path.
 */
import { isHidden } from "@holdfast/diagnosis/Redaction"
import { decoded } from "../decoded.ts"

/** The relation between two paths. */
export type Relation =
  | "same"
  /** The received path was encoded once more or once less than the sent path. */
  | "encoded"
  | "decoded"
  /** A segment was added or removed at the start of the path. */
  | "prefixed"
  | "stripped"
  /** Slashes were merged, `.` and `..` were resolved, or a trailing slash was removed or added. */
  | "merged"
  /** A + was decoded as a space. */
  | "blank"
  | "other"
  /** Redaction placeholders hide the difference. */
  | "untold"

/** Classifies the difference between the received path and the sent path, both as written. */
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

/** A normalized path, without empty segments, dot segments and a trailing slash. */
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

/** Whether exactly one segment, which differs from the next one, was added at the start: the bucket of a custom domain. */
export const isBucketBefore = (sent: string, received: string): boolean => {
  const whole = decoded(received)
  const path = decoded(sent)
  return (
    whole.endsWith(path) &&
    /^\/[^/]{1,255}$/.test(whole.slice(0, whole.length - path.length)) &&
    doubled(received) === undefined
  )
}

/** An unencoded path character that S3 encodes before it signs ("Create a canonical request"). */
export const unencoded = (path: string): string | undefined => /[^A-Za-z0-9\-._~/%[\]:]/.exec(path)?.[0]

/** Whether the paths are equal if each unencoded + in a key means a space, as Amazon interprets it. */
export const hasPlusForBlank = (sent: string, received: string): boolean =>
  sent.includes("+") && decoded(sent.replaceAll("+", " ")) === decoded(received)

/** The first escape sequence or character of a path that URL encoders may treat differently, as written. */
export const escaped = (path: string): string | undefined =>
  /%(?:[013-9a-f][\da-f]|2[0-46-9a-e])/i.exec(path)?.[0] ?? /[^A-Za-z0-9\-._~/%[\]:]/.exec(path)?.[0]
