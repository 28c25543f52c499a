/**
 * The rule for CloudFront signed URLs and signed cookies, which the edge checks before it contacts the storage.
 */
import { type Evidence, found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import { topic } from "../../../rule.ts"

const rule = topic("edge")

const guide = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide"

/** The meaning of CloudFront's error codes for a viewer's authentication. */
const codes: Readonly<Record<string, (facts: S3Facts) => string>> = {
  MissingKey: (facts) =>
    `CloudFront received no Key-Pair-Id: neither the URL nor the cookies contain one.${cookies(facts)}`,
  InvalidKey: (facts) =>
    "The Key-Pair-Id does not identify a public key in a key group of this behavior: the key is " +
    `unknown.${keyPair(facts)}`,
  MalformedPolicy: (facts) =>
    inMilliseconds(facts) ??
    "The policy is malformed: it is not JSON with one Resource and DateLessThan, or it is not encoded as " +
      "CloudFront requires (base64 with - _ ~ for + = /).",
  MalformedSignature: () =>
    "The signature is malformed, so CloudFront cannot decode it. The signature must be in CloudFront's variant of " +
    "base64 (- _ ~ for + = /) and must not be truncated or encoded twice.",
}

/** The fault of a canned policy whose end is in milliseconds, as JavaScript's and Java's clocks give it. */
const inMilliseconds = ({ query }: S3Facts): string | undefined =>
  /^\d{13}$/.test(query("expires") ?? "")
    ? "The Expires in the URL is a time in milliseconds. CloudFront requires seconds since 1970-01-01 (Unix time), so the " +
      "policy that it builds from the URL is malformed."
    : undefined

const cookies = (facts: S3Facts): string => {
  const sent = facts.header("cookie")
  if (sent === undefined || /CloudFront-Key-Pair-Id/.test(sent)) return ""
  return " The request contains cookies, but none is CloudFront's: the CloudFront cookies were probably set for another domain or path."
}

/** The remark about the key id of a signed URL, if the key id is invalid. */
const keyPair = ({ query }: S3Facts): string => {
  const id = query("key-pair-id")
  return id !== undefined && /^(?:undefined|null|None|NaN)?$/.test(id)
    ? ` The Key-Pair-Id in the URL is ${JSON.stringify(id)}, which programs write for a missing value: no key id is configured.`
    : ""
}

/**
 * Whether CloudFront itself rejected authentication data that it was able to parse. (S3 writes the message with a capital D.)
 */
const isOwnDenial = (facts: S3Facts): boolean =>
  facts.dialect.name === "CloudFront" &&
  Asked.said(facts, "AccessDenied") &&
  (facts.query("key-pair-id") !== undefined ||
    /CloudFront-Key-Pair-Id/.test(facts.header("cookie") ?? "") ||
    (facts.url === undefined && facts.answer.message === "Access denied"))

/** The expiration time of a URL with a canned policy, if it has passed. */
const ended = ({ clock, query }: S3Facts): string | undefined => {
  const end = query("expires")
  if (end === undefined || !/^\d{9,11}$/.test(end) || clock.judge === undefined) return undefined
  const until = Number(end) * 1000
  return until < clock.judge
    ? `The URL expired at ${Asked.instant(until)}, ${Asked.span(clock.judge - until)} before the response.`
    : undefined
}

const evidence = (facts: S3Facts): ReadonlyArray<Evidence> => [
  ...Asked.theCode(facts),
  ...(facts.answer.message === ""
    ? []
    : [{ at: "response.body.Message", name: "Message", observed: facts.answer.message }]),
  ...(facts.query("key-pair-id") === undefined ? [] : [Asked.inQuery(facts, "Key-Pair-Id")]),
]

export const viewerRefused = rule({
  code: "HF-S3-AUTH-017",
  name: "ViewerRefused",
  phase: "credentials",
  title: "CloudFront requires a valid signed URL or valid signed cookies, and the viewer sent neither",
  explanation:
    "A behavior with restricted viewer access requires a signed URL (Expires or Policy, Signature, Key-Pair-Id) or " +
    "signed cookies. The three cookies are CloudFront-Policy or CloudFront-Expires, CloudFront-Signature, and " +
    "CloudFront-Key-Pair-Id. The key must belong to a key group that the behavior trusts. A browser sends the " +
    "cookies only if their Domain and Path cover the host of the distribution. Requests from a script must also be " +
    "sent with credentials.",
  fix: [
    { text: "sign the URL with a private key whose public key is in the behavior's key group", safety: "check first" },
    {
      text: "set the three cookies for a domain that covers the distribution's name, and send requests with credentials",
      safety: "check first",
    },
  ],
  change: "url",
  links: [`${guide}/private-content-signed-urls.html`, `${guide}/private-content-signed-cookies.html`],
  rivals: [],
  soleCause: `${guide}/PrivateContent.html`,
  recognise: (facts) => {
    const { code, message } = facts.answer
    const isWorded = /key-pair-id|unknown key|malformed policy|unencode signature/i.test(message)
    const detail = isWorded && Object.hasOwn(codes, code) ? codes[code]?.(facts) : undefined
    if (detail !== undefined) return found({ confidence: "certain", detail, evidence: evidence(facts) })
    if (!isOwnDenial(facts)) return undefined
    return found({
      confidence: "likely",
      detail:
        ended(facts) ??
        "CloudFront read the authentication but denied access. The authentication has expired, was signed with " +
          "another private key, or has a policy for another URL (Resource) or another source address.",
      evidence: evidence(facts),
    })
  },
})
