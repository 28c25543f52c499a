/**
 * Reads the limit that a response reports, based on vendors' codes and messages for rates, quotas, overload and locks.
 */
import type { Vendor } from "./vendor.ts"
import { isObject, type Json, type Words } from "./words.ts"

/**
 * What was met. `rate`: the client sent too many requests. `window`: all requests allowed in a fixed window have been used.
 * `secondary`: one of GitHub's limits on the request rate or on the number of concurrent requests. `quota`: a quota is
 * exhausted, and a retry cannot succeed before a new billing period begins. `overload`: the vendor's service is overloaded.
 * `lock`: another request has locked the object. `alone`: this single request exceeds the limit.
 */
export type LimitKind = "rate" | "window" | "secondary" | "quota" | "overload" | "lock" | "alone"

/** A limit that the response reports. */
export interface Limit {
  readonly kind: LimitKind
  /** The part of the response that reports the limit. */
  readonly at: string
  readonly name: string
  readonly observed: string
  /** Whether the vendor documents that the code or message refers to this limit. */
  readonly isDocumented: boolean
  /** The resource that is limited, in the vendor's terms. */
  readonly what?: string
}

interface Row {
  readonly kind: LimitKind
  readonly vendor?: string
  readonly codes?: ReadonlyArray<string>
  readonly message?: RegExp
  readonly status?: ReadonlyArray<number>
  readonly what?: string
  readonly isDocumented?: false
}

const failing = [400, 402, 403, 409, 413, 429, 500, 503, 529]

/**
 * The rows for all limits. The first row that matches is used. Rows for quotas come before rows for rates, because both can
 * have status 429.
 */
