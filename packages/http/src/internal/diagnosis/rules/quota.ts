/**
 * Rate limits and quotas as vendors report them. Both share statuses, so the message decides.
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

/** The vendor's name at the beginning of a sentence. */
const vendorOf = (facts: HttpFacts): string => starting(facts.vendor?.name ?? hostOf(facts))

/** The server's retry hint, to append to a text; without a hint, what the vendor documents. */
export const whenOf = ({ exchange }: HttpFacts, otherwise = ""): string => {
  const after = RetryHint.fromExchange(exchange)
  return after === undefined ? otherwise : ` It asks to come back in ${after / 1000} s.`
}

/** A finding for a limit that the response reports. */
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
  title: "The request limit of this window (primary rate limit) is used up until its reset",
  explanation:
    "The API counts the requests of a user, a token or an address in a window of fixed length, often an hour, and " +
    "none remains. GitHub says this with status 403 or 429 and x-ratelimit-remaining: 0. Every request before the " +
    "time in x-ratelimit-reset is refused, and going on can get an integration banned. The token and the request " +
    "are right; without a token the limit is much smaller.",
  fix: [
    { text: "wait until the reset that the answer names, then go on", safety: "safe to apply" },
    {
      text: "send a token, use conditional requests, and share one count among all that use the token",
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
      `${vendorOf(facts)} says that the rate limit is used up: no request remains until the reset.${whenOf(facts, resetOf(facts))}`,
  ),
})

/** The reset time in words, if the response has no Date to count from or the time has passed. */
const resetOf = (facts: HttpFacts): string => {
  const reset = Number(facts.answerHeader("x-ratelimit-reset") ?? Number.NaN)
  if (!(reset > 1e9 && reset < 1e11)) return " The limit returns within the hour as a rule."
  // @effect-diagnostics-next-line globalDate:off
  return ` The reset is at ${new Date(reset * 1000).toISOString()}.`
}

const secondary = rule({
  code: "HF-HTTP-LIMIT-010",
  title: "A secondary rate limit: too many requests at once or too fast, though the hourly limit is not used up",
  explanation:
    "GitHub limits simultaneous requests, points per minute and the pace of writes beside the hourly count, and " +
    "answers 403 or 429 with a sentence. x-ratelimit-remaining may be far from 0. Wait as long as retry-after " +
    "says; without it at least a minute, then longer each time. Going on meanwhile can get the integration banned.",
  fix: [
    {
      text: "wait as long as retry-after says, at least 60 s without it, and double the wait each time",
      safety: "safe to apply",
    },
    { text: "send requests one after another, writes at least a second apart", safety: "check first" },
  ],
  change: "nothing",
  links: [`${github}#about-secondary-rate-limits`],
  rivals: [],
  soleCause: `${github}#about-secondary-rate-limits`,
  find: onLimit(
    "secondary",
    (facts) => `${vendorOf(facts)} slows this client down.${whenOf(facts, " It names no time: wait at least 60 s.")}`,
  ),
})

const spent = rule({
  code: "HF-HTTP-LIMIT-011",
  title: "The account's quota or credit is spent: waiting does not help",
  explanation:
    "Vendors answer this with the status of a rate limit (429) or with 402 or 403, but the limit is one of money, " +
    "of a day, a month or a store. Each retry is refused the same way, until a person pays, raises the limit, or " +
    "the billing period or the day of the quota is over.",
  fix: [
    { text: "add credit, raise the spend limit or ask the vendor for more quota", safety: "check first" },
    { text: "stop retrying; use another model meanwhile", safety: "check first" },
  ],
  change: "human",
  links: [openai, anthropic, "https://developers.google.com/workspace/drive/api/guides/handle-errors"],
  rivals: [],
  soleCause: openai,
  find: (facts) =>
    onPage(["quota"])(facts) ??
    onLimit(
      "quota",
      (one, what) => `${vendorOf(one)} says that the quota${what === undefined ? "" : ` (${what})`} is spent.`,
    )(facts),
})

