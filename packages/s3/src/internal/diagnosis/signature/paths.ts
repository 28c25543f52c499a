/**
 * How the path that arrived differs from the one that was sent.
 */
import { isHidden } from "@holdfast/diagnosis/Redaction"
import { decoded } from "../decoded.ts"

/** How two paths differ. */
export type Relation =
  | "same"
  /** The one that arrived was encoded once more, or once less. */
  | "encoded"
  | "decoded"
  /** Something stands in front of it, or was taken from its front. */
  | "prefixed"
  | "stripped"
  /** Slashes were merged, `.` and `..` resolved, a slash at the end dropped or added. */
  | "merged"
  /** A + was read as a blank. */
  | "blank"
  | "other"
  /** Marks hide it. */
  | "untold"

/** How the path that arrived differs from the one that was sent; both as they are written. */
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

/** What a server makes of a path that cleans paths: no empty steps, no dots, no slash at the end. */
export const merged = (path: string): string => {
  const steps: Array<string> = []
  for (const step of path.split("/")) {
    if (step === "..") steps.pop()
    else if (step !== "" && step !== ".") steps.push(step)
  }
  return steps.join("/")
}

/** What stands twice at the front of a path: the bucket, or the first folder. */
export const doubled = (path: string): string | undefined => {
  const [, first = "", second] = decoded(path).split("/")
  return first !== "" && first === second ? first : undefined
}

/** Whether one step alone stands in front, and not twice: that of a bucket which a host of one's own names. */
export const isBucketBefore = (sent: string, received: string): boolean => {
  const whole = decoded(received)
  const path = decoded(sent)
  return (
    whole.endsWith(path) &&
    /^\/[^/]{1,255}$/.test(whole.slice(0, whole.length - path.length)) &&
    doubled(received) === undefined
  )
}

/** A character that stands in a path as it is and that S3 encodes before it signs ("Create a canonical request"). */
export const unencoded = (path: string): string | undefined => /[^A-Za-z0-9\-._~/%[\]:]/.exec(path)?.[0]

/** Whether a path is another one where the signs + of its keys are blanks, as Amazon takes those that are not encoded. */
export const hasPlusForBlank = (sent: string, received: string): boolean =>
  sent.includes("+") && decoded(sent.replaceAll("+", " ")) === decoded(received)

/** The first step of a path that an encoder can have treated in another way, as it stands in the path. */
export const escaped = (path: string): string | undefined =>
  /%(?:[013-9a-f][\da-f]|2[0-46-9a-e])/i.exec(path)?.[0] ?? /[^A-Za-z0-9\-._~/%[\]:]/.exec(path)?.[0]
