/**
 * Classifies the difference between the received path and the one that was sent.
 */
import { isHidden } from "@holdfast/diagnosis/Redaction"
import { decoded } from "../decoded.ts"

/** The relation between two paths. */
export type Relation =
  | "same"
  /** The received path has one more or one fewer encoding. */
  | "encoded"
  | "decoded"
  /** Something was added at its beginning, or removed from it. */
  | "prefixed"
  | "stripped"
  /** Slashes were merged, `.` and `..` resolved, or a trailing slash removed or added. */
  | "merged"
  /** A + was read as a space. */
  | "blank"
  | "other"
  /** Marks hide the difference. */
  | "untold"

/** Classifies the difference between the received path and the sent one, both as written. */
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

/** A path after normalization: without empty segments, dots and trailing slash. */
export const merged = (path: string): string => {
  const steps: Array<string> = []
  for (const step of path.split("/")) {
    if (step === "..") steps.pop()
    else if (step !== "" && step !== ".") steps.push(step)
  }
  return steps.join("/")
}

/** The segment that occurs twice at the beginning of a path: the bucket, or the first folder. */
export const doubled = (path: string): string | undefined => {
  const [, first = "", second] = decoded(path).split("/")
  return first !== "" && first === second ? first : undefined
}

/** Whether only one segment was added at the beginning, which is not a repetition: the bucket of a custom domain. */
export const isBucketBefore = (sent: string, received: string): boolean => {
  const whole = decoded(received)
  const path = decoded(sent)
  return (
    whole.endsWith(path) &&
    /^\/[^/]{1,255}$/.test(whole.slice(0, whole.length - path.length)) &&
    doubled(received) === undefined
  )
}

/** An unencoded character of a path that S3 encodes before it signs ("Create a canonical request"). */
export const unencoded = (path: string): string | undefined => /[^A-Za-z0-9\-._~/%[\]:]/.exec(path)?.[0]

/** Whether the paths are equal if each unencoded + of a key is a space, as Amazon reads it. */
export const hasPlusForBlank = (sent: string, received: string): boolean =>
  sent.includes("+") && decoded(sent.replaceAll("+", " ")) === decoded(received)

/** The first part of a path that encoders may treat differently, as written. */
export const escaped = (path: string): string | undefined =>
  /%(?:[013-9a-f][\da-f]|2[0-46-9a-e])/i.exec(path)?.[0] ?? /[^A-Za-z0-9\-._~/%[\]:]/.exec(path)?.[0]
