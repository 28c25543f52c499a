/**
 * Rule for resumable uploads of Google Cloud Storage, whose session has its own address.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import { topic } from "../../../rule.ts"

const rule = topic("vendor")

const page = "https://cloud.google.com/storage/docs/resumable-uploads"

/** Whether the request addresses the session of a resumable upload. */
const isToSession = ({ dialect, query }: S3Facts): boolean =>
  dialect.system === "gcs" && (query("upload_id") !== undefined || query("uploadType") === "resumable")

const meanings: Readonly<Record<number, string>> = {
  404: "The session no longer exists: a session URI is valid for a week.",
  410: "The session is gone: it failed permanently on the server, or was ended.",
  499: "The session was cancelled.",
}

export const session = rule({
  code: "HF-S3-MPU-009",
  name: "SessionGone",
  phase: "state",
  title: "The session of the resumable upload no longer exists: the upload has to start again with a new session",
  explanation:
    "A resumable upload of Google Cloud Storage has a session with an address (upload_id), which is valid for a " +
    "week. After 404, 410 or 499 it accepts no more bytes, whatever the reason was (for example too many writes to " +
    "one object): start a new session and upload from the beginning.",
  fix: [{ text: "start a new resumable session and upload from the beginning, with backoff", safety: "check first" }],
  change: "url",
  links: [page, "https://cloud.google.com/storage/docs/json_api/v1/status-codes"],
  rivals: [],
  soleCause: page,
  recognise: (facts) => {
    const { answer } = facts
    const meaning = meanings[answer.status]
    if (meaning === undefined || !isToSession(facts) || /bucket/i.test(answer.message)) return undefined
    const isBegun = facts.query("upload_id") !== undefined
    if (!isBegun && answer.status === 404) return undefined
    return found({
      confidence: isBegun ? "certain" : "likely",
      detail: `${meaning}${answer.message === "" ? "" : ` The server says "${answer.message.trim().slice(0, 200)}".`}`,
      evidence: [
        { at: "response.status", name: "status", observed: String(answer.status) },
        Asked.inQuery(facts, isBegun ? "upload_id" : "uploadType"),
      ],
    })
  },
})
