/**
 * Rules about presigned URLs and signed headers whose authentication is incomplete or unreadable.
 */
import { cleared, found } from "@holdfast/diagnosis/Diagnosis"
import { isHidden } from "@holdfast/diagnosis/Redaction"
import * as Asked from "../../asked.ts"
import { ends } from "../../credential.ts"
import { ofAny, type S3Facts } from "../../facts.ts"
import { topic } from "../../rule.ts"
import * as CredentialWords from "./signature/credentialWords.ts"
import { signedHeadersMalformed } from "./signature/headerList.ts"
import { links } from "./links.ts"

const rule = topic("url-parameters")

/** The required parameters of a presigned URL, by signature version. In version 4, the vendor's prefix precedes them. */
const needed = {
  2: ["AWSAccessKeyId", "Expires", "Signature"],
  4: ["Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature"],
} as const

/** The vendor prefix of a URL's parameters. Alibaba's parameters also have other names. */
const lettersOf = ({ url }: S3Facts): "X-Amz-" | "X-Goog-" | undefined => {
  const names = [...(url?.searchParams.keys() ?? [])]
  if (names.some((name) => /^x-oss-/i.test(name))) return undefined
  return names.some((name) => /^x-goog-(?:algorithm|credential|signature)$/i.test(name)) ? "X-Goog-" : "X-Amz-"
}

const neededIn = (facts: S3Facts, version: 2 | 4): ReadonlyArray<string> => {
  if (version === 2) return needed[2]
  const letters = lettersOf(facts)
  return letters === undefined ? [] : needed[4].map((name) => letters + name)
}

/** Other services put their own name before the key id in version 2 parameters. */
const isThere = ({ query, url }: S3Facts, name: string): boolean =>
  query(name) !== undefined || (name === "AWSAccessKeyId" && [...(url?.searchParams.keys() ?? [])].some(Asked.isKeyId))

/** The query was cut off, or an escape joins its parameters. */
const urlIncomplete = rule({
  code: "HF-S3-URL-006",
  name: "UrlIncomplete",
  phase: "credentials",
  title: "The presigned URL is incomplete: parameters of its signature are missing",
  explanation:
    "A presigned URL carries its whole proof in its query: six parameters in version 4, three in version 2. They get lost " +
    'when a shell takes the first "&" for the end of the command, when a URL is copied with "&amp;" or "\\u0026" still in ' +
    "it, or when a router keeps only the parameters that it knows.",
  fix: [
    { text: "hand on the URL whole, in quotes, and unescaped", safety: "safe to apply" },
    { text: "compare its length with the one that the signer gave out", safety: "check first" },
  ],
  change: "url",
  links: [links.querySigning],
  rivals: ["HF-S3-URL-003", "HF-S3-URL-004", "HF-S3-URL-007", "HF-S3-URL-008"],
  inspect: (facts) => {
    const { url } = facts
    // A single long parameter contains the others, because the separators are still escaped.
    const isGlued = glued.test(url?.search ?? "")
    const version = Asked.queryVersion(facts) ?? (isGlued ? (/x-amz-/i.test(url?.search ?? "") ? 4 : 2) : undefined)
    if (version === undefined || url === undefined) return undefined
    // Signature version 4A has a separate parameter for regions, besides all six.
    const names = neededIn(facts, version)
    const missing = names.filter((name) => !isThere(facts, name))
    if (missing.length === 0) return cleared("URL parameters", `all ${names.length} there`)
    const escaped = [...url.searchParams.keys()].some((name) => name.startsWith("amp;"))
      ? '; the URL still has "&amp;" in it'
      : /\\u0026|%5Cu0026/i.test(url.search)
        ? '; the URL still has "\\u0026" in it'
        : ""
    return found({
      confidence: "certain",
      detail: `${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} missing in the query${escaped}${ofCloudFront(facts)}.`,
      evidence: missing.map((name) => Asked.inQuery(facts, name, "a value")),
      about: missing,
    })
  },
  recognise: (facts) => {
    const { message } = facts.answer
    const worded = /query-string authentication.{0,20}requires/i.test(message)
    // The code covers every defect of the signature's parameters. Without a message, this is the most common one.
    if (!worded && !(Asked.said(facts, "AuthorizationQueryParametersError") && message === "")) return undefined
    return found({
      confidence: worded ? "likely" : "possible",
      detail: `The server misses a parameter of the signature in the URL that it received, or cannot read one${named(facts)}.`,
      evidence: Asked.theCode(facts),
    })
  },
})

