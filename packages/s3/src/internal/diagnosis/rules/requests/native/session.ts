/**
 * The rule for resumable uploads to Google Cloud Storage, where each session has its own URL.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import { topic } from "../../../rule.ts"

const rule = topic("vendor")

const page = "https://cloud.google.com/storage/docs/resumable-uploads"

/** Whether the request is sent to the session URL of a resumable upload. */
const isToSession = ({ dialect, query }: S3Facts): boolean =>
  dialect.system === "gcs" && (query("upload_id") !== undefined || query("uploadType") === "resumable")

const meanings: Readonly<Record<number, string>> = {
  404: "The session no longer exists. A session URI is valid for a week.",
  410: "The session no longer exists: it failed permanently on the server, or was terminated.",
  499: "The session was cancelled.",
}

export const session = rule({
  code: "HF-S3-MPU-009",
  name: "SessionGone",
  phase: "state",
  title: "The session of the resumable upload no longer exists: the upload must be restarted with a new session",
  explanation:
    "A resumable upload to Google Cloud Storage uses a session with its own address (upload_id). The session is " +
    "valid for a week. After a 404, 410 or 499, the session does not accept more bytes, whatever the cause. One " +
    "possible cause is too many writes to one object. Start a new session, and upload from the beginning.",
  fix: [
    { text: "start a new resumable session after a backoff, and upload from the beginning", safety: "check first" },
  ],
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
      detail: `${meaning}${answer.message === "" ? "" : ` The server reports "${answer.message.trim().slice(0, 200)}".`}`,
      evidence: [
        { at: "response.status", name: "status", observed: String(answer.status) },
        Asked.inQuery(facts, isBegun ? "upload_id" : "uploadType"),
      ],
    })
  },
})
