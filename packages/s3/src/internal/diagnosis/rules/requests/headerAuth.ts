/**
 * Rules for requests that are authenticated twice, or whose authentication data S3 cannot read.
 */
import { cleared, type Finding, found } from "@holdfast/diagnosis/Diagnosis"
import { isHidden } from "@holdfast/diagnosis/Redaction"
import * as Asked from "../../asked.ts"
import type { S3Facts } from "../../facts.ts"
import { crossedOut } from "../../redaction/credential.ts"
import { topic } from "../../rule.ts"
import { anonymous } from "./anonymous.ts"
import * as CredentialWords from "./signature/credentialWords.ts"
import { links } from "./links.ts"

const rule = topic("header-auth")

/**
 * The authorization schemes of S3 and compatible storage services. Google Cloud Storage also accepts the OAuth schemes.
 */
const known = /^(?:AWS4-|AWS |GOOG1 |GOOG4-|OSS4-|OSS |OBS |q-sign)/

/** Storage services that accept other schemes in addition to S3's: shared keys, tokens, `q-sign-algorithm=…`. */
const hasOwnScheme: ReadonlySet<string> = new Set(["azure", "b2", "cos", "ibm", "obs", "oci", "oss"])

const schemeOf = (authorization: string): string => authorization.split(/\s/, 1)[0] ?? ""

const twoProofs = rule({
  code: "HF-S3-AUTH-010",
  name: "TwoProofs",
  phase: "credentials",
  title: "The request is authenticated twice: by a presigned URL and by an Authorization header",
  explanation:
    "S3 accepts only one authentication method per request: the query, the Authorization header, or the form. HTTP " +
    "clients and proxies break presigned URLs if they add the application's own Authorization header to every " +
    "request. A redirect that keeps the Authorization header has the same effect.",
  fix: [{ text: "do not send an Authorization header to a presigned URL", safety: "safe to apply" }],
  change: "plan",
  links: [links.presigned],
  rivals: ["HF-S3-AUTH-011"],
  inspect: (facts) => {
    const authorization = facts.header("authorization")
    if (facts.form !== undefined || Asked.signedIn(facts) !== "query") return undefined
    if (authorization === undefined || authorization === "") return cleared("proofs", "one, in the URL")
    return found({
      confidence: "certain",
      detail: `The URL is signed, but the request also has an Authorization header with the scheme ${schemeOf(authorization)}.`,
      evidence: [Asked.inHeaders(facts, "authorization", "none")],
      about: ["Authorization"],
    })
  },
  recognise: (facts) =>
    facts.form === undefined && facts.proof !== "header" && /only one auth mechanism/i.test(facts.answer.message)
      ? found({
          confidence: "likely",
          detail:
            "The server received more than one authentication method: an Authorization header in addition to a " +
            "signed URL or form.",
          evidence: [...Asked.theCode(facts), ...Asked.inAnswer(facts, "ArgumentName", "ArgumentValue")],
        })
      : undefined,
})

const isGoogle = ({ answer, url }: S3Facts): boolean =>
  answer.header("x-guploader-uploadid") !== undefined || /(?:^|\.)googleapis\.com$/.test(url?.hostname ?? "")

/**
 * Whether the request is sent to a vendor's own API, which has its own tokens and signatures. In Supabase, only paths below
 * /s3 belong to the S3 API.
 */
const isOwnApi = (facts: S3Facts): boolean =>
  /^\/storage\/v1\/(?!s3\b)/.test(facts.url?.pathname ?? "") || Asked.isNative(facts)

/** Storage services that accept the access tokens of their own sign-in server. */
const acceptsBearer: ReadonlySet<string> = new Set(["azure", "gcs", "ibm"])

/** A token without a scheme, sent to a storage service that accepts tokens with the Bearer scheme. */
const bareToken = (facts: S3Facts, authorization: string): Finding | undefined =>
  /\s/.test(authorization.trim()) || !acceptsBearer.has(facts.dialect.system)
    ? undefined
    : found({
        confidence: "likely",
        detail: 'The header contains a token without a scheme: the word "Bearer" before the token is missing.',
        evidence: [Asked.inHeaders(facts, "authorization", "Bearer, a space, and the token")],
      })

