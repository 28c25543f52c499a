/**
 * Rules for presigned URLs and signed headers whose authentication data is incomplete or cannot be parsed.
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

/**
 * The required parameters of a presigned URL, by signature version. In version 4, each name is preceded by the vendor's
 * prefix.
 */
const needed = {
  2: ["AWSAccessKeyId", "Expires", "Signature"],
  4: ["Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature"],
} as const

/** The vendor's prefix for the parameters of a URL. Alibaba also uses other parameter names. */
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

/** Whether the URL contains the parameter. In version 2, other services use their own prefix for the key id parameter. */
const isThere = ({ query, url }: S3Facts, name: string): boolean =>
  query(name) !== undefined || (name === "AWSAccessKeyId" && [...(url?.searchParams.keys() ?? [])].some(Asked.isKeyId))

const urlIncomplete = rule({
  code: "HF-S3-URL-006",
  name: "UrlIncomplete",
  phase: "credentials",
  title: "The presigned URL is incomplete: some parameters of its signature are missing",
  explanation:
    "A presigned URL carries all of its authentication in the query: six parameters in version 4, and three in " +
    'version 2. They get lost if a shell interprets the first "&" as the end of the command, if a URL is ' +
    'copied with "&amp;" or "\\u0026" still in it, or if a router keeps only the parameters that it knows.',
  fix: [
    { text: "pass on the complete URL in quotes, without JSON or HTML escapes", safety: "safe to apply" },
    {
      text: "compare the length of the URL with the length of the URL that the signer returned",
      safety: "check first",
    },
  ],
  change: "url",
  links: [links.querySigning],
  rivals: ["HF-S3-URL-003", "HF-S3-URL-004", "HF-S3-URL-007", "HF-S3-URL-008"],
  inspect: (facts) => {
    const { url } = facts
    // One long parameter contains the others, because the separators are still escaped.
    const isGlued = glued.test(url?.search ?? "")
    const version = Asked.queryVersion(facts) ?? (isGlued ? (/x-amz-/i.test(url?.search ?? "") ? 4 : 2) : undefined)
    if (version === undefined || url === undefined) return undefined
    // Signature version 4A has the regions in a separate parameter, in addition to the six.
    const names = neededIn(facts, version)
    const missing = names.filter((name) => !isThere(facts, name))
    if (missing.length === 0) return cleared("URL parameters", `all ${names.length} present`)
    const escaped = [...url.searchParams.keys()].some((name) => name.startsWith("amp;"))
      ? '; the URL still contains "&amp;"'
      : /\\u0026|%5Cu0026/i.test(url.search)
        ? '; the URL still contains "\\u0026"'
        : ""
    return found({
      confidence: "certain",
      detail: `${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} missing from the query${escaped}${ofCloudFront(facts)}.`,
      evidence: missing.map((name) => Asked.inQuery(facts, name, "a value")),
      about: missing,
    })
  },
  recognise: (facts) => {
    const { message } = facts.answer
    const worded = /query-string authentication.{0,20}requires/i.test(message)
    // The same code covers every fault of the signature's parameters. Without a message this is the most frequent one.
    if (!worded && !(Asked.said(facts, "AuthorizationQueryParametersError") && message === "")) return undefined
    return found({
      confidence: worded ? "likely" : "possible",
      detail:
        "The server reports that a signature parameter is missing from the URL that it received, or cannot be " +
        `read${named(facts)}.`,
      evidence: Asked.theCode(facts),
    })
  },
})

/** The parameters that the server requires, and those that the URL lacks. */
const named = ({ answer, query, url }: S3Facts): string => {
  const [, list = ""] = /requires the ([\w, -]{1,300}?) parameters/i.exec(answer.message) ?? []
  const names: ReadonlyArray<string> = list.match(/[A-Z][\w-]{3,40}/g) ?? []
  if (names.length === 0) return ""
  const missing = url === undefined ? [] : names.filter((name) => query(name) === undefined)
  const other = [...(url?.searchParams.keys() ?? [])].find((name) => Asked.isKeyId(name) && !names.includes(name))
  const lack = missing.length === 0 ? "" : `. The URL lacks ${missing.join(", ")}`
  const stray = other === undefined ? "" : `. The URL has ${other}, which is the name of the key in another protocol`
  return `: the server requires ${names.join(", ")}${lack}${stray}`
}

