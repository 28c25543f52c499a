/**
 * Failures inside a server whose reason the product and the request show.
 */
import * as Asked from "../../asked.ts"
import type { S3Facts } from "../../facts.ts"

/** Why the server fails inside, as far as it shows. */
export const reason = (facts: S3Facts): string | undefined => onWindows(facts) ?? onVolumes(facts)

/** A server on Windows trips over names that its file system does not take (MinIO, limits of object names). */
const onWindows = (facts: S3Facts): string | undefined => {
  if (!/\bwindows\b/i.test(facts.answer.header("server") ?? "")) return undefined
  const odd = /[:*?"<>|\\]/.exec(Asked.placeOf(facts)?.key ?? "")?.[0]
  return odd === undefined
    ? undefined
    : `The server runs on Windows, whose file system takes no ${odd === ":" ? "colon" : odd} in a file name, and the object name has one: this server keeps objects as files.`
}

/** SeaweedFS says no more where it finds no volume with room for an upload. */
const onVolumes = (facts: S3Facts): string | undefined =>
  facts.dialect.name === "SeaweedFS" &&
  facts.method !== "GET" &&
  facts.method !== "HEAD" &&
  !facts.answer.body.startsWith("{")
    ? "The fault is inside the server. SeaweedFS says so of uploads where no volume has free space, or none can be made: a bucket is a collection with volumes of its own."
    : undefined

/** Whether MinIO misses drives: it then says SlowDown, and that the resource cannot be read or written. */
export const isQuorumLost = ({ answer }: S3Facts): boolean =>
  answer.code.startsWith("SlowDown") && /resource requested is un(?:readable|writable)/i.test(answer.message)

/** Why the service cannot serve for the moment, as far as it shows. */
export const unavailable = (facts: S3Facts): string => {
  const { answer, dialect } = facts
  if (isQuorumLost(facts)) return quorumLost
  const isWordless = answer.code === "" && answer.message === ""
  return isWordless && answer.status === 503 && dialect.system === "s3" && answer.isMarked
    ? "The request itself is not at fault. An S3 that says 503 without a word means SlowDown as often: send less at a time."
    : `The request itself is not at fault.${spoken(facts)}`
}

/** What the server itself says, where it is more than that it failed. */
export const spoken = ({ answer }: S3Facts): string => {
  const text = answer.message.trim()
  return text === "" || /try again|encountered an internal error|reduce your request rate/i.test(text)
    ? ""
    : ` The server says: "${text.slice(0, 200)}"`
}

const quorumLost =
  "MinIO has no quorum: too few drives or nodes are online, full or readable for it (the words about the request rate are those of an old code). Look at mc admin info and the server's log; fewer requests do not help."