const foreignScheme = rule({
  code: "HF-S3-AUTH-011",
  name: "ForeignScheme",
  phase: "credentials",
  title: "The scheme of the Authorization header belongs to another API, not to S3",
  explanation:
    "S3 supports the schemes AWS4-HMAC-SHA256 and AWS. Bearer tokens and passwords are credentials for the API " +
    "that issued the upload URL. The API's credentials must not be sent to the storage behind the API.",
  fix: [{ text: "send the request to the presigned URL, without an Authorization header", safety: "safe to apply" }],
  change: "plan",
  links: [links.headerSigning],
  rivals: ["HF-S3-AUTH-010", "HF-S3-AUTH-012"],
  inspect: (facts) => {
    const authorization = facts.header("authorization")
    if (facts.form !== undefined || Asked.signedIn(facts) !== "header" || authorization === undefined) return undefined
    if (known.test(authorization) || crossedOut.test(authorization)) return undefined
    const bare = bareToken(facts, authorization)
    if (bare !== undefined || isGoogle(facts) || isOwnApi(facts)) return bare
    // Storages with their own API accept its scheme on the same hosts.
    if (hasOwnScheme.has(facts.dialect.system)) return undefined
    const isNamed = !isHidden(schemeOf(authorization))
    return found({
      // Redaction hides a scheme that it does not know: a bare token, or the scheme of another service.
      confidence: isNamed ? "certain" : facts.answer.code === "" || facts.answer.speaksOfProof ? "likely" : "possible",
      detail: isNamed
        ? `The scheme is ${schemeOf(authorization)}.`
        : "The Authorization header does not begin with a scheme that S3 supports.",
      evidence: [Asked.inHeaders(facts, "authorization", "AWS4-HMAC-SHA256 Credential=…")],
      about: ["Authorization"],
    })
  },
  recognise: (facts) =>
    facts.form === undefined && /unsupported authorization type/i.test(facts.answer.message)
      ? found({
          confidence: "likely",
          detail: "The server does not recognize the scheme of the Authorization header.",
          evidence: [...Asked.theCode(facts), ...Asked.inAnswer(facts, "ArgumentName", "ArgumentValue")],
        })
      : undefined,
})

const authorizationMalformed = rule({
  code: "HF-S3-AUTH-012",
  name: "AuthorizationMalformed",
  phase: "credentials",
  title: "The Authorization header is malformed",
  explanation:
    "AWS4-HMAC-SHA256 must be followed by three comma-separated parts. The parts are Credential, SignedHeaders and " +
    "Signature. S3 cannot check a header that lacks one of these parts or contains other text.",
  fix: [{ text: "use a Signature Version 4 signer to create the header", safety: "safe to apply" }],
  change: "plan",
  links: [links.headerSigning],
  rivals: ["HF-S3-PLACE-001"],
  inspect: (facts) => {
    const authorization = facts.header("authorization")
    if (facts.proof !== "header" || authorization === undefined) return undefined
    if (authorization.startsWith("AWS4-")) {
      const missing = ["Credential", "SignedHeaders", "Signature"].filter((name) => !authorization.includes(`${name}=`))
      if (missing.length === 0) return undefined
      return malformed(facts, `The Authorization header lacks ${missing.join(", ")}, or contains unexpected text.`)
    }
    if (
      /^AWS\b/.test(authorization) &&
      !/^AWS [^:\s]+:\S+$/.test(authorization.replaceAll(/\[hidden-[^\]]*\]/g, "x"))
    ) {
      return malformed(
        facts,
        "The Authorization header must consist of AWS, a space, the key id, a colon and the signature.",
      )
    }
    return undefined
  },
  recognise: (facts) =>
    Asked.said(facts, "AuthorizationHeaderMalformed", "MalformedSecurityHeader", "MissingFields") &&
    // Google sends it for any header, and names the header.
    /^(?:authorization)?$/i.test(facts.answer.element("ParameterName") ?? "") &&
    !/region|scope/i.test(facts.answer.message) &&
    CredentialWords.faultIn(facts.answer.message) === undefined &&
    facts.answer.element("Region") === undefined
      ? found({
          confidence: "likely",
          detail: `The server cannot read the Authorization header that it received${
            facts.answer.message === "" ? "" : `: "${facts.answer.message.trim()}"`
          }.`,
          evidence: [...Asked.theCode(facts), ...Asked.inAnswer(facts, "ParameterName", "ArgumentName")],
        })
      : undefined,
})