/** Whether the separators in the query are escaped as in JSON or markup. */
const glued =
  /[^?&](?:(?:\\|%5C)u0026|&amp;|%26amp;)(?:X-(?:Amz|Goog)-[A-Z]|Signature=|Expires=|AWSAccessKeyId=|GoogleAccessId=)/i

/** CloudFront's own signatures ("Create a signed URL using a canned policy") contain the id of a key pair. */
const ofCloudFront = ({ query }: S3Facts): string =>
  query("key-pair-id") === undefined
    ? ""
    : "; Key-Pair-Id is a CloudFront parameter: the URL was signed for a CloudFront distribution but sent to the host of an S3 bucket, and S3 does not support CloudFront signatures"

/** Services that are accessed through S3's URLs with S3 signatures. */
const services = ["s3", "s3express", "s3-object-lambda", "s3-outposts"]

const credentialMalformed = rule({
  code: "HF-S3-URL-007",
  name: "CredentialMalformed",
  phase: "credentials",
  title: "The credential of the signature is malformed",
  explanation:
    "The credential consists of five parts separated by slashes: key id, day, region, s3, aws4_request. In a URL, " +
    "the slashes are encoded once, as %2F. If the slashes are encoded twice, the credential has only one part. A " +
    "credential is also rejected if its service is not s3 or if its day differs from the day of X-Amz-Date.",
  fix: [{ text: "encode each URL parameter once, and sign for the service s3", safety: "safe to apply" }],
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
    // Google's JSON API sends it for a bearer token.
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
          : `The server reports a problem with the credential: ${fault}.`,
      evidence: [...Asked.theCode(facts), { at: "response.body.Message", name: "Message", observed: message }],
    })
  },
})

const problemOf = ({ credential, signedAt, url }: S3Facts): string | undefined => {
  if (credential === undefined) return undefined
  const { date, end, keyId, region, service, parts, scope } = credential
  if (parts === 1 && isHidden(keyId) && !/^(?:ASIA|AKIA)/.test(keyId) && !/%2F/i.test(scope)) {
    return "five parts separated by slashes are required"
  }
  if (/%2F/i.test(scope)) return "the slashes are encoded twice, so the credential has one part instead of five"
  if (parts !== 5) return `the credential has ${parts} ${parts === 1 ? "part" : "parts"} instead of five`
  if (keyId === "") return "its key id is empty"
  if (!/^\d{8}$/.test(date)) return `the day is ${JSON.stringify(date)} instead of eight digits`
  if (region === "") return "its region is empty"
  // Google and Alibaba end it with a word of their own, after their own service.
  const others = ends.get(end)
  if (others !== undefined && end !== "aws4_request") {
    return others.includes(service) ? undefined : `the service is ${JSON.stringify(service)} instead of ${others[0]}`
  }
  if (service === "")
    return "the service is empty because the signer could not derive it from the host; set the service to s3"
  // A request to another service of Amazon is signed for that service.
  if (url?.hostname.startsWith(`${service}.`) === true && url.hostname.endsWith(".amazonaws.com")) return undefined
  if (!services.includes(service)) return `the service is ${JSON.stringify(service)} instead of s3`
  if (end !== "aws4_request") return `the last part is ${JSON.stringify(end)} instead of aws4_request`
  const day = signedAt === undefined ? undefined : Asked.instant(signedAt).slice(0, 10).replaceAll("-", "")
  return day === undefined || day === date ? undefined : `the day is ${date}, but the request was signed on ${day}`
}

const algorithms = ["AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"]

const algorithmUnknown = rule({
  code: "HF-S3-URL-008",
  name: "AlgorithmUnknown",
  phase: "credentials",
  title: "S3 does not support the URL's X-Amz-Algorithm",
  explanation:
    "S3 supports AWS4-HMAC-SHA256 and, for signatures that are valid in several regions, AWS4-ECDSA-P256-SHA256. " +
    "Case matters.",
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

/** All rules of this topic, in the order in which S3 performs the checks. */
export const urlParameters = [urlIncomplete, algorithmUnknown, credentialMalformed, signedHeadersMalformed] as const
