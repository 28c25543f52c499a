/**
 * What else a vendor refuses for, where its words or headers say it: the grammar beside that of the limits.
 */
import type { Vendor } from "./vendor.ts"
import type { Words } from "./words.ts"

/** Why a vendor refuses. */
export type RefusalCause = "sign-on" | "user agent" | "scope" | "api off" | "mode" | "key reused" | "address"

/** A refusal that the answer explains. */
export interface Refusal {
  readonly cause: RefusalCause
  readonly at: string
  readonly name: string
  readonly observed: string
  /** Whether the vendor documents the words with this meaning alone. */
  readonly isSure: boolean
}

interface Row {
  readonly cause: RefusalCause
  readonly vendor: string
  readonly codes?: ReadonlyArray<string>
  readonly message?: RegExp
  readonly header?: string
  readonly status: ReadonlyArray<number>
  readonly isSure?: false
}

const rows: ReadonlyArray<Row> = [
  // https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api
  { cause: "sign-on", vendor: "github", header: "x-github-sso", status: [403] },
  { cause: "sign-on", vendor: "github", message: /saml/i, status: [403, 200] },
  { cause: "user agent", vendor: "github", message: /user-agent header|administrative rules/i, status: [403] },
  { cause: "scope", vendor: "github", message: /resource not accessible by|must have (?:admin|push|pull|write|read)\b|scopes? (?:to|are|is)|not been granted the required scopes/i, status: [403, 404, 200] },
  { cause: "scope", vendor: "github", codes: ["INSUFFICIENT_SCOPES", "FORBIDDEN"], status: [200] },
  { cause: "address", vendor: "github", message: /ip allow list/i, status: [403] },
  // https://docs.slack.dev/reference/methods
  { cause: "scope", vendor: "slack", codes: ["missing_scope", "no_permission", "not_allowed_token_type"], status: [200, 403] },
  { cause: "address", vendor: "slack", codes: ["accesslimited"], status: [200, 403], isSure: false },
  // https://docs.cloud.google.com/docs/authentication, google.aip.dev/193
  { cause: "api off", vendor: "google", codes: ["accessNotConfigured", "SERVICE_DISABLED"], status: [403] },
  { cause: "scope", vendor: "google", codes: ["insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientScopes"], status: [403] },
  { cause: "scope", vendor: "graph", codes: ["Authorization_RequestDenied"], status: [403], isSure: false },
  { cause: "scope", vendor: "notion", codes: ["restricted_resource"], status: [403] },
  { cause: "scope", vendor: "notion", codes: ["object_not_found"], status: [404], isSure: false },
  { cause: "scope", vendor: "discord", codes: ["50001", "50013"], status: [403] },
  { cause: "scope", vendor: "shopify", codes: ["ACCESS_DENIED"], status: [200] },
  { cause: "scope", vendor: "shopify", message: /requires merchant approval|access scope/i, status: [403] },
  // https://docs.stripe.com/error-codes, https://docs.stripe.com/error-low-level
  { cause: "mode", vendor: "stripe", message: /similar object exists in (?:test|live) mode/i, status: [400, 404] },
  { cause: "mode", vendor: "stripe", codes: ["livemode_mismatch", "testmode_charges_only"], status: [400, 401, 403] },
  { cause: "key reused", vendor: "stripe", codes: ["idempotency_error"], status: [400, 409] },
] // prettier-ignore

/** The refusal that an answer explains. */
export const read = (
  words: Words,
  vendor: Vendor | undefined,
  status: number,
  header: (name: string) => string | undefined,
): Refusal | undefined => {
  if (vendor === undefined) return undefined
  for (const row of rows) {
    if (row.vendor !== vendor.id || !row.status.includes(status)) continue
    const { cause } = row
    const isSure = row.isSure !== false
    const value = row.header === undefined ? undefined : header(row.header)
    if (row.header !== undefined && value !== undefined)
      return { cause, at: `response.headers.${row.header}`, name: row.header, observed: value, isSure }
    const code = row.codes?.find((one) => words.codes.includes(one))
    if (code !== undefined) return { cause, at: "response.body", name: "code", observed: code, isSure }
    if (row.message?.test(words.message) === true)
      return { cause, at: "response.body", name: "message", observed: words.message.slice(0, 200), isSure }
  }
  return undefined
}
