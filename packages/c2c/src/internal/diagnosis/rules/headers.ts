/**
 * Rules about headers that Frame.io requires.
 */
import { cleared, found, unseen } from "@holdfast/diagnosis/Diagnosis"
import { isSemver } from "../../api/semver.ts"
import { versionHeader } from "../../api/versionHeader.ts"
import { isSignIn } from "../facts.ts"
import { guide, says, sentHeader, topic, word } from "../rule.ts"

const rule = topic("headers")

const errors = guide("how-to-handle-errors")

/** Returns a description of the defect in a version header, or `undefined` if the header is valid. */
const defectOf = (version: string | undefined): string | undefined => {
  if (version === undefined || version.trim() === "") return "The header is missing."
  // Two headers of one name are one with a comma (RFC 9110, section 5.3).
  if (version.includes(",")) return `It was sent ${version.split(",").length} times.`
  return isSemver(version.trim()) ? undefined : `${version} is not a semantic version.`
}

/** The version header. */
const clientVersion = rule({
  code: "HF-C2C-HEADERS-001",
  title: "x-client-version is missing, was sent more than once, or is not a semantic version",
  explanation:
    "Every call must send the firmware version of the device exactly once, as a semantic version: three numbers " +
    "separated by dots, without a leading v. Frame.io uses this version to choose the configuration of the device " +
    "model. If both the client's defaults and the call set this header, the request contains it twice.",
  fix: [{ text: "send x-client-version once, 2.0.0 for instance", safety: "safe to apply" }],
  change: "plan",
  links: [errors, "https://semver.org"],
  rivals: [],
  soleCause: errors,
  find: (facts) => {
    const said = says(facts, "Invalid client version")
    if (!facts.hasRequest) {
      return said
        ? found({
            confidence: "likely",
            detail: "The response does not show whether the header is missing, repeated or malformed.",
            evidence: word(facts),
          })
        : undefined
    }
    const defect = defectOf(facts.header(versionHeader))
    if (defect === undefined) {
      return said
        ? found({
            confidence: "possible",
            detail: "The header looks correct in the capture, but a proxy may have changed or duplicated it.",
            evidence: [...sentHeader(facts, versionHeader), ...word(facts)],
          })
        : cleared("client version", facts.header(versionHeader) ?? "")
    }
    if (said) {
      return found({
        confidence: "certain",
        detail: defect,
        evidence: [...sentHeader(facts, versionHeader, "one semantic version"), ...word(facts)],
        about: ["version"],
      })
    }
    // A request captured without its headers says nothing about this one.
    if (Object.keys(facts.exchange.request?.headers ?? {}).length === 0) return undefined
    return facts.status === 400 && (facts.payload.key === undefined || says(facts, "invalid_request"))
      ? found({
          confidence: "possible",
          detail: defect,
          evidence: sentHeader(facts, versionHeader, "one semantic version"),
        })
      : undefined
  },
})

/** The content type. */
const contentType = rule({
  code: "HF-C2C-HEADERS-002",
  title: "This call does not accept the Content-Type of the request",
  explanation:
    "Sign-in accepts a multipart or urlencoded form. All other calls accept JSON or a urlencoded form. A multipart " +
    "Content-Type that was set by hand lacks the boundary, and the server cannot read the body without the " +
    "boundary.",
  fix: [
    { text: "send application/json, or a urlencoded form for sign-in", safety: "safe to apply" },
    {
      text: "let the client set the Content-Type of a multipart form, because the client knows the boundary",
      safety: "safe to apply",
    },
  ],
  change: "plan",
  links: [errors],
  rivals: [],
  soleCause: errors,
  find: (facts) => {
    const said =
      facts.status === 415 || /content.?type/i.test(`${facts.payload.key ?? ""} ${facts.payload.detail ?? ""}`)
    if (!said && !(facts.status === 400 && (says(facts, "invalid_request") || facts.payload.key === undefined)))
      return undefined
    if (!facts.hasRequest) return said ? unseen("the headers of the request") : undefined
    const type = facts.header("content-type")
    const hasBody = facts.encoding !== "none" || (facts.exchange.request?.size ?? 0) > 0
    if (type === undefined && (!hasBody || !said)) return undefined
    const allowed = isSignIn(facts)
      ? /^\s*(?:multipart\/form-data|application\/x-www-form-urlencoded)\b/i
      : /^\s*application\/(?:json|x-www-form-urlencoded)\b/i
    const noBoundary = /^\s*multipart\//i.test(type ?? "") && !/boundary=/i.test(type ?? "")
    if (type !== undefined && allowed.test(type) && !noBoundary)
      return said
        ? found({
            confidence: "possible",
            detail: `Content-Type is ${type}, which this call should accept.`,
            evidence: [...sentHeader(facts, "content-type"), ...word(facts)],
          })
        : cleared("content type", type)
    return found({
      confidence: "certain",
      detail:
        type === undefined
          ? "The request has a body but no Content-Type."
          : noBoundary
            ? `Content-Type is ${type}, without a boundary.`
            : `Content-Type is ${type}.`,
      evidence: [...sentHeader(facts, "content-type", isSignIn(facts) ? "a form" : "application/json"), ...word(facts)],
      about: ["content-type"],
    })
  },
})

/** The rules about headers. */
export const headers = [clientVersion, contentType] as const
