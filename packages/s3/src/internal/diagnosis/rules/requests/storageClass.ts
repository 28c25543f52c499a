/**
 * Rules about unknown storage classes and archived objects.
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

/** The meaning of the response's message, or else the error table's text for the code. */
export const described = (facts: S3Facts): string => {
  const told = facts.words.remark()
  if (told !== "") return `${told} `
  const row = Lookup.find(Lookup.seen(facts.answer))
  return row.class === unknown ? "" : `${row.description}. `
}

/** The code, the vendor's message and the given elements as evidence. */
export const words = (facts: S3Facts, ...elements: ReadonlyArray<string>) => {
  const { message } = facts.answer
  const evidence: ReadonlyArray<Evidence> = [
    ...Asked.theCode(facts),
    ...(message === "" ? [] : [{ at: "response.body.Message", name: "Message", observed: message }]),
    ...Asked.inAnswer(facts, "ArgumentName", "ArgumentValue", ...elements),
  ]
  return evidence
}

/** What the archive means for the request. */
const archived = (facts: S3Facts): string => {
  const { answer } = facts
  if (Asked.said(facts, "RestoreAlreadyInProgress")) {
    return "The object is being restored from the archive already: wait until it is (x-amz-restore in the answer to a HEAD tells)."
  }
  if (/^Restore is not allowed/i.test(answer.message)) {
    return "The object is in no archive (its storage class is not GLACIER), so there is nothing to restore: read it as it is."
  }
  const held = answer.element("StorageClass") ?? answer.element("AccessTier")
  return Asked.said(facts, "InvalidObjectState")
    ? `The object is archived${held === undefined || held === "" ? "" : ` (${held})`}: restore it with RestoreObject, and wait for that, before it is read or copied.`
    : described(facts).trim()
}

/** The storage class is rejected. */
export const storageClassRefused = rule({
  code: "HF-S3-SVC-021",
  name: "StorageClassRefused",
  phase: "body",
  title: "The storage class does not exist here, or the object is archived and must be restored first",
  explanation:
    "Storage classes differ between services, regions and kinds of buckets, and objects in an archive must be restored before " +
    "they are read or copied.",
  fix: [{ text: "leave the storage class out, or take one that the bucket has", safety: "check first" }],
  change: "plan",
  links: [links.classes],
  rivals: [],
  soleCause: "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
  recognise: (facts) =>
    conditions.unsealing(facts)
      ? found({
          confidence: "likely",
          detail: `The object is in a cold archive: the first GET begins to unseal (restore) it, and Retry-After says that it can be retrieved in ${facts.answer.header("retry-after")} s. It is no limit of requests.`,
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
