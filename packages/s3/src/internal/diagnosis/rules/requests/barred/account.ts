/**
 * Rules for blocked accounts and users.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import { topic } from "../../../rule.ts"
import { links } from "../links.ts"

const rule = topic("permission")

const isSuspended = ({ code, message }: S3Facts["answer"]): boolean =>
  ["AccessDenied", "Forbidden", "forbidden"].includes(code) &&
  /\baccount\b.{0,40}\b(?:suspended|closed|disabled|overdue|deactivated|non-payment|delinquent|absent|not active|inactive)\b/i.test(
    message,
  )

/** Error codes for a blocked account or user. */
const barred = [
  "UserSuspended",
  "AccountProblem",
  "AccountDisabled",
  "InvalidPayer",
  "NotSignedUp",
  "CrossLocationLoggingProhibited",
  "CrossLocationLoggingProhibitted",
  "UnauthorizedAccessError",
  "UnexpectedIPError",
  "UserDisabled",
  "UserDisable",
  "AccountForbidden",
  "UserProjectAccountProblem",
  "Deposed",
  "InDebt",
  "InDebtOverdue",
  "UbsmsInvalidBid",
  "InArrearOrInsufficientBalance",
  "AccountNotActivated",
  "accountDisabled",
  "account_suspended",
  "user_suspended",
  "OptInRequired",
  "SubscriptionRequiredException",
] as const

/**
 * A region that is not enabled for the account. With status 400, servers use the same code for a wrong region in a signature.
 */
const isNotOptedIn = ({ code, message, status }: S3Facts["answer"]): boolean =>
  code === "InvalidRegion" && status === 403 && !/does not match|expecting/i.test(message)

export const accountBarred = rule({
  code: "HF-S3-PERM-010",
  name: "AccountBarred",
  phase: "permission",
  title: "The account or user that owns the key is suspended or closed, or has no access",
  explanation:
    "The key and its signature are correct. The user may be suspended. The account may have a payment problem " +
    "(overdue, in debt, no active billing account) or a registration problem (not signed up). The account may also " +
    "lack access to the service, the region or the bucket.",
  fix: [{ text: "have the account's owner resolve the problem with the provider", safety: "check first" }],
  change: "human",
  links: [links.errors],
  rivals: [],
  soleCause: "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
  recognise: (facts) =>
    Asked.said(facts, ...barred) || isNotOptedIn(facts.answer) || isSuspended(facts.answer)
      ? found({
          confidence: "certain",
          detail: `The server reports ${facts.answer.code}${
            ["", facts.answer.code].includes(facts.answer.message) ? "" : `: ${facts.answer.message}`
          }`,
          evidence: Asked.theCode(facts),
        })
      : undefined,
})
