/**
 * Helper functions for the rules about multipart uploads.
 */
import * as Asked from "../../../asked.ts"
import * as Completion from "../../../completion.ts"
import type { S3Facts } from "../../../facts.ts"
import { topic } from "../../../rule.ts"

/** Creates a rule about multipart uploads. */
export const rule = topic("multipart")

/** The part list in a request that completes an upload; `undefined` for any other request. */
export const completion = (facts: S3Facts): Completion.Completion | undefined => {
  const body = facts.exchange.request?.body
  if (Asked.operationOf(facts) !== "CompleteMultipartUpload") return undefined
  if (body !== undefined) return Completion.read(body)
  return Asked.lengthOf(facts) === 0 ? Completion.read("") : undefined
}
