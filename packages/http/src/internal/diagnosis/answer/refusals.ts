/**
 * Reads rejections other than limits from a vendor's codes, messages and headers.
 */
import { productRows } from "./productRefusals.ts"
import type { RefusalCause, Row } from "./refusalRow.ts"
import type { Vendor } from "./vendor.ts"
import type { Words } from "./words.ts"

/** A rejection whose reason is stated in the response. */
export interface Refusal {
  readonly cause: RefusalCause
  readonly at: string
  readonly name: string
  readonly observed: string
  /** Whether the vendor documents this meaning and no other. */
  readonly isSure: boolean
}

const rows: ReadonlyArray<Row> = [
  // https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes
  { cause: "image access", beside: "docker-distribution-api-version", codes: ["DENIED", "UNAUTHORIZED"], status: [401, 403, 404], isSure: false },
  { cause: "image", beside: "docker-distribution-api-version", codes: ["MANIFEST_UNKNOWN", "NAME_UNKNOWN", "BLOB_UNKNOWN", "NAME_INVALID", "TAG_INVALID"], status: [400, 404], isSure: false },
  // https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api
  { cause: "sign-on", vendor: "github", header: "x-github-sso", status: [403] },
  { cause: "sign-on", vendor: "github", message: /saml/i, status: [403, 200] },
  { cause: "user agent", vendor: "github", message: /user-agent header|administrative rules/i, status: [403] },
  { cause: "scope", vendor: "github", message: /resource not accessible by|must have (?:admin|push|pull|write|read)\b|scopes? (?:to|are|is)|not been granted the required scopes/i, status: [403, 404, 200] },
  { cause: "scope", vendor: "github", codes: ["INSUFFICIENT_SCOPES", "FORBIDDEN"], status: [200] },
  { cause: "address", vendor: "github", message: /ip allow list/i, status: [403] },
  { cause: "approval", vendor: "github", message: /oauth app access restrictions/i, status: [403, 200] },
  // https://docs.slack.dev/reference/methods
  { cause: "scope", vendor: "slack", codes: ["missing_scope", "no_permission"], status: [200, 403] },
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
  // https://platform.openai.com/docs/guides/error-codes/api-errors, https://developers.openai.com/api/docs/supported-countries
  { cause: "organization", vendor: "openai", codes: ["mismatched_organization", "invalid_organization", "mismatched_project", "invalid_project"], status: [400, 401, 403, 404] },
  { cause: "organization", vendor: "openai", message: /(?:openai-(?:organization|project) header|no such organization|must be a member of an organization)/i, status: [400, 401, 403, 404] },
  { cause: "country", codes: ["unsupported_country_region_territory"], status: [400, 403] },
  { cause: "country", message: /(?:user )?location is not supported|(?:country|region|territory)[\w ,]{0,30} (?:is )?not (?:supported|available)|not available in your (?:country|region|location)/i, status: [400, 403, 451], isSure: false },
  // https://platform.claude.com/docs/en/api/errors, https://learn.microsoft.com/azure/ai-services/openai/reference, https://ai.google.dev/gemini-api/docs/troubleshooting
  { cause: "model", codes: ["model_not_found", "DeploymentNotFound", "model_not_active", "deployment_not_found"], status: [400, 403, 404] },
  { cause: "model", vendor: "anthropic", codes: ["not_found_error"], message: /^model\b/i, status: [404], isSure: false },
  { cause: "model", message: /\bmodels?[\s:/]{1,3}\S{0,60}[\d-]\S{0,60} (?:was |is |does |has been )?(?:not found|not exist|not supported|deprecated|retired|decommissioned)/i, status: [400, 403, 404], isSure: false },
  // https://docs.cloud.google.com/docs/authentication/api-keys, https://developers.google.com/maps/documentation/javascript/error-messages
  { cause: "key limited", codes: ["API_KEY_HTTP_REFERRER_BLOCKED", "API_KEY_IP_ADDRESS_BLOCKED", "API_KEY_ANDROID_APP_BLOCKED", "API_KEY_IOS_APP_BLOCKED", "API_KEY_SERVICE_BLOCKED", "ipRefererBlocked"], status: [400, 403] },
  { cause: "key limited", vendor: "google", message: /requests from (?:this |referer|android|ios)[^\n]{0,120} are blocked|not authorized to use this (?:api key|service)|api keys with referer restrictions cannot/i, status: [200, 400, 403] },
  { cause: "key", codes: ["API_KEY_INVALID", "keyInvalid", "invalid_api_key", "incorrect_api_key_provided"], status: [400, 401, 403] },
  { cause: "key", vendor: "google", message: /(?:provided )?api key is (?:invalid|expired)|api key not (?:valid|found)|api key expired/i, status: [200, 400, 403] },
  { cause: "key", vendor: "anthropic", codes: ["authentication_error"], message: /x-api-key|api key/i, status: [401], isSure: false },
  { cause: "key", vendor: "twilio", codes: ["20003"], status: [401], isSure: false },
  { cause: "key", vendor: "notion", codes: ["unauthorized"], status: [401], isSure: false },
  { cause: "key", message: /(?:invalid|incorrect|unknown|wrong|bad|expired|revoked|malformed) (?:api[ _-]?key|subscription key|access key)|invalid subscription key|api[ _-]?key (?:provided )?(?:is |was |has )?(?:been )?(?:invalid|incorrect|not valid|not found|expired|revoked|disabled|wrong)/i, status: [400, 401, 403], isSure: false },
  // What the application protects its forms with: https://docs.djangoproject.com/en/stable/ref/csrf, https://laravel.com/docs/csrf
  { cause: "forgery", message: /\b(?:csrf|xsrf)\b|authenticity ?token|anti-?forgery|^\s*(?:419 )?page expired|no valid crumb|invalid crumb/i, status: [400, 401, 403, 419, 422], isSure: false },
  // What a token may not do, in the words of many: https://learn.microsoft.com/azure/role-based-access-control/troubleshooting, https://docs.x.com/x-api
  { cause: "scope", vendor: "slack", codes: ["not_in_channel", "channel_not_found", "is_archived", "cant_post_message", "restricted_action"], status: [200, 403], isSure: false },
  { cause: "scope", codes: ["AuthorizationFailed", "LinkedAuthorizationFailed", "missing_scope", "MISSING_SCOPES", "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND", "INVALID_PERMISSIONS", "ErrorAccessDenied", "IAM_PERMISSION_DENIED", "USER_PERMISSION_DENIED", "DENIED"], status: [200, 400, 401, 403], isSure: false },
  { cause: "scope", vendor: "graph", codes: ["accessDenied", "Forbidden"], status: [403], isSure: false },
  { cause: "scope", vendor: "atlassian", message: /do(?:es)? not have (?:the )?permission|not permitted|scope does not match/i, status: [401, 403, 404], isSure: false },
  { cause: "scope", message: /(?:missing|required|requires|lacks?|all|does not contain|insufficient|appropriate)(?: the| following| required| oauth1| app| access)* (?:scopes?|permissions?|privileges?)\b|not authori[sz]ed to perform|do(?:es)? not have (?:the |sufficient )?(?:authorization|permission|required|necessary)|is forbidden: user|access to repository not granted|insufficient (?:authentication )?scopes?|requested access to the resource is denied|different access level|access to (?:this|the) endpoint/i, status: [200, 400, 401, 403], isSure: false },
  { cause: "address", message: /(?:client|ip|your) (?:ip )?address[^\n]{0,60} (?:is )?not (?:allowed|authorized|permitted|white-?listed)|ip (?:is )?not (?:allowed|white-?listed)|forbiddenbyfirewall/i, status: [401, 403], isSure: false },
] // prettier-ignore

