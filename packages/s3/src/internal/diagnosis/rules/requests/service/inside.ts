/**
 * Reasons for internal server errors that can be inferred from the product and the request.
 */
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"

/** The visible reason for an internal server error. */
export const reason = (facts: S3Facts): string | undefined => onWindows(facts) ?? onVolumes(facts)

/** A server on Windows fails if its file system does not permit a name (MinIO, limits of object names). */
const onWindows = (facts: S3Facts): string | undefined => {
  if (!/\bwindows\b/i.test(facts.answer.header("server") ?? "")) return undefined
  const odd = /[:*?"<>|\\]/.exec(Asked.placeOf(facts)?.key ?? "")?.[0]
  return odd === undefined
    ? undefined
    : `The server runs on Windows, whose file system does not permit a ${odd === ":" ? "colon" : odd} in a file name. ` +
        "The object name contains this character, and the server stores objects as files."
}

/** SeaweedFS does not give a more specific reason if no volume has enough space for an upload. */
const onVolumes = (facts: S3Facts): string | undefined =>
  facts.dialect.name === "SeaweedFS" &&
  facts.method !== "GET" &&
  facts.method !== "HEAD" &&
  !facts.answer.body.startsWith("{")
    ? "The fault is inside the server. SeaweedFS reports this error for uploads if no volume has free space or no volume can be created. " +
      "In SeaweedFS, each bucket is a collection with its own volumes."
    : undefined

/**
 * Whether MinIO drives are missing. In this case, MinIO sends SlowDown with a message about a resource that cannot be read or
 * written.
 */
export const isQuorumLost = ({ answer }: S3Facts): boolean =>
  answer.code.startsWith("SlowDown") && /resource requested is un(?:readable|writable)/i.test(answer.message)

/** The reason, shown to the user, why the service is temporarily unavailable. */
export const unavailable = (facts: S3Facts): string => {
  const { answer, dialect } = facts
  if (isQuorumLost(facts)) return quorumLost
  const isWordless = answer.code === "" && answer.message === ""
  return isWordless && answer.status === 503 && dialect.system === "s3" && answer.isMarked
    ? "The request itself is not at fault. A 503 from S3 without a message often means SlowDown: reduce the " +
        "request rate."
    : `The request itself is not at fault.${spoken(facts)}`
}

/** The server's own message, if it contains more than a statement that the server failed. */
export const spoken = ({ answer }: S3Facts): string => {
  const text = answer.message.trim()
  return text === "" || /try again|encountered an internal error|reduce your request rate/i.test(text)
    ? ""
    : ` The server says: "${text.slice(0, 200)}"`
}

const quorumLost =
  "MinIO has no quorum: too few drives or nodes are online, have space or can be read. MinIO's message about the " +
  "request rate is misleading; MinIO keeps it for compatibility. Check the output of mc admin info and the " +
  "server's log; sending fewer requests does not help."
