/**
 * Rule for signed URLs and signed cookies of CloudFront, which the edge checks before it asks the storage.
 */
import { type Evidence, found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import { topic } from "../../../rule.ts"

const rule = topic("edge")

const guide = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide"

/** The meaning of CloudFront's error codes about a viewer's authentication. */
const codes: Readonly<Record<string, (facts: S3Facts) => string>> = {
  MissingKey: (facts) => `No Key-Pair-Id arrived: neither the URL nor cookies sign the request.${cookies(facts)}`,
  InvalidKey: (facts) =>
    "The Key-Pair-Id is not the id of a public key in a key group of this behavior: the key is " +
    `unknown.${keyPair(facts)}`,
  MalformedPolicy: () =>
    "The policy is malformed: it is not JSON with one Resource and DateLessThan, or not encoded as CloudFront " +
    "requires (base64 with - _ ~ for + = /).",
  MalformedSignature: () =>
    "The signature is malformed: it cannot be decoded, because it is not in CloudFront's base64 (- _ ~ for + = /), " +
    "was cut, or was encoded again.",
}

const cookies = (facts: S3Facts): string => {
  const sent = facts.header("cookie")
  if (sent === undefined || /CloudFront-Key-Pair-Id/.test(sent)) return ""
  return " Cookies were sent, but none is CloudFront's: they were set for another domain or path than this host's."
}

/** The remark on the key id of a signed URL, if it is invalid. */
const keyPair = ({ query }: S3Facts): string => {
  const id = query("key-pair-id")
  return id !== undefined && /^(?:undefined|null|None|NaN)?$/.test(id)
    ? ` The URL has ${JSON.stringify(id)}, which a program writes for a missing value: no key id is configured.`
    : ""
}

/**
 * Whether CloudFront itself rejected an authentication that it could read. (S3 writes the message with a capital D.)
 */
const isOwnDenial = (facts: S3Facts): boolean =>
  facts.dialect.name === "CloudFront" &&
  Asked.said(facts, "AccessDenied") &&
  (facts.query("key-pair-id") !== undefined ||
    /CloudFront-Key-Pair-Id/.test(facts.header("cookie") ?? "") ||
    (facts.url === undefined && facts.answer.message === "Access denied"))

/** The expiry of a URL with a canned policy, if it has passed. */
const ended = ({ clock, query }: S3Facts): string | undefined => {
  const end = query("expires")
  if (end === undefined || !/^\d{9,11}$/.test(end) || clock.judge === undefined) return undefined
  const until = Number(end) * 1000
  return until < clock.judge
    ? `The URL has expired at ${Asked.instant(until)}, ${Asked.span(clock.judge - until)} before the response.`
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
  title: "CloudFront requires a signed URL or signed cookies here, and does not accept what the viewer sent",
  explanation:
    "A behavior that restricts its viewers requires a signed URL (Expires or Policy, Signature, Key-Pair-Id) or " +
    "the three cookies CloudFront-Policy or CloudFront-Expires, CloudFront-Signature and CloudFront-Key-Pair-Id. " +
    "The key must belong to a key group that the behavior trusts. A browser sends the cookies only if their Domain " +
    "and Path cover the host of the distribution, and a script only with credentials.",
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
        "CloudFront read the authentication and denies access: it has expired, was signed with another private " +
          "key, or its policy is for another address (Resource) or source address.",
      evidence: evidence(facts),
    })
  },
})
