/**
 * Applies the safe fixes of rules to a request. Each fix is identified by the code of its rule.
 *
 * The data that the rules use may come from a redacted exchange, in which redaction marks replace the values. Each correction
 * therefore reads the values from the request.
 */
import type { Correction } from "@holdfast/diagnosis/Diagnosis"
import type { Request } from "@holdfast/diagnosis/Exchange"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import * as RequestEdit from "@holdfast/diagnosis/RequestEdit"
import type { OAuthFacts } from "../facts.ts"
import * as RequestFields from "../requestFields.ts"
import { inForm, type Live, withFields } from "./fields.ts"

type OAuthCorrection = Correction<OAuthFacts>

const fieldsOf = (request: Request): RequestFields.RequestFields =>
  RequestFields.read(
    { request },
    request.url !== undefined && URL.canParse(request.url) ? new URL(request.url) : undefined,
  )

const corrected = (request: Request | undefined) => (request === undefined ? undefined : { request })

const formEncoded: OAuthCorrection = (request) => {
  const { fields } = fieldsOf(request)
  return fields.length === 0 ? undefined : { request: inForm(request, fields) }
}

/**
 * Removes a repeated parameter only if its values are equal, because the user has to choose between different values. Only
 * two parameters, `audience` and `resource`, can be repeated (RFC 8707, RFC 8693).
 */
const eachOnce: OAuthCorrection = (request) => {
  const { encoding, fields } = fieldsOf(request)
  const values = new Map<string, string>()
  const once: Array<Live> = []
  for (const field of fields) {
    const { name, value } = field
    const known = values.get(name)
    if (known === undefined || name === "audience" || name === "resource") once.push(field)
    else if (known !== value) return undefined
    values.set(name, value)
  }
  return once.length === fields.length ? undefined : corrected(withFields(request, encoding, once))
}

const withoutFields = (request: Request, ...unwanted: ReadonlyArray<string>): Request | undefined => {
  const { encoding, fields } = fieldsOf(request)
  const kept = fields.filter(({ name }) => !unwanted.includes(name))
  return kept.length === fields.length ? undefined : withFields(request, encoding, kept)
}

const withoutScope: OAuthCorrection = (request, { purpose }) =>
  purpose === "refresh" ? corrected(withoutFields(request, "scope")) : undefined

const acceptsJson: OAuthCorrection = (request) => ({
  request: RequestEdit.withHeader(request, "Accept", "application/json"),
})

/**
 * Removes the credentials from the fields and keeps them in the header, which every server with client secrets supports (RFC
 * 6749, section 2.3.1).
 */
const provenByHeader: OAuthCorrection = (request) => corrected(withoutFields(request, "client_id", "client_secret"))

const damaged: ReadonlySet<string> = new Set(["device_code", "refresh_token", "client_secret", "code"])

/** Restores a plus sign that was not percent-encoded and was therefore decoded as a space. */
const intact = (value: string): string => {
  const trimmed = value
    .trim()
    .replaceAll(/[\r\n\t]/g, "")
    .replaceAll(" ", "+")
  if (!/%[0-9a-f]{2}/i.test(trimmed)) return trimmed
  try {
    return decodeURIComponent(trimmed)
  } catch {
    return trimmed
  }
}

/**
 * Whether a value is redacted and its redaction mark shows that the value is damaged. A redacted value cannot be corrected.
 */
const isHidden = (value: string): boolean =>
  Redaction.isHidden(value) && (Redaction.has(value, "blanks") || Redaction.has(value, "percent"))

const valuesIntact: OAuthCorrection = (request) => {
  const { encoding, fields } = fieldsOf(request)
  const mended = fields.map((field): Live => {
    if (!damaged.has(field.name) || Redaction.isHidden(field.value)) return field
    const value = intact(field.value)
    return { ...field, value, sent: value }
  })
  const isChanged = mended.some(({ value }, index) => value !== fields[index]?.value || isHidden(value))
  return isChanged ? corrected(withFields(request, encoding, mended)) : undefined
}

const withToken: OAuthCorrection = (request) => ({ request, needs: "token" })

const withNonce: OAuthCorrection = (request, { answer }) => {
  const nonce = answer.header("dpop-nonce")
  return nonce === undefined
    ? undefined
    : { request: RequestEdit.withoutHeaders(request, "dpop"), needs: "signature", hints: { nonce } }
}

/** The corrections, keyed by the code of the rule. */
export const corrections: Readonly<Record<string, OAuthCorrection>> = {
  "HF-OAUTH-BEARER-001": withToken,
  "HF-OAUTH-BEARER-003": withToken,
  "HF-OAUTH-BEARER-008": withNonce,
  "HF-OAUTH-CLIENT-001": provenByHeader,
  "HF-OAUTH-GRANT-006": valuesIntact,
  "HF-OAUTH-REQUEST-001": formEncoded,
  "HF-OAUTH-REQUEST-002": eachOnce,
  "HF-OAUTH-REQUEST-008": withoutScope,
  "HF-OAUTH-REQUEST-009": formEncoded,
  "HF-OAUTH-REQUEST-010": acceptsJson,
}
