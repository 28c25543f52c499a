/**
 * Rules about XML documents that S3 rejects: the list of a batch delete, bucket settings.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import { links } from "../links.ts"
import { pages, rule, words } from "./topic.ts"

/** The documents, by the parameter that they are sent with. */
const documents = [
  ["delete", "the list of objects to delete (Delete)"],
  ["lifecycle", "the lifecycle rules (LifecycleConfiguration)"],
  ["cors", "the CORS rules (CORSConfiguration)"],
  ["tagging", "the tags (Tagging)"],
  ["acl", "the ACL (AccessControlPolicy)"],
  ["versioning", "the setting of versions (VersioningConfiguration)"],
  ["notification", "the notifications (NotificationConfiguration)"],
  ["replication", "the replication rules (ReplicationConfiguration)"],
  ["encryption", "the default encryption (ServerSideEncryptionConfiguration)"],
  ["website", "the website (WebsiteConfiguration)"],
  ["logging", "the logging (BucketLoggingStatus)"],
  ["publicAccessBlock", "the block of public access (PublicAccessBlockConfiguration)"],
  ["ownershipControls", "the object ownership (OwnershipControls)"],
  ["object-lock", "the object lock (ObjectLockConfiguration)"],
  ["retention", "the retention (Retention)"],
  ["legal-hold", "the legal hold (LegalHold)"],
  ["restore", "the request to restore (RestoreRequest)"],
  ["select", "the request to select (SelectObjectContentRequest)"],
] as const

const documentOf = (facts: S3Facts) =>
  documents.find(([parameter]) => facts.query(parameter) !== undefined) ??
  (Asked.operationOf(facts) === "CreateBucket"
    ? (["", "the settings of the new bucket (CreateBucketConfiguration)"] as const)
    : undefined)

/** The maximum number of keys in a batch delete (Amazon S3, "DeleteObjects"). */
const mostDeletes = 1000

const count = (text: string, wanted: string): number => text.split(wanted).length - 1

/** The defect of a batch delete's list, if it shows. */
const faultOfDelete = (body: string): string | undefined => {
  const objects = count(body, "<Object>") + count(body, "<Object ")
  if (!body.includes("<Delete")) return "its root is not Delete"
  if (objects === 0) return "it lists no object at all: a list that is empty is malformed to S3"
  if (objects > mostDeletes) return `it lists ${objects} objects, and one request deletes at most ${mostDeletes}`
  return count(body, "<Key>") + count(body, "<Key ") + count(body, "<Key/") < objects
    ? "an Object in it has no Key"
    : undefined
}

const faultOf = (facts: S3Facts): string | undefined => {
  const body = facts.exchange.request?.body
  if (body === undefined) return Asked.lengthOf(facts) === 0 ? "it is empty" : undefined
  const text = body.trim()
  if (text === "") return "it is empty"
  if (!text.startsWith("<")) return "it is not XML"
  if (!text.endsWith(">")) return "it breaks off before its end"
  return facts.query("delete") === undefined ? undefined : faultOfDelete(text)
}

/** The operation does not accept the request's document. */
export const documentRefused = rule({
  code: "HF-S3-BODY-020",
  name: "DocumentRefused",
  phase: "body",
  title: "The XML document in the request is not well-formed, or not what the operation's schema asks for",
  explanation:
    "S3 says MalformedXML of a document that cannot be parsed (an & or < that is not escaped, a body cut short, JSON) and of one " +
    "that breaks its schema: an element missing, unknown, empty or in another order, a list with nothing in it, more than 1000 " +
    "objects in a batch delete, or a body that is another operation's.",
  fix: [
    { text: "compare the document with the example of the operation, element by element", safety: "check first" },
    { text: "in a batch delete list between 1 and 1000 objects, and escape & and < in keys", safety: "check first" },
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
          ? `The server cannot take ${what} that it received${Asked.said(facts, "MalformedXML") ? "" : ": the body is empty"}.`
          : `As for ${what}: ${fault}.`,
      evidence: [
        ...words(facts),
        ...(document === undefined || document[0] === "" ? [] : [Asked.inQuery(facts, document[0])]),
      ],
    })
  },
})
