/**
 * Rules about roles that a caller may not assume. The security token service (STS) responds before S3 is called.
 */
import { type Evidence, found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../asked.ts"
import { textOf } from "../../dialects/text.ts"
import { topic } from "../../rule.ts"

const rule = topic("permission")

const trust = "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_roles.html"

/** STS messages and their meaning. The first match counts. */
const reasons: ReadonlyArray<readonly [says: RegExp, means: string]> = [
  [
    /sts:(?:TagSession|SetSourceIdentity)/i,
    "The trust policy of the role does not allow the session's tags (sts:TagSession).",
  ],
  [
    /authorized to perform:? sts:AssumeRole\b/i,
    "The trust policy of the role does not admit the caller, or the caller's own policies do not allow sts:AssumeRole on it; a role that does not exist gives the same answer.",
  ],
  [
    /authorized to perform:? sts:/i,
    "The trust policy of the role does not admit the token or assertion: its condition on sub (repository, branch or environment; letters count by case) or aud does not match, the identity provider is not its principal, or there is no such role.",
  ],
  [/no OpenIDConnect provider found/i, "The account has no OIDC identity provider with the issuer of the token."],
  [
    /incorrect token audience|audience .{0,60}(?:invalid|not match)/i,
    "The audience (aud) of the token is none that the identity provider in the account lists.",
  ],
]

/** The role cannot be assumed. */
const roleNotAssumed = rule({
  code: "HF-S3-CLIENT-011",
  name: "RoleNotAssumed",
  phase: "permission",
  title: "The role cannot be assumed: its trust policy does not admit this caller or token, or it does not exist",
  explanation:
    "Before S3 is asked, the client asks STS for the credentials of a role. STS decides by the role's trust policy: who may assume it " +
    "(Principal), by which action, and under which conditions on the token (sub, aud). It answers alike where the role does not exist. The " +
    "policies of the role itself, and of the bucket, have no part in it yet.",
  fix: [
    {
      text: "compare the trust policy with the caller (aws sts get-caller-identity) or with sub and aud of the token, letter by letter",
      safety: "check first",
    },
    { text: "check the account number and the name in the ARN of the role", safety: "check first" },
  ],
  change: "human",
  links: [trust, "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html"],
  recognise: (facts) => {
    const text = textOf(facts)
    const reason = reasons.find(([says]) => says.test(text))
    if (reason === undefined || facts.answer.status < 400) return undefined
    const evidence: ReadonlyArray<Evidence> = [
      { at: "response.body.Message", name: "Message", observed: facts.answer.message },
      ...Asked.theCode(facts),
    ]
    return found({ confidence: "likely", detail: reason[1], evidence })
  },
})

/** The only rule. */
export const role = [roleNotAssumed] as const
