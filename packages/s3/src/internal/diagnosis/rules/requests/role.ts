/**
 * The rule for roles that a caller is not allowed to assume. The security token service (STS) reports this error before S3 is
 * called.
 */
import { type Evidence, found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../asked.ts"
import { textOf } from "../../dialects/text.ts"
import { topic } from "../../rule.ts"

const rule = topic("permission")

const trust = "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_roles.html"

/** The messages of STS and their meanings. The first match counts. */
const reasons: ReadonlyArray<readonly [says: RegExp, means: string]> = [
  [/sts:(?:TagSession|SetSourceIdentity)/i, "The role's trust policy does not allow session tags (sts:TagSession)."],
  [
    /authorized to perform:? sts:AssumeRole\b/i,
    "The role's trust policy does not allow the caller to assume the role, or the caller's own policies do not " +
      "allow sts:AssumeRole on the role. STS sends the same response for a role that does not exist.",
  ],
  [
    /authorized to perform:? sts:/i,
    "The role's trust policy does not accept the token or assertion: the policy's condition on sub (repository, " +
      "branch or environment; case-sensitive) or aud does not match, the identity provider is not a principal of the " +
      "policy, or the role does not exist.",
  ],
  [/no OpenIDConnect provider found/i, "The account has no OIDC identity provider for the issuer of the token."],
  [
    /incorrect token audience|audience .{0,60}(?:invalid|not match)/i,
    "The identity provider in the account does not list the audience (aud) of the token.",
  ],
  [
    /retrieve verification key from your identity provider/i,
    "STS could not fetch the keys of the token's issuer. The issuer's discovery document and its jwks_uri must be " +
      "reachable from the internet over https, and must answer quickly.",
  ],
]

const roleNotAssumed = rule({
  code: "HF-S3-CLIENT-011",
  name: "RoleNotAssumed",
  phase: "permission",
  title: "The role cannot be assumed: the role does not exist, or its trust policy does not allow this caller or token",
  explanation:
    "Before the client calls S3, it requests the role's credentials from STS. STS evaluates the role's trust " +
    "policy, which defines who is allowed to assume the role (Principal), with which action, and under which " +
    "conditions on the token (sub, aud). STS sends the same response if the role does not exist. The policies " +
    "attached to the role and to the bucket are not evaluated at this stage.",
  fix: [
    {
      text:
        "compare the trust policy with the caller (aws sts get-caller-identity) or with the sub and aud claims of " +
        "the token, character by character",
      safety: "check first",
    },
    { text: "check the account number and the role name in the role's ARN", safety: "check first" },
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
