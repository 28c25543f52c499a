/**
 * Rules for well-formed sessions, tokens and keys that the server rejects.
 */
import { type Evidence, found } from "@holdfast/diagnosis/Diagnosis"
import { bytesOf } from "@holdfast/diagnosis/Redaction"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import { links } from "../links.ts"
import * as KeyKinds from "./keyKinds.ts"
import { hasNoSessions, isMute, looksLikeSession, refusals, rule, theKey } from "./topic.ts"

export const sessionEnded = rule({
  code: "HF-S3-AUTH-004",
  name: "SessionEnded",
  phase: "credentials",
  title: "The session used for the signature has expired, or its token was altered",
  explanation:
    "A URL that was signed with session keys expires with the session, regardless of X-Amz-Expires. Instance " +
    "profiles renew their sessions every few hours, and a role's session lasts at most twelve hours. Amazon sends " +
    "ExpiredToken. Ceph no longer recognizes the key and sends InvalidAccessKeyId, as it does for a token that it " +
    "cannot decrypt.",
  fix: [
    { text: "sign again with credentials that outlive the URL", safety: "safe to apply" },
    { text: "to sign URLs that must remain valid for many hours, use a long-lived key", safety: "check first" },
  ],
  change: "url",
  links: [links.presigned, links.sessions],
  rivals: [],
  soleCause: "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
  recognise: (facts) => {
    const { clock } = facts
    const validity = Asked.signedIn(facts) === "query" ? Asked.validityOf(facts) : undefined
    const isOver = validity !== undefined && clock.judge !== undefined && validity.until < clock.judge
    const token = Asked.tokenOf(facts)
    const observed: ReadonlyArray<Evidence> = [
      ...Asked.theCode(facts),
      ...(token === undefined ? [] : [{ at: token.at, name: "X-Amz-Security-Token", observed: token.value }]),
      ...(validity === undefined ? [] : [Asked.inQuery(facts, "X-Amz-Expires")]),
    ]
    if (
      Asked.said(
        facts,
        "ExpiredToken",
        "ExpiredTokenException",
        "TokenRefreshRequired",
        "InvalidSessionException",
        "SecurityTokenExpired",
      )
    ) {
      if (isOver || /signature expired/i.test(facts.answer.element("Details") ?? "")) return undefined
      const left = validity === undefined || clock.judge === undefined ? undefined : validity.until - clock.judge
      return found({
        confidence: token === undefined ? "likely" : "certain",
        detail:
          left === undefined
            ? "The server reports that the token has expired."
            : `The URL itself is valid for another ${Asked.span(left)}, but the token has expired.`,
        evidence: observed,
      })
    }
    if (facts.proof === "form" || token === undefined || token.value === "" || isOver) return undefined
    if (Asked.said(facts, "InvalidArgument") && facts.answer.message === "") {
      return found({
        confidence: "possible",
        detail:
          "The request has a token, but the server cannot read a part of the request and does not state which part.",
        evidence: observed,
      })
    }
    if (isMute(facts)) {
      return found({
        confidence: "possible",
        detail:
          "The server does not state why it denied access. The request has a session token. The session may have " +
          "expired, or the key may lack the permission.",
        evidence: observed,
      })
    }
    if (!Asked.said(facts, "InvalidAccessKeyId", "InvalidClientTokenId")) return undefined
    return found({
      confidence: "likely",
      detail:
        "The request has a session token, but the server does not recognize the key: the session has expired, or " +
        "the token belongs to another key.",
      evidence: observed,
    })
  },
})

export const tokenRefused = rule({
  code: "HF-S3-AUTH-005",
  name: "TokenRefused",
  phase: "credentials",
  title: "The server cannot decrypt the session token",
  explanation:
    "The token was truncated, belongs to another key, or was issued by a service other than the one that received " +
    "it. A token cannot be repaired. The key id, secret and token of a session belong together.",
  fix: [
    { text: "use a key id, secret and session token that were issued together", safety: "check first" },
    {
      text: "check whether a variable, a database column or a header limit truncates long values",
      safety: "check first",
    },
  ],
  change: "token",
  links: [links.sessions],
  rivals: ["HF-S3-AUTH-002", "HF-S3-POST-023", "HF-S3-POST-024"],
  recognise: (facts) => {
    if (!Asked.said(facts, ...refusals) || (hasNoSessions(facts) && Asked.tokenOf(facts) === undefined))
      return undefined
    const token = Asked.tokenOf(facts)
    // STS sends it for an access key that it does not know (AWS STS API Reference, "Common Errors").
    const isOfKey = Asked.said(facts, "InvalidClientTokenId") && token === undefined
    const isAbsent = facts.hasRequest && facts.proof !== "form" && token === undefined
    if (isAbsent && Asked.keyKindOf(facts) !== "long-lived") return undefined
    return found({
      confidence: isAbsent || isOfKey ? "possible" : "likely",
      detail:
        token === undefined
          ? "The server reports that the token is invalid."
          : `The token has ${bytesOf(token.value)} bytes and shows no sign of incorrect encoding.${optIn(facts)}`,
      evidence: [
        ...Asked.theCode(facts),
        ...(token === undefined ? [] : [{ at: token.at, name: "X-Amz-Security-Token", observed: token.value }]),
      ],
    })
  },
})

