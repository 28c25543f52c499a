/**
 * Reads the reason of a failure inside a server from its product and the request.
 */
import * as Asked from "../../asked.ts"
import type { S3Facts } from "../../facts.ts"

/** Why the server failed, if the exchange shows it. */
export const reason = (facts: S3Facts): string | undefined => onWindows(facts) ?? onVolumes(facts)

/** A server on Windows fails for names that its file system does not allow (MinIO, limits of object names). */
const onWindows = (facts: S3Facts): string | undefined => {
  if (!/\bwindows\b/i.test(facts.answer.header("server") ?? "")) return undefined
  const odd = /[:*?"<>|\\]/.exec(Asked.placeOf(facts)?.key ?? "")?.[0]
  return odd === undefined
    ? undefined
    : `The server runs on Windows, whose file system takes no ${odd === ":" ? "colon" : odd} in a file name, and the object name has one: this server keeps objects as files.`
}

/** SeaweedFS sends only this if no volume has room for the upload. */
const onVolumes = (facts: S3Facts): string | undefined =>
  facts.dialect.name === "SeaweedFS" &&
  facts.method !== "GET" &&
  facts.method !== "HEAD" &&
  !facts.answer.body.startsWith("{")
    ? "The fault is inside the server. SeaweedFS says so of uploads where no volume has free space, or none can be made: a bucket is a collection with volumes of its own."
    : undefined

/** Whether MinIO lacks drives. It then sends SlowDown with a message that the resource cannot be read or written. */
export const isQuorumLost = ({ answer }: S3Facts): boolean =>
  answer.code.startsWith("SlowDown") && /resource requested is un(?:readable|writable)/i.test(answer.message)

/** Why the service is temporarily unavailable, if the exchange shows it. */
export const unavailable = (facts: S3Facts): string => {
  const { answer, dialect } = facts
  if (isQuorumLost(facts)) return quorumLost
  const isWordless = answer.code === "" && answer.message === ""
  return isWordless && answer.status === 503 && dialect.system === "s3" && answer.isMarked
    ? "The request itself is not at fault. An S3 that says 503 without a word means SlowDown as often: send less at a time."
    : `The request itself is not at fault.${spoken(facts)}`
}

/** The server's own message, if it says more than that the server failed. */
export const spoken = ({ answer }: S3Facts): string => {
  const text = answer.message.trim()
  return text === "" || /try again|encountered an internal error|reduce your request rate/i.test(text)
    ? ""
    : ` The server says: "${text.slice(0, 200)}"`
}

const quorumLost =
  "MinIO has no quorum: too few drives or nodes are online, full or readable for it (the words about the request rate are those of an old code). Look at mc admin info and the server's log; fewer requests do not help."
