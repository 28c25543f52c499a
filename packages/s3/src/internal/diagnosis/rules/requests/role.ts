/**
 * Rule for roles that a caller may not assume, which the security token service (STS) reports before S3 is called.
 */
import { type Evidence, found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../asked.ts"
import { textOf } from "../../dialects/text.ts"
import { topic } from "../../rule.ts"

const rule = topic("permission")

const trust = "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_roles.html"

/** The messages of STS with their meaning; the first match counts. */
const reasons: ReadonlyArray<readonly [says: RegExp, means: string]> = [
  [
    /sts:(?:TagSession|SetSourceIdentity)/i,
    "The trust policy of the role does not allow the session's tags (sts:TagSession).",
  ],
  [
    /authorized to perform:? sts:AssumeRole\b/i,
    "The trust policy of the role does not admit the caller, or the caller's own policies do not allow " +
      "sts:AssumeRole on it. A role that does not exist gets the same response.",
  ],
  [
    /authorized to perform:? sts:/i,
    "The trust policy of the role does not admit the token or assertion: its condition on sub (repository, branch " +
      "or environment; case matters) or aud does not match, the identity provider is not its principal, or there is " +
      "no such role.",
  ],
  [/no OpenIDConnect provider found/i, "The account has no OIDC identity provider with the issuer of the token."],
  [
    /incorrect token audience|audience .{0,60}(?:invalid|not match)/i,
    "The identity provider in the account does not list the audience (aud) of the token.",
  ],
]

const roleNotAssumed = rule({
  code: "HF-S3-CLIENT-011",
  name: "RoleNotAssumed",
  phase: "permission",
  title: "The role cannot be assumed: its trust policy does not admit this caller or token, or it does not exist",
  explanation:
    "Before it calls S3, the client requests the credentials of a role from STS. STS decides by the role's trust " +
    "policy: who may assume it (Principal), with which action, and under which conditions on the token (sub, aud). " +
    "The response is the same if the role does not exist. The policies of the role itself, and of the bucket, are " +
    "not evaluated yet.",
  fix: [
    {
      text:
        "compare the trust policy with the caller (aws sts get-caller-identity) or with sub and aud of the token, " +
        "character by character",
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

/** All rules of this topic. */
export const role = [roleNotAssumed] as const
