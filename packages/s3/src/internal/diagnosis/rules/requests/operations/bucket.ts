/**
 * Rules about buckets that cannot be created, deleted or given a policy.
 */
import { type Evidence, found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import { links } from "../links.ts"
import { bucketOf, pages, rule, words } from "./topic.ts"

/** The region in a message about location constraints. `unspecified` if the request names none. */
const named = ({ answer }: S3Facts): string | undefined =>
  answer.element("LocationConstraint") ??
  /\bthe ([\w-]{1,40}) location constraint is incompatible/i.exec(answer.message)?.[1]

/** The constraint in the request body. */
const asked = ({ exchange }: S3Facts): string | undefined => {
  const body = exchange.request?.body ?? ""
  const start = body.indexOf("<LocationConstraint>")
  const end = start === -1 ? -1 : body.indexOf("<", start + 1)
  return end === -1 ? undefined : body.slice(start + "<LocationConstraint>".length, end).trim()
}

/** Whether the request creates a bucket: a PUT of a bucket, or a response about its location constraint. */
export const isCreation = (facts: S3Facts): boolean =>
  Asked.operationOf(facts) === "CreateBucket" ||
  Asked.said(facts, "InvalidLocationConstraint") ||
  (facts.method === undefined && /\bunspecified location constraint\b/i.test(facts.answer.message))

const constraintDetail = (facts: S3Facts, constraint: string | undefined, region: string | undefined): string => {
  const host = region === undefined ? "the region of the endpoint" : region
  if (Asked.said(facts, "InvalidLocationConstraint")) {
    if (constraint === "us-east-1") {
      return "The request names us-east-1, which is the default and not a valid LocationConstraint: leave the constraint out there."
    }
    if (constraint !== undefined && /^[a-z]{2}(?:-[a-z]{1,12}){1,3}-\d[a-z]$/.test(constraint)) {
      return `${constraint} is an Availability Zone; the LocationConstraint names a region: ${constraint.slice(0, -1)}.`
    }
    return constraint === undefined || constraint === ""
      ? "The LocationConstraint is empty or none that S3 takes. us-east-1 is the default and must not be named: leave the constraint out there."
      : `${constraint} is not a LocationConstraint that this endpoint takes: a mistyped region, one that the account has not enabled, or us-east-1, which is the default and must not be named.`
  }
  return constraint === undefined || constraint === "unspecified"
    ? `The request names no LocationConstraint, which stands for us-east-1, and was sent to the endpoint of another region. At an endpoint of a region the LocationConstraint must name it: ${host}.`
    : `The LocationConstraint is ${constraint}, and the request was sent to the endpoint of ${region ?? "another region"}: create the bucket at the endpoint of ${constraint}, or name the region of the endpoint.`
}

/** The region of a new bucket does not match the endpoint. */
export const locationRefused = rule({
  code: "HF-S3-SVC-010",
  name: "LocationRefused",
  phase: "place",
  title: "The LocationConstraint of the bucket that is to be created does not fit the endpoint",
  explanation:
    "CreateBucket names the region in LocationConstraint, and it must be that of the endpoint that is asked (and signed for). " +
    "us-east-1 is the exception: it is the default, is named by leaving the constraint out, and refused as a value.",
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

/** The name of a new bucket is taken. */
export const bucketNameTaken = rule({
  code: "HF-S3-SVC-011",
  name: "BucketNameTaken",
  phase: "state",
  title: "A bucket of this name exists already, and cannot be created again",
  explanation:
    "Names of buckets are shared by all accounts of a partition. Either another account owns the name, or this account does, " +
    "often in another region or by an earlier run of the same program. In us-east-1 creating your own bucket again succeeds, " +
    "elsewhere it is an error.",
  fix: [
    { text: "if the bucket is yours, use it: the creation has nothing left to do", safety: "check first" },
    { text: "else choose another name, with a prefix that is unlikely to be taken", safety: "check first" },
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
        ? `${bucketOf(facts)} belongs to this account already: an earlier request created it.`
        : `${bucketOf(facts)} exists already and is owned by another account${facts.dialect.system === "s3" ? "" : ", or by this one"}: the name is taken.`,
      evidence: words(facts, "BucketName"),
    })
  },
})

/** The bucket to delete is not empty. */
export const bucketNotEmpty = rule({
  code: "HF-S3-SVC-012",
  name: "BucketNotEmpty",
  phase: "state",
  title: "The bucket still has objects, versions or delete markers in it, and only an empty one can be deleted",
  explanation:
    "A bucket can be deleted once nothing is in it: no object, no older version, no delete marker, and on some storages no " +
    "unfinished multipart upload. A listing of a versioned bucket shows nothing although all versions are there.",
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

/** The meaning of messages about a policy. The first match counts. */
const policyFaults: ReadonlyArray<readonly [RegExp, string]> = [
  [
    /invalid principal/i,
    "A Principal is not one: the user, role or account does not exist (any more), or its ARN or id is mistyped.",
  ],
  [
    /action does not apply to any resource/i,
    "An Action does not fit its Resource: actions on objects need arn:aws:s3:::bucket/*, those on the bucket arn:aws:s3:::bucket.",
  ],
  [
    /invalid resource/i,
    "A Resource is not this bucket, or its ARN is mistyped: arn:aws:s3:::bucket and arn:aws:s3:::bucket/*.",
  ],
  [/invalid action/i, "An Action is not one of S3's."],
  [/missing required field/i, "A field that a statement needs (Principal, Effect, Action, Resource) is missing."],
  [/json|syntax|parse/i, "The policy is not valid JSON."],
  [/condition/i, "A Condition has a key, operator or value that S3 does not take."],
]

/** The bucket policy is invalid. */
export const policyMalformed = rule({
  code: "HF-S3-SVC-013",
  name: "BucketPolicyMalformed",
  phase: "body",
  title: "The bucket policy is not valid: a principal, action, resource or condition in it is not one that S3 takes",
  explanation:
    "A bucket policy is checked when it is put: it must be JSON, each principal must exist at that moment, each resource must be " +
    "this bucket or its objects, and each action must fit its resource.",
  fix: [{ text: "correct the statement that the message means, and put the policy again", safety: "check first" }],
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
      detail: `${fault ?? "The server cannot take the policy."}${message === "" ? "" : ` It says: "${message}".`}`,
      evidence: words(facts, "Detail"),
    })
  },
})