const overloaded = rule({
  code: "HF-HTTP-LIMIT-012",
  title: "The vendor is overloaded: nothing was done, and the limit of this account is not the cause",
  explanation:
    "Status 529 and words such as overloaded_error say that the service has too many requests from everyone. The " +
    "request was refused before any work, so it is safe to send again; more slowly, and with another model or " +
    "region if there is one.",
  fix: [{ text: "send again with backoff; not before the time that the answer names", safety: "safe to apply" }],
  change: "nothing",
  links: [anthropic, "https://developers.notion.com/reference/status-codes"],
  rivals: [],
  soleCause: anthropic,
  find: (facts) => {
    const said = onLimit("overload", (one) => `${vendorOf(one)} is overloaded.${whenOf(one)}`)(facts)
    if (said !== undefined || facts.status !== 529 || facts.limit !== undefined) return said
    return found({
      confidence: "likely",
      detail: `${vendorOf(facts)} answered 529, by which services say that they are overloaded.${whenOf(facts)}`,
      evidence: evidenceOf(facts),
    })
  },
})

const locked = rule({
  code: "HF-HTTP-LIMIT-013",
  title: "Another request holds the lock on the same object or idempotency key",
  explanation:
    "The vendor works on one request for an object at a time, and this one came while another was in progress. At " +
    "Stripe the status of lock_timeout is 429, but the pace of the account is not the matter. Nothing was done by " +
    "this request, so it can be sent again a moment later, with the same idempotency key.",
  fix: [
    { text: "send again with backoff and the same idempotency key", safety: "safe to apply" },
    { text: "do not change one object from several places at once", safety: "check first" },
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
  title: "This one request is larger than the limit allows: waiting does not help",
  explanation:
    "The limit counts what a request asks for (tokens, points, nodes), and this request alone exceeds it. It is " +
    "refused however long the client waits, though the status may be that of a rate limit.",
  fix: [
    { text: "make the request smaller: shorter input, fewer tokens of output, fewer nodes", safety: "check first" },
    { text: "ask for a higher limit or use a model with one", safety: "check first" },
  ],
  change: "plan",
  links: ["https://platform.openai.com/docs/guides/rate-limits", "https://shopify.dev/docs/api/usage/limits"],
  rivals: [],
  soleCause: "https://platform.openai.com/docs/guides/rate-limits",
  find: onLimit(
    "alone",
    (facts, what) =>
      `This request alone is above the limit of ${facts.vendor?.name ?? hostOf(facts)} (${what ?? "cost of one request"}): it is too large.`,
  ),
})

const address = rule({
  code: "HF-HTTP-LIMIT-015",
  title: "The edge limits this IP address, apart from the rate limit of the API behind it",
  explanation:
    "The content network in front of the API counts the requests of an address, which others may share (a cloud, " +
    "an office), or punishes many refused requests. The API's own headers are missing and its token does not " +
    "matter. The wait may be hours.",
  fix: [
    { text: "wait as long as Retry-After says, and send more slowly from this address", safety: "safe to apply" },
    { text: "send from an address of your own", safety: "check first" },
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
  title: "The proxy's limit of simultaneous requests is reached: its circuit breaker is open",
  explanation:
    "The proxy sends only so many requests or connections to the server at once, and refuses the rest at once " +
    "instead of queueing them. Nothing was sent to the server. Fewer requests at once pass.",
  fix: [
    { text: "send again with backoff, with fewer requests at once", safety: "safe to apply" },
    { text: "on a proxy of your own, raise the limits of the circuit breaker", safety: "check first" },
  ],
  change: "nothing",
  links: ["https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/circuit_breaking"],
  rivals: [],
  soleCause: "https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter",
  find: onPage(["circuit"]),
})

/** The rules of this topic. Among equally ranked findings, the first rule comes first. */
export const quota = [circuit, window, secondary, spent, overloaded, locked, alone, address] as const