const rows: ReadonlyArray<Row> = [
  // A single request above the limit: only a smaller request helps.
  { kind: "alone", vendor: "openai", message: /request too large for/i, what: "tokens of one request" },
  { kind: "alone", vendor: "openai", codes: ["context_length_exceeded"], what: "tokens of one request" },
  { kind: "alone", vendor: "anthropic", message: /prompt is too long/i, what: "tokens of one request" },
  { kind: "alone", codes: ["MAX_COST_EXCEEDED", "MAX_NODE_LIMIT_EXCEEDED"], what: "cost of one query" },
  // https://platform.openai.com/docs/guides/error-codes, https://platform.claude.com/docs/en/api/errors
  {
    kind: "quota",
    codes: [
      "insufficient_quota", "credit_balance_exhausted", "organization_spend_limit_exceeded", "project_spend_limit_exceeded",
      "organization_usage_limit_exceeded", "billing_hard_limit_reached", "billing_not_active", "enforced_spend_limit_reached",
      "billing_error",
    ],
    what: "spend or credit",
  },
  { kind: "quota", vendor: "anthropic", message: /credit balance is too low|reached your specified .{0,40}usage limits?/i, what: "spend or credit" },
  { kind: "quota", message: /flood-stage|read-only \/ allow delete|disk usage exceeded|no space left on|(?:storage|disk) (?:is )?full/i, status: [403, 409, 429, 500, 503, 507], what: "disk space", isDocumented: false },
  // https://docs.x.com/x-api/fundamentals/post-cap, https://www.twilio.com/docs/sendgrid, https://docs.cloud.google.com/billing/docs/how-to/modify-project
  { kind: "quota", codes: ["CreditsDepleted", "UsageCapExceeded", "BILLING_DISABLED", "UREQ_PROJECT_BILLING_NOT_FOUND", "accountOverdue", "account_inactive"], status: [402, 403, 429], what: "credit or billing" },
  { kind: "quota", message: /maximum credits exceeded|(?:out of|no|any|insufficient|not enough) (?:credits?|balance|funds on)\b|(?:requires|enable|check your) billing|payment required|unavailable shop|out of call volume quota|^quota exceeded\.?$|over its data quota|(?:plan|usage|spending|monthly) (?:limit|cap) (?:has been |was )?(?:reached|exceeded)/i, status: [200, 401, 402, 403, 429], what: "credit, billing or plan", isDocumented: false },
  { kind: "quota", message: /check your plan and billing details/i, vendor: "openai", what: "spend or credit" },
  // https://developers.google.com/workspace/drive/api/guides/handle-errors, https://ai.google.dev/gemini-api/docs/troubleshooting
  { kind: "quota", codes: ["dailyLimitExceeded", "dailyLimitExceededUnreg", "quotaExceeded", "OVER_DAILY_LIMIT", "variableTermLimitExceeded"], status: [403, 429, 200], what: "daily quota" },
  { kind: "quota", codes: ["storageQuotaExceeded", "downloadQuotaExceeded", "sharingRateLimitExceeded", "teamDriveFileLimitExceeded", "quotaLimitReached"], what: "storage" },
  { kind: "quota", codes: ["ServiceQuotaExceededException", "message_limit_exceeded", "QuotaExceeded", "quota_exceeded"], status: [...failing, 200, 507] },
  { kind: "rate", codes: ["OVER_QUERY_LIMIT"], status: [200, 429], isDocumented: false },
  // https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
  { kind: "secondary", vendor: "github", message: /secondary rate limit|abuse detection mechanism|submitted too quickly/i, status: [403, 422, 429, 200] },
  { kind: "window", vendor: "github", message: /api rate limit (?:already )?exceeded/i, status: [403, 429, 200] },
  { kind: "window", vendor: "github", codes: ["RATE_LIMITED", "RATE_LIMIT"], status: [403, 429, 200] },
  // https://docs.stripe.com/error-low-level, https://docs.stripe.com/error-codes#lock-timeout
  { kind: "lock", codes: ["lock_timeout"], what: "object" },
  { kind: "lock", vendor: "stripe", message: /another API request or Stripe process is currently accessing it/i, what: "object" },
  { kind: "lock", codes: ["idempotency_key_in_use"], what: "idempotency key" },
  // https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
  { kind: "lock", codes: ["UNABLE_TO_LOCK_ROW"], what: "record" },
  { kind: "lock", codes: ["ConcurrentModificationException", "ConcurrentUpdateException"], status: [400], what: "resource" },
  { kind: "lock", message: /another (?:request|operation|transaction|update|process|deployment|job) (?:on (?:this|the same) .{1,30} )?(?:is|was) (?:already |currently |still )?(?:in progress|running|pending|being processed|holding)|unable to obtain exclusive access|could not (?:obtain|acquire|get) (?:the |a )?lock/i, status: [400, 423, 429, 503], what: "object", isDocumented: false },
  { kind: "lock", vendor: "graph", codes: ["Directory_ConcurrencyViolation"], what: "object" },
  { kind: "lock", vendor: "google", codes: ["ABORTED", "concurrentModification"], status: [409], what: "object", isDocumented: false },
  // Overload of the vendor's servers.
  { kind: "overload", codes: ["overloaded_error", "service_overload", "server_is_overloaded", "engine_overloaded"] },
  { kind: "overload", vendor: "graph", codes: ["serviceNotAvailable"], status: [503], isDocumented: false },
  { kind: "overload", vendor: "discord", codes: ["130000"], status: [503] },
  { kind: "overload", message: /overloaded|high demand/i, status: [429, 500, 503, 529], isDocumented: false },
  // Rates of OpenAI, Anthropic, Google, AWS, Shopify, Slack, Notion, Twilio, Graph, Azure, Supabase.
  {
    kind: "rate",
    codes: [
      "rate_limit_exceeded", "rate_limit_error", "rate_limit", "rate_limited", "ratelimited", "rateLimitExceeded",
      "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED", "too_many_requests", "TooManyRequests", "TooManyRequestsException",
      "ThrottlingException", "Throttling", "ThrottledException", "RequestLimitExceeded", "THROTTLED", "activityLimitReached",
      "ApplicationThrottled", "20429", "over_request_rate_limit",
      "SubscriptionRequestsThrottled", "ResourceCollectionRequestsThrottled", "RATE_LIMIT", "RATE_LIMITED",
    ],
    status: [200, 403, 429, 503],
  },
  { kind: "rate", vendor: "slack", codes: ["rate_limited", "ratelimited"] },
  { kind: "rate", vendor: "discord", message: /rate limited/i, status: [429] },
  { kind: "rate", vendor: "openai", codes: ["slow_down"], status: [429, 503] },
  { kind: "rate", vendor: "google", codes: ["RESOURCE_EXHAUSTED"], status: [429], isDocumented: false },
  { kind: "rate", codes: ["ProvisionedThroughputExceededException", "ThrottlingException", "Throttling"], status: [400] },
  { kind: "quota", message: /(?:daily|monthly) (?:rate )?(?:limit|quota)|(?:limit|quota) (?:for|of) (?:the|this) (?:day|month)/i, status: [402, 403, 429], isDocumented: false },
  { kind: "rate", codes: ["429"], status: [429], isDocumented: false },
  { kind: "rate", message: /rate[ -]?limit|too many requests|throttl/i, status: [403, 429, 503], isDocumented: false },
] // prettier-ignore

