/**
 * Rules for rate limits and quotas that vendors report. Rate limits and quotas share statuses, so the message determines
 * which of the two applies.
 */
import { found, type Found } from "@holdfast/diagnosis/Diagnosis"
import * as RetryHint from "../../../RetryHint.ts"
import type { LimitKind } from "../answer/limits.ts"
import type { HttpFacts } from "../facts.ts"
import { answered, evidenceOf, hostOf, onPage, starting, told, topic } from "../rule.ts"

const rule = topic("quota")

const github = "https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api"
const openai = "https://platform.openai.com/docs/guides/error-codes/api-errors"
const anthropic = "https://platform.claude.com/docs/en/api/errors"
const stripe = "https://docs.stripe.com/rate-limits"

/** Returns the vendor's name for use at the beginning of a sentence. */
const vendorOf = (facts: HttpFacts): string => starting(facts.vendor?.name ?? hostOf(facts))

/**
 * Returns the server's retry hint as a sentence to be appended to a message. Without a hint, returns `otherwise`, which
 * states what the vendor documents.
 */
export const whenOf = ({ exchange }: HttpFacts, otherwise = ""): string => {
  const after = RetryHint.fromExchange(exchange)
  return after === undefined ? otherwise : ` The response asks the client to retry after ${after / 1000} s.`
}

/** Finds a limit of the given kind that the response reports. */
export const onLimit =
  (kind: LimitKind, detail: (facts: HttpFacts, what: string | undefined) => string) =>
  (facts: HttpFacts): Found | undefined => {
    const { limit } = facts
    if (limit?.kind !== kind) return undefined
    return found({
      confidence:
        facts.isForToken || facts.answerHeader("x-amz-request-id") !== undefined
          ? "possible"
          : limit.isDocumented
            ? "certain"
            : "likely",
      detail: detail(facts, limit.what),
      evidence: [
        ...answered(facts),
        { at: limit.at, name: limit.name, observed: limit.observed },
        ...hints.flatMap((name) => (limit.name === name ? [] : told(facts, name))),
      ],
    })
  }

const hints = ["retry-after", "retry-after-ms", "x-ratelimit-remaining", "x-ratelimit-reset"]

const window = rule({
  code: "HF-HTTP-LIMIT-009",
  title: "The primary rate limit for the current window is used up until the reset",
  explanation:
    "The API limits requests per user, token or address within a fixed window, often an hour, and the limit is " +
    "used up. At GitHub, the response has status 403 or 429 and the header x-ratelimit-remaining: 0. The API " +
    "rejects every request until the time in x-ratelimit-reset. An integration that continues to send requests can " +
    "be banned. The token and the request are valid; without a token, the limit is much lower.",
  fix: [
    { text: "wait until the reset time in the response, then continue", safety: "safe to apply" },
    {
      text: "send a token, use conditional requests, and share one count among all clients that use the token",
      safety: "check first",
    },
  ],
  change: "nothing",
  links: [github],
  rivals: [],
  soleCause: github,
  find: onLimit(
    "window",
    (facts) =>
      `${vendorOf(facts)} reports that the rate limit is exhausted until it resets.${whenOf(facts, resetOf(facts))}`,
  ),
})

/**
 * Returns a sentence with the reset time, for a response that has no Date header to count from or has a reset time in the
 * past.
 */
const resetOf = (facts: HttpFacts): string => {
  const reset = Number(facts.answerHeader("x-ratelimit-reset") ?? Number.NaN)
  if (!(reset > 1e9 && reset < 1e11)) return " The limit usually resets within an hour."
  // @effect-diagnostics-next-line globalDate:off
  return ` The reset is at ${new Date(reset * 1000).toISOString()}.`
}

const secondary = rule({
  code: "HF-HTTP-LIMIT-010",
  title:
    "A secondary rate limit was exceeded: too many requests at once or too fast, although the hourly limit is not " +
    "used up",
  explanation:
    "Besides the hourly count, GitHub limits simultaneous requests, points per minute and the rate of writes. The " +
    "response has status 403 or 429 and an error message. The value of x-ratelimit-remaining may be well above 0. " +
    "Wait for the time that retry-after states. Without retry-after, wait at least a minute. Wait longer after " +
    "each refusal. An integration that keeps sending requests during this time can be banned.",
  fix: [
    {
      text: "wait for the time in retry-after, or at least 60 s without it, and double the wait after each refusal",
      safety: "safe to apply",
    },
    { text: "send requests sequentially, with writes at least a second apart", safety: "check first" },
  ],
  change: "nothing",
  links: [`${github}#about-secondary-rate-limits`],
  rivals: [],
  soleCause: `${github}#about-secondary-rate-limits`,
  find: onLimit(
    "secondary",
    (facts) =>
      `${vendorOf(facts)} throttles this client.${whenOf(facts, " The response does not state how long to wait: wait at least 60 s.")}`,
  ),
})

const spent = rule({
  code: "HF-HTTP-LIMIT-011",
  title: "The account's quota or credit is spent: waiting does not help",
  explanation:
    "Vendors report a spent quota with the status of a rate limit (429), or with 402 or 403. The limit applies to " +
    "spending or to the number of requests per day or month, and some limits are per store. The vendor rejects " +
    "every retry until the account's owner pays or raises the limit, or until the quota resets at the end of its " +
    "day or billing period.",
  fix: [
    { text: "add credit, raise the spend limit or ask the vendor for more quota", safety: "check first" },
    { text: "stop retrying; use another model in the meantime", safety: "check first" },
  ],
  change: "human",
  links: [openai, anthropic, "https://developers.google.com/workspace/drive/api/guides/handle-errors"],
  rivals: [],
  soleCause: openai,
  find: (facts) =>
    onPage(["quota"])(facts) ??
    onLimit(
      "quota",
      (one, what) => `${vendorOf(one)} reports that the quota${what === undefined ? "" : ` (${what})`} is spent.`,
    )(facts),
})