/** Regions that an account has to enable first (AWS Account Management, "Enable or disable AWS Regions in your account"). */
const optional =
  /^(?:af-south-1|ap-(?:east-[12]|south-2|southeast-[3-7])|ca-west-1|eu-(?:south-[12]|central-2)|il-central-1|me-(?:south|central)-1|mx-central-1)$/

const optIn = (facts: S3Facts): string => {
  const region = facts.credential?.region ?? Asked.placeOf(facts)?.region ?? ""
  return optional.test(region)
    ? ` ${region} is an opt-in region, which must be enabled first. This region accepts tokens from a regional STS endpoint ` +
        "(AWS_STS_REGIONAL_ENDPOINTS=regional), but not tokens from the global STS endpoint."
    : ""
}

export const keyUnknown = rule({
  code: "HF-S3-AUTH-007",
  name: "KeyUnknown",
  phase: "credentials",
  title: "The server does not recognize this access key",
  explanation:
    "The key was deleted or mistyped, or it belongs to another account, another partition (China, GovCloud) or " +
    "another S3-compatible server. Only the endpoint of the service that issued a key recognizes it.",
  fix: [
    {
      text: "compare the key id with the keys listed for the account to which the endpoint belongs",
      safety: "check first",
    },
    { text: "check whether the key was created for this endpoint", safety: "check first" },
  ],
  change: "url",
  links: [links.keyIds],
  recognise: (facts) => {
    const { answer } = facts
    const worded =
      /no such (?:access )?key:|access key .{0,40}(?:not (?:exist|found|valid)|length)|malformed access key/i.test(
        answer.message,
      )
    // Oracle sends this together with a request for the region, and also if the signature does not match.
    const isUnfound = /secret key required to complete authentication could not be found/i.test(answer.message)
    if (facts.proof === "form") return undefined
    // R2 sends only this in response to a signed request.
    const unauthorized = Asked.said(facts, "Unauthorized") && Asked.signedIn(facts) !== undefined
    const isOfGoogle = Asked.said(facts, "InvalidSecurity") && hasNoSessions(facts)
    const isSaid = Asked.said(facts, "InvalidAccessKeyId", "InvalidClientTokenId") || isOfGoogle
    const stated = isSaid || worded || unauthorized || isUnfound
    if (!stated) return undefined
    const kind = Asked.keyKindOf(facts)
    const token = Asked.tokenOf(facts)
    if (kind === "temporary" && facts.hasRequest && token === undefined) return undefined
    const sure = token === undefined && kind !== "temporary" && !looksLikeSession(facts)
    const isOfSts = Asked.said(facts, "InvalidClientTokenId")
    return found({
      confidence: sure && !isUnfound ? "likely" : "possible",
      detail:
        (kind === "long-lived"
          ? "The long-lived key id was deleted, deactivated or mistyped, or it belongs to another account or " +
            "endpoint."
          : isOfSts
            ? "AWS STS does not recognize the key id: the key was deleted or mistyped, it is a temporary key whose session token was not sent, or it belongs to another S3 server, in which case the program should not validate it with AWS (Terraform: skip_credentials_validation, skip_requesting_account_id)."
            : `The key was deleted or mistyped, or it belongs to another account or endpoint${withoutToken(facts)}.`) +
        KeyKinds.hint(facts),
      evidence: [...Asked.theCode(facts), ...theKey(facts)],
    })
  },
})

/** An additional possible cause for an unrecognized key if the request was not captured. */
const withoutToken = (facts: S3Facts): string =>
  facts.hasRequest || hasNoSessions(facts)
    ? ""
    : ", or it is a temporary key whose session token was not sent or, in a form, was sent after the file"

export const keyDisabled = rule({
  code: "HF-S3-AUTH-018",
  name: "KeyDisabled",
  phase: "credentials",
  title: "The server recognizes the access key but rejects it because it is disabled, revoked or expired",
  explanation:
    "A key that still exists stops working if its owner or an administrator deactivates it, a rotation replaces " +
    "it, or it expires. Alibaba OSS and MinIO report that a key is disabled, but Amazon reports that the key does " +
    "not exist.",
  fix: [
    { text: "enable the key again, or create a new key and configure the program to use it", safety: "check first" },
    { text: "if keys are rotated, check whether the program still uses the old key", safety: "check first" },
  ],
  change: "human",
  links: [links.keyIds, "https://www.alibabacloud.com/help/en/ram/user-guide/disable-the-accesskey-pair-of-a-ram-user"],
})
