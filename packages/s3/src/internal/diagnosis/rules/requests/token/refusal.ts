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
          "The denial gives no reason. The request has a token: its session may have expired, or the key may lack " +
          "the permission.",
        evidence: observed,
      })
    }
    if (!Asked.said(facts, "InvalidAccessKeyId", "InvalidClientTokenId")) return undefined
    return found({
      confidence: "likely",
      detail:
        "The request has a token, but the server does not know the key: the session has expired, or the token " +
        "belongs to another key.",
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
    "The token was cut, belongs to another key, or was issued by another service than the one that received it. A " +
    "token cannot be repaired; the three values of a session belong together.",
  fix: [
    { text: "take the key id, secret and token from the same response", safety: "check first" },
    { text: "check whether something cuts long values: a variable, a column, a header limit", safety: "check first" },
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
          : `The token has ${bytesOf(token.value)} bytes and no sign of a wrong encoding.${optIn(facts)}`,
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
    ? ` ${region} is a region that has to be enabled (opt-in): it accepts tokens of a regional STS endpoint ` +
        "(AWS_STS_REGIONAL_ENDPOINTS=regional), but not those of the global one."
    : ""
}

export const keyUnknown = rule({
  code: "HF-S3-AUTH-007",
  name: "KeyUnknown",
  phase: "credentials",
  title: "The server does not know this access key",
  explanation:
    "The key was deleted, mistyped, or belongs elsewhere: to another account, another partition (China, GovCloud), " +
    "or another S3-compatible server. Only the endpoint of its own service knows a key.",
  fix: [
    {
      text: "compare the key id with the list of keys of the account to which the endpoint belongs",
      safety: "check first",
    },
    { text: "check whether the endpoint is the one for which the key was created", safety: "check first" },
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
          ? "The key id is a long-lived one: it was deleted, deactivated or mistyped, or belongs to another account or " +
            "endpoint."
          : isOfSts
            ? "AWS itself (STS) does not know the key id: it was deleted or mistyped, it is a temporary one whose " +
              "session token was not sent, or it belongs to another S3 server, whose keys a program should not check at " +
              "AWS (Terraform: skip_credentials_validation, skip_requesting_account_id)."
            : `The key id was deleted or mistyped, or belongs to another account or endpoint${withoutToken(facts)}.`) +
        KeyKinds.hint(facts),
      evidence: [...Asked.theCode(facts), ...theKey(facts)],
    })
  },
})

/** The additional possibility for an unknown key, if the request was not captured. */
const withoutToken = (facts: S3Facts): string =>
  facts.hasRequest || hasNoSessions(facts)
    ? ""
    : ", or it is a temporary key whose session token was not sent (or, in a form, comes after the file)"

export const keyDisabled = rule({
  code: "HF-S3-AUTH-018",
  name: "KeyDisabled",
  phase: "credentials",
  title: "The access key is disabled, revoked or expired: the server knows it but does not accept it",
  explanation:
    "A key can be disabled without being deleted: its owner or an administrator deactivated it, a rotation " +
    "replaced it, or it has expired. Alibaba OSS and MinIO report that; Amazon reports that an inactive key does " +
    "not exist.",
  fix: [
    { text: "enable the key again, or create a new one and configure it in the program", safety: "check first" },
    { text: "if keys are rotated, check whether the program still has the old one", safety: "check first" },
  ],
  change: "human",
  links: [links.keyIds, "https://www.alibabacloud.com/help/en/ram/user-guide/disable-the-accesskey-pair-of-a-ram-user"],
})