const overloaded = rule({
  code: "HF-HTTP-LIMIT-012",
  title: "The vendor is overloaded: it did not process the request, and this account's limit is not the cause",
  explanation:
    "Status 529 and words such as overloaded_error mean that the service is receiving too many requests from all " +
    "of its clients. The service refused the request before processing it. The request can be sent again safely. " +
    "Send more slowly, and use another model or region if one is available.",
  fix: [
    {
      text: "send the request again with backoff, but not before the time stated in the response",
      safety: "safe to apply",
    },
  ],
  change: "nothing",
  links: [anthropic, "https://developers.notion.com/reference/status-codes"],
  rivals: [],
  soleCause: anthropic,
  find: (facts) => {
    const said = onLimit("overload", (one) => `${vendorOf(one)} is overloaded.${whenOf(one)}`)(facts)
    if (said !== undefined || facts.status !== 529 || facts.limit !== undefined) return said
    return found({
      confidence: "likely",
      detail: `${vendorOf(facts)} returned status 529, which means that the service is overloaded.${whenOf(facts)}`,
      evidence: evidenceOf(facts),
    })
  },
})

const locked = rule({
  code: "HF-HTTP-LIMIT-013",
  title: "Another request holds the lock on the same object or idempotency key",
  explanation:
    "The vendor processes one request per object at a time, and this request arrived while another was in " +
    "progress. Stripe reports lock_timeout with status 429. The account's request rate is not the cause. The " +
    "vendor did not process this request. The request can be sent again after a moment, with the same idempotency " +
    "key.",
  fix: [
    { text: "send the request again with backoff and the same idempotency key", safety: "safe to apply" },
    { text: "avoid concurrent changes to the same object", safety: "check first" },
  ],
  change: "nothing",
  links: ["https://docs.stripe.com/error-codes#lock-timeout", `${stripe}#object-lock-timeouts`],
  rivals: [],
  soleCause: `${stripe}#object-lock-timeouts`,
  find: onLimit(
    "lock",
    (facts, what) =>
      `Another request to ${facts.vendor?.name ?? hostOf(facts)} holds the lock on the same ${what ?? "object"}.${whenOf(facts)}`,
  ),
})

const alone = rule({
  code: "HF-HTTP-LIMIT-014",
  title: "This request by itself exceeds the limit, so waiting does not help",
  explanation:
    "The limit applies to the tokens, points or nodes that one request asks for, and this request exceeds the " +
    "limit by itself. The vendor rejects the request however long the client waits, even if the status is that of " +
    "a rate limit (429).",
  fix: [
    {
      text: "make the request smaller: shorten the input, or request fewer output tokens or nodes",
      safety: "check first",
    },
    { text: "request a higher limit, or use a model that has one", safety: "check first" },
  ],
  change: "plan",
  links: ["https://platform.openai.com/docs/guides/rate-limits", "https://shopify.dev/docs/api/usage/limits"],
  rivals: [],
  soleCause: "https://platform.openai.com/docs/guides/rate-limits",
  find: onLimit(
    "alone",
    (facts, what) =>
      `This request is too large: by itself, it exceeds the limit of ${facts.vendor?.name ?? hostOf(facts)} (${what ?? "cost of one request"}).`,
  ),
})

const address = rule({
  code: "HF-HTTP-LIMIT-015",
  title: "The edge server limits this IP address, separately from the rate limit of the API behind it",
  explanation:
    "The content network in front of the API counts the requests from each IP address, which several clients may " +
    "share (a cloud, an office). The server may also penalize rejected requests. The response does not contain the " +
    "API's own headers, and the token does not affect the limit. The limit may last for hours.",
  fix: [
    { text: "wait for the time in Retry-After, and send more slowly from this address", safety: "safe to apply" },
    { text: "send requests from an IP address that is not shared", safety: "check first" },
  ],
  change: "nothing",
  links: [
    "https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-1xxx-errors/error-1015/",
  ],
  rivals: [],
  soleCause:
    "https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-1xxx-errors/error-1015/",
  find: (facts) => onPage(["address limit"], whenOf(facts))(facts),
})

const circuit = rule({
  code: "HF-HTTP-LIMIT-008",
  title: "The proxy's limit on simultaneous requests is reached, and its circuit breaker is open",
  explanation:
    "The proxy limits concurrent requests and connections to the server, and refuses further ones immediately " +
    "instead of queueing them. Nothing was sent to the server. The proxy accepts requests again when fewer run at " +
    "once.",
  fix: [
    { text: "send the request again with backoff, and run fewer requests at once", safety: "safe to apply" },
    { text: "on your own proxy, raise the circuit breaker's limits", safety: "check first" },
  ],
  change: "nothing",
  links: ["https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/circuit_breaking"],
  rivals: [],
  soleCause: "https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter",
  find: onPage(["circuit"]),
})

/**
 * All rules about rate limits and quotas. Findings of equal rank are sorted in the order in which their rules are listed.
 */
export const quota = [circuit, window, secondary, spent, overloaded, locked, alone, address] as const
