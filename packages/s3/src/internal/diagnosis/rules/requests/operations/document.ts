/**
 * Rules for XML documents that S3 rejects, such as the list in a batch delete or the settings of a bucket.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import { links } from "../links.ts"
import { pages, rule, words } from "./topic.ts"

/** The document types, by the query parameter of their request. */
const documents = [
  ["delete", "the list of objects to delete (Delete)"],
  ["lifecycle", "the lifecycle rules (LifecycleConfiguration)"],
  ["cors", "the CORS rules (CORSConfiguration)"],
  ["tagging", "the tags (Tagging)"],
  ["acl", "the ACL (AccessControlPolicy)"],
  ["versioning", "the versioning (VersioningConfiguration)"],
  ["notification", "the notifications (NotificationConfiguration)"],
  ["replication", "the replication rules (ReplicationConfiguration)"],
  ["encryption", "the default encryption (ServerSideEncryptionConfiguration)"],
  ["website", "the website (WebsiteConfiguration)"],
  ["logging", "the logging (BucketLoggingStatus)"],
  ["publicAccessBlock", "the public access block (PublicAccessBlockConfiguration)"],
  ["ownershipControls", "the object ownership (OwnershipControls)"],
  ["object-lock", "the object lock (ObjectLockConfiguration)"],
  ["retention", "the retention (Retention)"],
  ["legal-hold", "the legal hold (LegalHold)"],
  ["restore", "the restore request (RestoreRequest)"],
  ["select", "the select request (SelectObjectContentRequest)"],
] as const

const documentOf = (facts: S3Facts) =>
  documents.find(([parameter]) => facts.query(parameter) !== undefined) ??
  (Asked.operationOf(facts) === "CreateBucket"
    ? (["", "the settings of the new bucket (CreateBucketConfiguration)"] as const)
    : undefined)

/** The maximum number of objects in a batch delete (Amazon S3, "DeleteObjects"). */
const mostDeletes = 1000

const count = (text: string, wanted: string): number => text.split(wanted).length - 1

/** The visible fault in the object list of a batch delete. */
const faultOfDelete = (body: string): string | undefined => {
  const objects = count(body, "<Object>") + count(body, "<Object ")
  if (!body.includes("<Delete")) return "its root element is not Delete"
  if (objects === 0) return "it does not list any objects: S3 treats an empty list as malformed"
  if (objects > mostDeletes) return `it lists ${objects} objects, but one request can delete at most ${mostDeletes}`
  return count(body, "<Key>") + count(body, "<Key ") + count(body, "<Key/") < objects
    ? "one of its Object elements has no Key"
    : undefined
}

const faultOf = (facts: S3Facts): string | undefined => {
  const body = facts.exchange.request?.body
  if (body === undefined) return Asked.lengthOf(facts) === 0 ? "it is empty" : undefined
  const text = body.trim()
  if (text === "") return "it is empty"
  if (!text.startsWith("<")) return "it is not XML"
  if (!text.endsWith(">")) return "it ends too early"
  return facts.query("delete") === undefined ? undefined : faultOfDelete(text)
}

export const documentRefused = rule({
  code: "HF-S3-BODY-020",
  name: "DocumentRefused",
  phase: "body",
  title: "The XML document in the request is not well-formed, or does not match the operation's schema",
  explanation:
    "S3 returns MalformedXML for a document that cannot be parsed: it has an unescaped & or <, is truncated, or is " +
    "JSON. S3 also returns MalformedXML for a schema violation, such as a missing, unknown, empty or misplaced " +
    "element. Other schema violations are an empty list, a batch delete of more than 1000 objects, and the body of " +
    "another operation.",
  fix: [
    {
      text: "compare the document, element by element, with the documented example of the operation",
      safety: "check first",
    },
    { text: "in a batch delete, list between 1 and 1000 objects, and escape & and < in keys", safety: "check first" },
  ],
  change: "plan",
  links: [pages.deleteObjects, links.errors],
  rivals: ["HF-S3-MPU-003"],
  recognise: (facts) => {
    if (!Asked.said(facts, "MalformedXML", "MissingRequestBodyError", "EmptyRequestBody")) return undefined
    if (facts.form !== undefined || Asked.operationOf(facts) === "CompleteMultipartUpload") return undefined
    const document = documentOf(facts)
    const fault = faultOf(facts)
    const what = document === undefined ? "the document" : document[1]
    return found({
      confidence: fault === undefined || document === undefined ? "likely" : "certain",
      detail:
        fault === undefined
          ? Asked.said(facts, "MalformedXML")
            ? `The server cannot use ${what} that it received.`
            : `The server did not receive ${what}: it reports that the request has no body.`
          : `The server cannot use ${what}: ${fault}.`,
      evidence: [
        ...words(facts),
        ...(document === undefined || document[0] === "" ? [] : [Asked.inQuery(facts, document[0])]),
      ],
    })
  },
})
