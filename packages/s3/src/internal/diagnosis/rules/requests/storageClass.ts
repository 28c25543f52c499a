/**
 * Rules for storage classes that do not exist, and for archived objects.
 */
import { type Evidence, found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../asked.ts"
import { conditions } from "../../dialects/conditions.ts"
import type { S3Facts } from "../../facts.ts"
import * as Lookup from "../../../errors/lookup.ts"
import { unknown } from "../../../errors/rows.ts"
import { topic } from "../../rule.ts"
import { links } from "./links.ts"

const rule = topic("stated")

/** The meaning of the message in the response, or of its code if the message has no known meaning. */
export const described = (facts: S3Facts): string => {
  const told = facts.words.remark()
  if (told !== "") return `${told} `
  const row = Lookup.find(Lookup.seen(facts.answer))
  return row.class === unknown ? "" : `${row.description}. `
}

/** The code, the vendor's message and the given elements, as evidence. */
export const words = (facts: S3Facts, ...elements: ReadonlyArray<string>) => {
  const { message } = facts.answer
  const evidence: ReadonlyArray<Evidence> = [
    ...Asked.theCode(facts),
    ...(message === "" ? [] : [{ at: "response.body.Message", name: "Message", observed: message }]),
    ...Asked.inAnswer(facts, "ArgumentName", "ArgumentValue", ...elements),
  ]
  return evidence
}

/** Describes what the request must do to access an archived object. */
const archived = (facts: S3Facts): string => {
  const { answer } = facts
  if (Asked.said(facts, "RestoreAlreadyInProgress")) {
    return "The object is already being restored from the archive: wait until the restore is complete (x-amz-restore in the response to a HEAD request shows this)."
  }
  if (/^Restore is not allowed/i.test(answer.message)) {
    return (
      "The object is not archived (its storage class is not GLACIER), so there is nothing to restore: read it " +
      "directly."
    )
  }
  const held = answer.element("StorageClass") ?? answer.element("AccessTier")
  return Asked.said(facts, "InvalidObjectState")
    ? `The object is archived${held === undefined || held === "" ? "" : ` (${held})`}: restore it with ` +
        "RestoreObject, and wait until the restore is complete before reading or copying it."
    : described(facts).trim()
}

export const storageClassRefused = rule({
  code: "HF-S3-SVC-021",
  name: "StorageClassRefused",
  phase: "body",
  title: "The service does not support the storage class, or the object is archived and must be restored first",
  explanation:
    "Storage classes differ between services, regions and bucket types. Archived objects must be restored before " +
    "they are read or copied.",
  fix: [{ text: "remove the storage class, or use one that the bucket supports", safety: "check first" }],
  change: "plan",
  links: [links.classes],
  rivals: [],
  soleCause: "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
  recognise: (facts) =>
    conditions.unsealing(facts)
      ? found({
          confidence: "likely",
          detail:
            "The object is in a cold archive: the first GET request starts to unseal (restore) the object, and Retry-After states that " +
            `it can be retrieved in ${facts.answer.header("retry-after")} s. This response does not mean that a request limit was exceeded.`,
          evidence: [
            {
              at: "response.headers.retry-after",
              name: "Retry-After",
              observed: facts.answer.header("retry-after") ?? "",
            },
          ],
        })
      : Asked.said(facts, "InvalidStorageClass", "InvalidObjectState", "RestoreAlreadyInProgress")
        ? found({
            confidence: "certain",
            detail: archived(facts),
            evidence: [
              ...(facts.header("x-amz-storage-class") === undefined
                ? []
                : [Asked.inHeaders(facts, "x-amz-storage-class")]),
              ...words(facts, "StorageClassRequested", "StorageClass"),
            ],
          })
        : undefined,
})