const malformed = (facts: S3Facts, detail: string) =>
  found({
    confidence: "certain",
    detail,
    evidence: [Asked.inHeaders(facts, "authorization", "AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…")],
    about: ["Authorization"],
  })

/**
 * The fault in a Date header that S3 does not accept; S3 reports an invalid header in the same words as a missing header.
 */
const dateFault = ({ header }: S3Facts): string | undefined => {
  const date = header("date")
  return date === undefined || /^\w{3}, \d{2} \w{3} \d{4} [\d:]{8} (?:GMT|[+-]\d{4})$/.test(date)
    ? undefined
    : `The Date header is "${date.slice(0, 60)}"; S3 requires the form "Sun, 01 Mar 2026 10:00:00 GMT".`
}

const hashHeaderMissing = rule({
  code: "HF-S3-AUTH-013",
  name: "HashHeaderMissing",
  phase: "credentials",
  title: "A header that Signature Version 4 requires is missing",
  explanation:
    "A request with a signature in its Authorization header must also contain x-amz-content-sha256. The value of " +
    "x-amz-content-sha256 is the SHA-256 digest of the body or UNSIGNED-PAYLOAD. The request must also contain the " +
    "time of signing in x-amz-date or Date. Both are signed.",
  fix: [{ text: "send x-amz-date and x-amz-content-sha256, and sign both", safety: "safe to apply" }],
  change: "plan",
  links: [links.headerSigning],
  rivals: ["HF-S3-AUTH-012"],
  inspect: (facts) => {
    const { header } = facts
    const authorization = header("authorization")
    if (facts.proof !== "header" || !authorization?.startsWith("AWS4-")) return undefined
    // Other services of AWS do not need the digest in a header.
    const service = facts.credential?.service ?? ""
    if (service !== "" && !service.startsWith("s3")) return undefined
    const missing = [
      ...(header("x-amz-content-sha256") === undefined ? ["x-amz-content-sha256"] : []),
      ...(header("x-amz-date") === undefined && header("date") === undefined ? ["x-amz-date"] : []),
    ]
    if (missing.length === 0) return undefined
    // Amazon has a message for it. A server with another message does not need the header, or the capture omits it.
    const { code, message, status } = facts.answer
    const isSaid = /x-amz-content-sha256|x-amz-date|valid date|required header|signed header/i.test(message)
    return found({
      confidence:
        status === 0 || isSaid
          ? "certain"
          : code === "SignatureDoesNotMatch" || (code !== "" && message !== "")
            ? "possible"
            : "likely",
      detail: `${missing.join(" and ")} ${missing.length === 1 ? "was" : "were"} not sent.`,
      evidence: missing.map((name) => Asked.inHeaders(facts, name, "a value")),
      about: missing,
    })
  },
  recognise: (facts) =>
    facts.form === undefined &&
    /requires a valid Date|missing required header.{0,30}x-amz-content-sha256/i.test(facts.answer.message)
      ? found({
          confidence: "likely",
          detail:
            dateFault(facts) ??
            (/requires a valid Date/i.test(facts.answer.message)
              ? "The server found no valid date in the request: Date (or x-amz-date, x-oss-date, x-obs-date) is " +
                "missing, or is not written in the form that HTTP requires, in English and GMT. Browsers drop a Date " +
                "header that a page sets."
              : "The server reports that a header required by the signature is missing."),
          evidence: Asked.theCode(facts),
        })
      : undefined,
})

/** All rules of this topic, in the order in which S3 performs the checks. */
export const headerAuth = [twoProofs, foreignScheme, authorizationMalformed, hashHeaderMissing, anonymous] as const