/** The parameters that the server requires, and those of them that the URL lacks. */
const named = ({ answer, query, url }: S3Facts): string => {
  const [, list = ""] = /requires the ([\w, -]{1,300}?) parameters/i.exec(answer.message) ?? []
  const names: ReadonlyArray<string> = list.match(/[A-Z][\w-]{3,40}/g) ?? []
  if (names.length === 0) return ""
  const missing = url === undefined ? [] : names.filter((name) => query(name) === undefined)
  const other = [...(url?.searchParams.keys() ?? [])].find((name) => Asked.isKeyId(name) && !names.includes(name))
  const lack = missing.length === 0 ? "" : `; the URL has no ${missing.join(", ")}`
  return `: it wants ${names.join(", ")}${lack}${
    other === undefined ? "" : `, but ${other}, by which another protocol than this server's names the key`
  }`
}

/** A query whose parameters are separated by an ampersand escaped for JSON or markup. */
const glued =
  /[^?&](?:(?:\\|%5C)u0026|&amp;|%26amp;)(?:X-(?:Amz|Goog)-[A-Z]|Signature=|Expires=|AWSAccessKeyId=|GoogleAccessId=)/i

/** CloudFront has its own signature ("Create a signed URL using a canned policy") with a key pair id. */
const ofCloudFront = ({ query }: S3Facts): string =>
  query("key-pair-id") === undefined
    ? ""
    : "; Key-Pair-Id is CloudFront's: the URL is signed for a distribution and was sent to the host of an S3 bucket, which does not know such signatures"

/** Services that are accessed through S3's URLs with S3's signatures. */
const services = ["s3", "s3express", "s3-object-lambda", "s3-outposts"]

/** A credential is not `key/date/region/s3/aws4_request`. */
const credentialMalformed = rule({
  code: "HF-S3-URL-007",
  name: "CredentialMalformed",
  phase: "credentials",
  title: "The credential of the signature is malformed",
  explanation:
    "The credential is five parts divided by slashes: key id, day, region, s3, aws4_request. In a URL the slashes are " +
    "encoded once, as %2F; encoded twice they stay %2F and the credential has but one part. A credential for another " +
    "service than s3, or whose day is not that of X-Amz-Date, is refused too.",
  fix: [{ text: "encode the URL's parameters once, and sign for the service s3", safety: "safe to apply" }],
  change: "url",
  links: [links.querySigning, links.headerSigning],
  rivals: ["HF-S3-URL-003", "HF-S3-URL-004", "HF-S3-URL-006", "HF-S3-URL-008"],
  inspect: (facts) => {
    const { credential, header, query, version } = facts
    if (credential === undefined || version !== 4 || facts.proof === "form") return undefined
    const algorithm = ofAny(query, "algorithm") ?? header("authorization") ?? ""
    // A version 4A credential has no region.
    if (algorithm.startsWith("AWS4-ECDSA")) return undefined
    const problem = problemOf(facts)
    const name = credential.at.startsWith("request.url") ? "X-Amz-Credential" : "authorization"
    if (problem === undefined) return cleared("credential", "well-formed")
    const { date, region, service } = credential
    return found({
      confidence: "certain",
      detail: `The credential is malformed: ${problem}.`,
      evidence: [
        {
          at: credential.at,
          name,
          observed: credential.scope,
          expected: `<key id>/${date === "" ? "<day>" : date}/${region === "" ? "<region>" : region}/${services.includes(service) ? service : "s3"}/aws4_request`,
        },
      ],
      about: ["X-Amz-Credential", "Credential"],
    })
  },
  recognise: (facts) => {
    const { message } = facts.answer
    // Google's JSON API sends this for a bearer token.
    if (/region.{0,40}wrong/i.test(message) || Asked.said(facts, "authError", "required")) return undefined
    const fault = Asked.said(facts, "AuthorizationHeaderMalformed", "AuthorizationQueryParametersError")
      ? CredentialWords.faultIn(message)
      : undefined
    if (
      fault === undefined &&
      !/credential.{0,20}(?:mal-?formed|invalid)|error parsing the X-Amz-Credential|invalid credential/i.test(message)
    ) {
      return undefined
    }
    return found({
      confidence: "likely",
      detail:
        fault === undefined
          ? "The server cannot read the credential that it received."
          : `The server says of the credential: ${fault}.`,
      evidence: [...Asked.theCode(facts), { at: "response.body.Message", name: "Message", observed: message }],
    })
  },
})

const problemOf = ({ credential, signedAt }: S3Facts): string | undefined => {
  if (credential === undefined) return undefined
  const { date, end, keyId, region, service, parts, scope } = credential
  if (parts === 1 && isHidden(keyId) && !/^(?:ASIA|AKIA)/.test(keyId) && !/%2F/i.test(scope)) {
    return "it is not five parts divided by slashes"
  }
  if (/%2F/i.test(scope)) return "its slashes are encoded twice, so it is one part and not five"
  if (parts !== 5) return `it has ${parts} ${parts === 1 ? "part" : "parts"} and not five`
  if (keyId === "") return "its key id is empty"
  if (!/^\d{8}$/.test(date)) return `its day is ${JSON.stringify(date)} and not eight digits`
  if (region === "") return "its region is empty"
  // Google and Alibaba have their own last part, preceded by their own service name.
  const others = ends.get(end)
  if (others !== undefined && end !== "aws4_request") {
    return others.includes(service)
      ? undefined
      : `it is for the service ${JSON.stringify(service)} and not for ${others[0]}`
  }
  if (service === "")
    return "its service is empty: the signer could not derive it from the host and has to be set to s3"
  if (!services.includes(service)) return `it is for the service ${JSON.stringify(service)} and not for s3`
  if (end !== "aws4_request") return `it ends with ${JSON.stringify(end)} and not with aws4_request`
  const day = signedAt === undefined ? undefined : Asked.instant(signedAt).slice(0, 10).replaceAll("-", "")
  return day === undefined || day === date ? undefined : `its day is ${date}, and the request was signed on ${day}`
}

const algorithms = ["AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"]

/** The algorithm does not exist. */
const algorithmUnknown = rule({
  code: "HF-S3-URL-008",
  name: "AlgorithmUnknown",
  phase: "credentials",
  title: "The URL's X-Amz-Algorithm is not one that S3 knows",
  explanation:
    "S3 knows AWS4-HMAC-SHA256, and AWS4-ECDSA-P256-SHA256 for several regions. Names are compared with case.",
  fix: [{ text: "sign with AWS4-HMAC-SHA256", safety: "safe to apply" }],
  change: "url",
  links: [links.querySigning],
  rivals: ["HF-S3-URL-003", "HF-S3-URL-004", "HF-S3-URL-006", "HF-S3-URL-007"],
  inspect: (facts) => {
    const algorithm = Asked.queryVersion(facts) === 4 ? facts.query("x-amz-algorithm") : undefined
    if (algorithm === undefined || algorithms.includes(algorithm)) return undefined
    return found({
      confidence: "certain",
      detail: `X-Amz-Algorithm is ${JSON.stringify(algorithm)}.`,
      evidence: [Asked.inQuery(facts, "X-Amz-Algorithm", "AWS4-HMAC-SHA256")],
      about: ["X-Amz-Algorithm"],
    })
  },
})

/** The rules, in the order of S3's checks. */
export const urlParameters = [urlIncomplete, algorithmUnknown, credentialMalformed, signedHeadersMalformed] as const