/** Returns the limit that a response reports. */
export const read = (
  words: Words,
  vendor: Vendor | undefined,
  status: number,
  header: (name: string) => string | undefined,
): Limit | undefined => {
  if (words.message === "" && words.codes.length === 0) return ofHeaders(vendor, status, header)
  const daily = words.json === undefined ? undefined : ofGoogle(words.json)
  if (daily !== undefined) return daily
  for (const row of rows) {
    const limit = fits(row, words, vendor, status)
    if (limit !== undefined) return limit
  }
  return ofHeaders(vendor, status, header)
}

const fits = (row: Row, words: Words, vendor: Vendor | undefined, status: number): Limit | undefined => {
  if (row.vendor !== undefined && row.vendor !== vendor?.id) return undefined
  if (!(row.status ?? [...failing, 200]).includes(status)) return undefined
  const code = row.codes?.find((one) => words.codes.includes(one))
  const text = [words.message, words.more].find((one) => row.message?.test(one))
  if (code === undefined && text === undefined) return undefined
  return {
    kind: row.kind,
    at: "response.body",
    name: code === undefined ? "message" : "code",
    observed: code ?? (text ?? "").slice(0, 200),
    isDocumented: row.isDocumented !== false,
    ...(row.what === undefined ? {} : { what: row.what }),
  }
}

/** GitHub reports an exhausted window only in these headers, even if the response does not have a body. */
const ofHeaders = (
  vendor: Vendor | undefined,
  status: number,
  header: (name: string) => string | undefined,
): Limit | undefined => {
  if (status !== 403 && status !== 429) return undefined
  const name = ["x-ratelimit-remaining", "ratelimit-remaining", "x-rate-limit-remaining"].find((one) =>
    /^\s*0+\s*$/.test(header(one) ?? ""),
  )
  if (name === undefined) return undefined
  const isDocumented = vendor?.id === "github"
  // Status 429 already says that there were too many requests.
  if (!isDocumented && status === 429) return undefined
  return { kind: "window", at: `response.headers.${name}`, name, observed: "0", isDocumented }
}

/**
 * Google counts requests per day or per minute, and the name of the quota states which period applies. A limit of 0 means
 * that no quota is available.
 */
const ofGoogle = (json: Json): Limit | undefined => {
  const error = json["error"]
  const details = isObject(error) && Array.isArray(error["details"]) ? error["details"].slice(0, 20) : []
  for (const detail of details) {
    const list: unknown = isObject(detail) ? detail["violations"] : undefined
    for (const violation of Array.isArray(list) ? list.slice(0, 20) : []) {
      const id: unknown = isObject(violation) ? violation["quotaId"] : undefined
      if (typeof id === "string" && /PerDay/.test(id)) {
        return {
          kind: "quota",
          at: "response.body",
          name: "quotaId",
          observed: id.slice(0, 100),
          isDocumented: true,
          what: "daily quota",
        }
      }
    }
  }
  return undefined
}
