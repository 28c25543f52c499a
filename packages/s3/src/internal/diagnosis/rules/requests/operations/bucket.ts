/**
 * Rules for buckets that cannot be created or deleted, or whose policy is rejected.
 */
import { type Evidence, found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import { links } from "../links.ts"
import { bucketOf, pages, rule, words } from "./topic.ts"

/** The region in a message about location constraints; `unspecified` if the request did not contain one. */
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

/** Whether the request creates a bucket, judged by the request itself or by a response about its constraint. */
export const isCreation = (facts: S3Facts): boolean =>
  Asked.operationOf(facts) === "CreateBucket" ||
  Asked.said(facts, "InvalidLocationConstraint") ||
  (facts.method === undefined && /\bunspecified location constraint\b/i.test(facts.answer.message))

const constraintDetail = (facts: S3Facts, constraint: string | undefined, region: string | undefined): string => {
  if (Asked.said(facts, "InvalidLocationConstraint")) {
    if (constraint === "us-east-1") {
      return (
        "The request specifies us-east-1, which is the default and not a valid LocationConstraint. To create the " +
        "bucket in us-east-1, omit the LocationConstraint."
      )
    }
    if (constraint !== undefined && /^[a-z]{2}(?:-[a-z]{1,12}){1,3}-\d[a-z]$/.test(constraint)) {
      return `${constraint} is an Availability Zone, but the LocationConstraint must be a region: ${constraint.slice(0, -1)}.`
    }
    return constraint === undefined || constraint === ""
      ? "The LocationConstraint is empty or invalid. To create the bucket in the default region, us-east-1, omit the " +
          "LocationConstraint."
      : `This endpoint does not accept ${constraint} as the LocationConstraint. ` +
          "The region is mistyped or not enabled for the account."
  }
  return constraint === undefined || constraint === "unspecified"
    ? "The request has no LocationConstraint, which selects us-east-1, but it was sent to the endpoint of another region. " +
        `A regional endpoint requires its own region as the LocationConstraint${region === undefined ? "" : `: ${region}`}.`
    : `The LocationConstraint is ${constraint}, but the request was sent to the endpoint of ` +
        `${region ?? "another region"}. Create the bucket at the endpoint of ${constraint}, or set the constraint to the region of ` +
        "the endpoint."
}

export const locationRefused = rule({
  code: "HF-S3-SVC-010",
  name: "LocationRefused",
  phase: "place",
  title: "The LocationConstraint of the new bucket does not match the endpoint",
  explanation:
    "CreateBucket specifies the region in LocationConstraint. This region must match the region of the endpoint " +
    "and of the signature. The exception is us-east-1: it is the default, selected by omitting the constraint, and " +
    "rejected as a value.",
  fix: [
    {
      text: "send the region of the endpoint as the LocationConstraint, or omit the constraint for us-east-1 (aws s3api create-bucket --create-bucket-configuration LocationConstraint=REGION)",
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
    "All accounts in a partition share one namespace for bucket names. The name belongs either to another account " +
    "or to this account. This account may have created the bucket in another region or in an earlier run of the " +
    "same program. Only us-east-1 lets an account create its own bucket again. In other regions, creating the same " +
    "bucket a second time is an error.",
  fix: [
    { text: "if the bucket is yours, use it instead of creating it again", safety: "check first" },
    { text: "otherwise, choose another name with a prefix that is unlikely to be taken", safety: "check first" },
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
  title: "The bucket still contains objects, versions or delete markers, and only an empty bucket can be deleted",
  explanation:
    "Only an empty bucket can be deleted: it must not contain objects, older versions or delete markers, and on " +
    "some storages it must not contain unfinished multipart uploads. The listing of a versioned bucket can be " +
    "empty even if all versions still exist.",
  fix: [
    {
      text: "delete every object, version and delete marker (ListObjectVersions), abort unfinished uploads, and then delete the bucket",
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

/** The meaning of a message about a bucket policy. The first match counts. */
const policyFaults: ReadonlyArray<readonly [RegExp, string]> = [
  [
    /invalid principal/i,
    "A Principal is invalid: the user, role or account does not exist or was deleted, or its ARN or id is mistyped.",
  ],
  [
    /action does not apply to any resource/i,
    "An Action does not match its Resource: actions on objects need arn:aws:s3:::bucket/*, and actions on the " +
      "bucket need arn:aws:s3:::bucket.",
  ],
  [
    /invalid resource/i,
    "A Resource does not belong to this bucket, or its ARN is mistyped. The valid forms are arn:aws:s3:::bucket " +
      "and arn:aws:s3:::bucket/*.",
  ],
  [/invalid action/i, "An Action is not a valid S3 action."],
  [/missing required field/i, "A required field of a statement (Principal, Effect, Action, Resource) is missing."],
  [/json|syntax|parse/i, "The policy is not valid JSON."],
  [/condition/i, "A Condition has a key, operator or value that S3 does not accept."],
]

export const policyMalformed = rule({
  code: "HF-S3-SVC-013",
  name: "BucketPolicyMalformed",
  phase: "body",
  title: "The bucket policy is invalid: S3 does not accept a principal, action, resource or condition in the policy",
  explanation:
    "S3 checks a bucket policy when the policy is set. The policy must be JSON, each principal must exist at that " +
    "time, each resource must be this bucket or its objects, and each action must match its resource.",
  fix: [
    { text: "correct the statement that the error message refers to, and set the policy again", safety: "check first" },
  ],
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
      detail: `${fault ?? "The server does not accept the policy."}${message === "" ? "" : ` The server reports: "${message}".`}`,
      evidence: words(facts, "Detail"),
    })
  },
})
