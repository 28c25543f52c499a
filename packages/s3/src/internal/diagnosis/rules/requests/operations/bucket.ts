/**
 * Rules for buckets that cannot be created or deleted, or that reject a policy.
 */
import { type Evidence, found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import { links } from "../links.ts"
import { bucketOf, pages, rule, words } from "./topic.ts"

/** The region in a message about location constraints; `unspecified` if the request had none. */
const named = ({ answer }: S3Facts): string | undefined =>
  answer.element("LocationConstraint") ??
  /\bthe ([\w-]{1,40}) location constraint is incompatible/i.exec(answer.message)?.[1]

/** The LocationConstraint in the request body. */
const asked = ({ exchange }: S3Facts): string | undefined => {
  const body = exchange.request?.body ?? ""
  const start = body.indexOf("<LocationConstraint>")
  const end = start === -1 ? -1 : body.indexOf("<", start + 1)
  return end === -1 ? undefined : body.slice(start + "<LocationConstraint>".length, end).trim()
}

/** Whether the request creates a bucket, by the request itself or by a response about its constraint. */
export const isCreation = (facts: S3Facts): boolean =>
  Asked.operationOf(facts) === "CreateBucket" ||
  Asked.said(facts, "InvalidLocationConstraint") ||
  (facts.method === undefined && /\bunspecified location constraint\b/i.test(facts.answer.message))

const constraintDetail = (facts: S3Facts, constraint: string | undefined, region: string | undefined): string => {
  const host = region === undefined ? "the region of the endpoint" : region
  if (Asked.said(facts, "InvalidLocationConstraint")) {
    if (constraint === "us-east-1") {
      return (
        "The request names us-east-1, which is the default and not a valid LocationConstraint: omit the constraint " +
        "there."
      )
    }
    if (constraint !== undefined && /^[a-z]{2}(?:-[a-z]{1,12}){1,3}-\d[a-z]$/.test(constraint)) {
      return `${constraint} is an Availability Zone; the LocationConstraint names a region: ${constraint.slice(0, -1)}.`
    }
    return constraint === undefined || constraint === ""
      ? "The LocationConstraint is empty or invalid. us-east-1 is the default and must not be named: omit the " +
          "constraint there."
      : `This endpoint does not accept ${constraint} as LocationConstraint: the region is mistyped or not enabled ` +
          "for the account, or it is us-east-1, which is the default and must not be named."
  }
  return constraint === undefined || constraint === "unspecified"
    ? "The request has no LocationConstraint, which means us-east-1, but went to the endpoint of another region. " +
        `At a regional endpoint the LocationConstraint must name its region: ${host}.`
    : `The LocationConstraint is ${constraint}, but the request was sent to the endpoint of ` +
        `${region ?? "another region"}: create the bucket at the endpoint of ${constraint}, or name the region of ` +
        "the endpoint."
}

export const locationRefused = rule({
  code: "HF-S3-SVC-010",
  name: "LocationRefused",
  phase: "place",
  title: "The LocationConstraint of the new bucket does not match the endpoint",
  explanation:
    "CreateBucket names the region in LocationConstraint, and it must be that of the called endpoint (and of the " +
    "signature). us-east-1 is the exception: it is the default, is selected by omitting the constraint, and " +
    "rejected as a value.",
  fix: [
    {
      text: "send LocationConstraint with the region of the endpoint, or nothing for us-east-1 (aws s3api create-bucket --create-bucket-configuration LocationConstraint=REGION)",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [pages.createBucket, links.errors],
  rivals: [],
  soleCause: pages.createBucket,
  recognise: (facts) => {
    if (!Asked.said(facts, "InvalidLocationConstraint", "IllegalLocationConstraintException")) return undefined
    if (!isCreation(facts)) return undefined
    const constraint = named(facts) ?? asked(facts)
    const region = Asked.placeOf(facts)?.region
    const evidence: ReadonlyArray<Evidence> = [
      ...words(facts, "LocationConstraint"),
      ...(facts.url === undefined ? [] : [{ at: "request.url", name: "host", observed: facts.url.hostname }]),
    ]
    return found({
      confidence: facts.method === undefined ? "likely" : "certain",
      detail: constraintDetail(facts, constraint, region),
      evidence,
      about: ["LocationConstraint"],
    })
  },
})

export const bucketNameTaken = rule({
  code: "HF-S3-SVC-011",
  name: "BucketNameTaken",
  phase: "state",
  title: "A bucket with this name already exists and cannot be created again",
  explanation:
    "All accounts of a partition share the names of buckets. Either another account owns the name, or this account " +
    "does, often in another region or by an earlier run of the same program. In us-east-1 creating your own bucket " +
    "again succeeds; elsewhere it is an error.",
  fix: [
    { text: "if the bucket is yours, use it: nothing needs to be created", safety: "check first" },
    { text: "otherwise choose another name, with a prefix that is unlikely to be taken", safety: "check first" },
  ],
  change: "plan",
  links: [pages.createBucket, links.bucketNames],
  rivals: [],
  soleCause: pages.errors,
  recognise: (facts) => {
    const isOwn = Asked.said(facts, "BucketAlreadyOwnedByYou")
    if (!isOwn && !Asked.said(facts, "BucketAlreadyExists")) return undefined
    return found({
      confidence: "certain",
      detail: isOwn
        ? `${bucketOf(facts)} already belongs to this account: an earlier request created it.`
        : `${bucketOf(facts)} already exists and is owned by another account${facts.dialect.system === "s3" ? "" : ", or by this one"}: the name is taken.`,
      evidence: words(facts, "BucketName"),
    })
  },
})

export const bucketNotEmpty = rule({
  code: "HF-S3-SVC-012",
  name: "BucketNotEmpty",
  phase: "state",
  title: "The bucket still has objects, versions or delete markers in it, and only an empty one can be deleted",
  explanation:
    "A bucket can be deleted only if nothing is in it: no object, no older version, no delete marker, and on some " +
    "storages no unfinished multipart upload. The listing of a versioned bucket can be empty although all versions " +
    "still exist.",
  fix: [
    {
      text: "delete every object and every version and delete marker (ListObjectVersions), abort unfinished uploads, then the bucket",
      safety: "check first",
    },
  ],
  change: "human",
  links: [pages.deleteBucket],
  rivals: [],
  soleCause: pages.errors,
  recognise: (facts) =>
    Asked.said(facts, "BucketNotEmpty")
      ? found({
          confidence: "certain",
          detail: `${bucketOf(facts)} is not empty${/all versions/i.test(facts.answer.message) ? ": it still has versions or delete markers" : ""}.`,
          evidence: words(facts, "BucketName"),
        })
      : undefined,
})

/** The meaning of a message about a policy; the first match counts. */
const policyFaults: ReadonlyArray<readonly [RegExp, string]> = [
  [
    /invalid principal/i,
    "A Principal is invalid: the user, role or account does not exist or was deleted, or its ARN or id is mistyped.",
  ],
  [
    /action does not apply to any resource/i,
    "An Action does not match its Resource: actions on objects need arn:aws:s3:::bucket/*, those on the bucket " +
      "arn:aws:s3:::bucket.",
  ],
  [
    /invalid resource/i,
    "A Resource is not this bucket, or its ARN is mistyped: arn:aws:s3:::bucket and arn:aws:s3:::bucket/*.",
  ],
  [/invalid action/i, "An Action is not an action of S3."],
  [/missing required field/i, "A field that a statement needs (Principal, Effect, Action, Resource) is missing."],
  [/json|syntax|parse/i, "The policy is not valid JSON."],
  [/condition/i, "A Condition has a key, operator or value that S3 does not accept."],
]

export const policyMalformed = rule({
  code: "HF-S3-SVC-013",
  name: "BucketPolicyMalformed",
  phase: "body",
  title: "The bucket policy is invalid: S3 does not accept a principal, action, resource or condition in it",
  explanation:
    "A bucket policy is checked when it is set: it must be JSON, each principal must exist at that moment, each " +
    "resource must be this bucket or its objects, and each action must match its resource.",
  fix: [{ text: "correct the statement that the message means, and set the policy again", safety: "check first" }],
  change: "human",
  links: [pages.policyLanguage, pages.errors],
  rivals: [],
  soleCause: pages.errors,
  recognise: (facts) => {
    if (!Asked.said(facts, "MalformedPolicy")) return undefined
    const { message } = facts.answer
    const fault = policyFaults.find(([says]) => says.test(message))?.[1]
    return found({
      confidence: "certain",
      detail: `${fault ?? "The server does not accept the policy."}${message === "" ? "" : ` It says: "${message}".`}`,
      evidence: words(facts, "Detail"),
    })
  },
})
