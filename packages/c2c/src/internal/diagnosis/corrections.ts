/**
 * Maps rule codes to the corrections that safe fixes apply to a request.
 */
import type { Correction } from "@holdfast/diagnosis/Diagnosis"
import type { Request } from "@holdfast/diagnosis/Exchange"
import * as RequestEdit from "@holdfast/diagnosis/RequestEdit"
import { isSemver } from "../api/semver.ts"
import { versionHeader } from "../api/versionHeader.ts"
import { type C2cFacts, grants, isSignIn, readBody } from "./facts.ts"

type C2cCorrection = Correction<C2cFacts>

type Sent = C2cFacts["sent"]

const formType = "application/x-www-form-urlencoded"

const inJson = (request: Request, sent: Sent): Request =>
  RequestEdit.withBody(request, "application/json", JSON.stringify(sent))

const inForm = (request: Request, sent: Sent): Request =>
  RequestEdit.withBody(
    request,
    formType,
    new URLSearchParams(
      Object.entries(sent).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]),
    ).toString(),
  )

/**
 * Sets the version header to the version that the request states, or to 2.0.0 if the request does not state a valid version.
 */
const oneVersion: C2cCorrection = (request) => {
  const stated = (RequestEdit.headerOf(request, versionHeader) ?? "")
    .split(",")
    .map((one) => one.trim().replace(/^v/i, ""))
    .find(isSemver)
  const wanted = stated ?? "2.0.0"
  return RequestEdit.headerOf(request, versionHeader) === wanted
    ? undefined
    : { request: RequestEdit.withHeader(request, versionHeader, wanted) }
}

const takenType: C2cCorrection = (request, facts) => {
  const { encoding, sent } = readBody({ request })
  if (encoding === "none") return undefined
  if (isSignIn(facts)) {
    return {
      request:
        encoding === "multipart"
          ? RequestEdit.withoutHeaders(request, "content-type", "content-length")
          : encoding === "json"
            ? inForm(request, sent)
            : RequestEdit.withHeader(request, "Content-Type", formType),
    }
  }
  if (encoding === "multipart") return { request: inForm(request, sent) }
  return {
    request: RequestEdit.withHeader(request, "Content-Type", encoding === "json" ? "application/json" : formType),
  }
}

const ownConnection: C2cCorrection = (request) =>
  /\bclose\b/i.test(RequestEdit.headerOf(request, "connection") ?? "")
    ? undefined
    : { request: RequestEdit.withHeader(request, "Connection", "close") }

const grantOfFields: C2cCorrection = (request) => {
  const { encoding, sent } = readBody({ request })
  const grant = "device_code" in sent ? grants.device : "refresh_token" in sent ? grants.refresh : undefined
  return grant === undefined ? undefined : { request: written(request, encoding, { ...sent, grant_type: grant }) }
}

const written = (request: Request, encoding: C2cFacts["encoding"], sent: Sent): Request => {
  if (encoding === "json") return inJson(request, sent)
  if (encoding === "form") return inForm(request, sent)
  const fields = Object.entries(sent).flatMap(([name, value]) => (typeof value === "string" ? [{ name, value }] : []))
  return RequestEdit.withForm(request, fields)
}

const partsLeftOut: C2cCorrection = (request) => {
  const { encoding, sent } = readBody({ request })
  const { parts, ...rest } = sent
  return parts === undefined ? undefined : { request: written(request, encoding, rest) }
}

/** Fields whose values are strings, even if the values look like numbers. */
const texts: ReadonlySet<string> = new Set(["name", "extension", "filetype", "notes"])

const valueOf = (name: string, value: unknown): unknown => {
  if (typeof value !== "string" || texts.has(name)) return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

/** Converts a form's string values to JSON lists, numbers and booleans. */
const typed: C2cCorrection = (request) => {
  const { encoding, sent } = readBody({ request })
  return encoding === "json" || encoding === "none"
    ? undefined
    : {
        request: inJson(
          request,
          Object.fromEntries(Object.entries(sent).map(([name, value]) => [name, valueOf(name, value)])),
        ),
      }
}

const withToken: C2cCorrection = (request) => ({ request, needs: "token" })

/** The corrections, keyed by rule code. */
export const corrections: Readonly<Record<string, C2cCorrection>> = {
  "HF-C2C-ACCESS-001": withToken,
  "HF-C2C-ACCESS-003": withToken,
  "HF-C2C-ASSET-002": partsLeftOut,
  "HF-C2C-ASSET-007": typed,
  "HF-C2C-HEADERS-001": oneVersion,
  "HF-C2C-HEADERS-002": takenType,
  "HF-C2C-PAIRING-003": ownConnection,
  "HF-C2C-PAIRING-004": grantOfFields,
  "HF-C2C-PAIRING-006": withToken,
}
