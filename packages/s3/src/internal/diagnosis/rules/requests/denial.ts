/**
 * Parses messages that deny access, and returns the caller, the denied action, and the type of policy that caused the denial.
 */
import type { Evidence, Fix } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../asked.ts"
import { textOf } from "../../dialects/text.ts"
import type { S3Facts } from "../../facts.ts"

/** A parsed denial. */
export interface Denial {
  /** The vendor's name for the action, such as `s3:PutObject`, `storage.objects.create`. */
  readonly action: string | undefined
  /** The resource on which the action was attempted. */
  readonly resource: string | undefined
  /** The reason for the denial: a policy that denies the action, or a policy that does not allow it. */
  readonly reason: string | undefined
  readonly fix: Fix | undefined
}

/** Whether a message that matches the pattern is a denial. */
const worded =
  /not (?:authorized|allowed|permitted) (?:to (?:perform|invoke)|for this key)|not entitled|does not have .{0,60}(?:access|permission)|insufficient permission|permission .{0,80} denied|no right to access|because of (?:bucket|object) acl|unauthorized for application key|prohibited by organization's policy|does not belong to you|forbidden to list buckets|denied by (?:bucket|authorizer's|user|ram|cam) ?policy|violates VPC Service Controls/i

/**
 * Parses a denial message; `undefined` if the message is not a denial. Never throws, and runs in time linear in the length of
 * the text.
 */
export const read = (facts: S3Facts): Denial | undefined => {
  const text = textOf(facts)
  const [, performed] = /not authorized to perform:? ([\w-]{1,40}:[\w*]{1,80})/.exec(text) ?? []
  const [, access] = /does not have ([\w.]{1,80}) access/.exec(text) ?? []
  const [, required] = /\bpermission '?([a-z]+\.[\w.]{3,80}?)'? (?:denied on|is required to)/i.exec(text) ?? []
  const action = performed ?? access ?? required
  if (action === undefined && !worded.test(text)) return undefined
  const [, resource] = /on resource:? "?(arn:[^\s"]{1,300})/.exec(text) ?? []
  const decided = kinds.find(({ says }) => says.test(text))
  const [, because] = /because (.{1,160}?)(?:[.;]|$)/.exec(text) ?? []
  const [, denied] = /with an (explicit deny in .{1,60}?)(?: policy)?(?:[.:;,]|$)/.exec(text) ?? []
  const reason =
    because?.trim() ??
    (denied === undefined ? undefined : `${denied.trim()}${denied.includes("policy") ? "" : " policy"}`)
  return {
    action,
    resource,
    reason,
    fix: fixOf(action, decided?.place, denied !== undefined),
  }
}

const fixOf = (action: string | undefined, place: string | undefined, isExplicit: boolean): Fix | undefined => {
  // Programs without a key file let Google sign for a service account, which needs its own permission.
  if (action?.startsWith("iam.serviceAccounts.") === true)
    return {
      text: "grant the caller the role Service Account Token Creator (roles/iam.serviceAccountTokenCreator) on the service account, even if the caller is that service account",
      safety: "check first",
    }
  if (place === undefined) return undefined
  return {
    text: isExplicit
      ? `find the Deny statement and its condition in ${place}`
      : `allow ${action ?? "the action"} in ${place}`,
    safety: "check first",
  }
}

/**
 * The policy types that AWS names in a denial, and where each type is found. (Amazon S3 User Guide, "Troubleshoot access
 * denied (403 Forbidden) errors".)
 */
const kinds = [
  { says: /service control policy/i, place: "the service control policy (SCP) of the organization" },
  { says: /resource control policy/i, place: "the resource control policy (RCP) of the organization" },
  { says: /permissions boundary/i, place: "the permissions boundary of the role or user" },
  { says: /session policy/i, place: "the session policy that was passed when the session was created" },
  { says: /VPC ?Service ?Controls/i, place: "the VPC Service Controls perimeter" },
  { says: /VPC endpoint policy/i, place: "the policy of the VPC endpoint" },
  { says: /identity-based policy/i, place: "the policies of the role or user" },
  { says: /resource-based policy/i, place: "the policy of the bucket, access point or key" },
] as const

/** The denial, formatted as a sentence. */
export const sentence = ({ action, reason, resource }: Denial, facts: S3Facts): string => {
  const operation = Asked.operationOf(facts)
  const creates =
    action === undefined && operation === "CreateBucket"
      ? " The request tries to create the bucket, as some programs do before an upload."
      : ""
  const where = resource === undefined ? "" : ` on ${resource}`
  return action === undefined
    ? `The server reports that the key is not allowed to perform this operation${facts.answer.message === "" ? "" : `: "${facts.answer.message.trim()}"`}.${creates}`
    : `The signer is not allowed to perform ${action}${where}${reason === undefined ? "" : `: ${reason}`}.`
}

/** The part of the message that states the denial. */
export const evidence = ({ action }: Denial, { answer }: S3Facts): Evidence =>
  answer.message === "" && action !== undefined
    ? { at: "response.body.Details", name: "Details", observed: action }
    : { at: "response.body.Message", name: "Message", observed: action ?? answer.message }

/** Whether the requested object does not exist and the caller lacks the permission to find that out. */
export const isHiddenKey = (denial: Denial, facts: S3Facts): boolean =>
  denial.action === "s3:ListBucket" &&
  denial.reason?.startsWith("explicit deny") !== true &&
  Asked.operationOf(facts) === "read" &&
  (Asked.placeOf(facts)?.key ?? "") !== ""

/** The Block Public Access setting that the server names. */
export const blockSetting = (facts: S3Facts): string | undefined =>
  Asked.said(facts, "AccessDenied")
    ? /\bBlock ?Public ?(?:Acls|Policy|Access)\b|\bRestrictPublicBuckets\b|\bIgnorePublicAcls\b|\bput public (?:bucket|object) acl is not allowed\b/i.exec(
        textOf(facts),
      )?.[0]
    : /\bpublic ?access ?prevention\b|\bpublic access block\b/i.exec(textOf(facts))?.[0]

/** Whether the server treated the caller as anonymous because it found no authentication. */
export const isAnonymous = (facts: S3Facts): boolean =>
  /\banonymous caller\b|\bUser: anonymous is not authorized\b/i.test(textOf(facts))