/** All rows. Rows for individual products come first, because they are more specific. */
const all = [...productRows, ...rows]

/** Returns the rejection that a response reports. */
/**
 * Codes that only token endpoints send (RFC 6749, section 5.2). Their messages mention keys and tokens in the words of an API
 * that refuses a key.
 */
export const tokenCodes: ReadonlySet<string> = new Set([
  "invalid_grant",
  "unauthorized_client",
  "unsupported_grant_type",
])

export const read = (
  words: Words,
  vendor: Vendor | undefined,
  /** The status of the response; `undefined` if only the message is known. */
  status: number | undefined,
  header: (name: string) => string | undefined,
): Refusal | undefined => {
  for (const row of all) {
    if (row.vendor !== undefined && row.vendor !== vendor?.id) continue
    if (status !== undefined && !row.status.includes(status)) continue
    if (row.beside !== undefined && header(row.beside) === undefined) continue
    if (row.cause === "key" && words.codes.some((one) => tokenCodes.has(one))) continue
    const { cause } = row
    const isSure = row.isSure !== false
    const value = row.header === undefined ? undefined : header(row.header)
    if (row.header !== undefined && value !== undefined)
      return { cause, at: `response.headers.${row.header}`, name: row.header, observed: value, isSure }
    const code = row.codes?.find((one) => words.codes.includes(one))
    // A code that covers several causes counts only with its message.
    if (
      row.codes !== undefined &&
      row.message !== undefined &&
      (code === undefined || !row.message.test(words.message))
    )
      continue
    if (code !== undefined) return { cause, at: "response.body", name: "code", observed: code, isSure }
    if (row.message?.test(words.message) === true)
      return { cause, at: "response.body", name: "message", observed: words.message.slice(0, 200), isSure }
  }
  // A vendor that accepts only keys means the key by 401, whatever its message is.
  return vendor?.isByKey === true && status === 401
    ? { cause: "key", at: "response.status", name: "status", observed: "401", isSure: false }
    : undefined
}
