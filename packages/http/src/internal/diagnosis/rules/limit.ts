/**
 * Rules for requests that are too large, too frequent, too slow, or of unknown length.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import type { HttpFacts } from "../facts.ts"
import { byAuthor } from "../remarks.ts"
import { answered, authorOf, evidenceOf, hostOf, onPage, spoken, starting, sure, told, topic } from "../rule.ts"
import { onLimit, whenOf } from "./quota.ts"

const rule = topic("limit")

const section = (number: string): string => `https://www.rfc-editor.org/rfc/rfc9110#section-${number}`

const sizeOf = ({ exchange, header }: HttpFacts): string => {
  const size = header("content-length") ?? exchange.request?.size
  return size === undefined ? "" : ` of ${size} bytes`
}

const tooLarge = rule({
  code: "HF-HTTP-LIMIT-001",
  title: "The body is larger than the limit of the server or of the intermediary in front of it",
  explanation:
    "The server or an intermediary limits the size of the body. A page from nginx refers to client_max_body_size, " +
    "which is 1 MiB by default. Cloudflare accepts 100 MB on its smaller plans. IIS returns 404.13 if the body " +
    "exceeds maxAllowedContentLength. API gateways and application firewalls have limits of 8 to 10 MB. The " +
    "service reports its own limit in its own words.",
  fix: [
    {
      text: "send the body in smaller parts, or upload it directly to the storage with a presigned URL",
      safety: "check first",
    },
    { text: "on your own server, increase the limit (nginx: client_max_body_size)", safety: "check first" },
  ],
  change: "plan",
  links: [section("15.5.14"), "https://nginx.org/en/docs/http/ngx_http_core_module.html#client_max_body_size"],
  rivals: ["HF-HTTP-BOX-006"],
  find: (facts) => {
    const size = sizeOf(facts)
    const page = onPage(["too large"], size === "" ? "" : ` The request has a body${size}.`)(facts)
    if (page !== undefined || facts.status !== 413) return page
    return found({
      confidence: sure(facts, "certain"),
      detail: `${authorOf(facts, hostOf(facts))} refused a body${size}.${byAuthor(facts)}`,
      evidence: evidenceOf(facts),
    })
  },
})

const noLength = rule({
  code: "HF-HTTP-LIMIT-002",
  title: "The server requires the length of the body before the body is sent",
  explanation:
    "The request was sent in chunks without Content-Length. Clients omit Content-Length for a stream of unknown " +
    "length. git does the same for a push that is larger than its http.postBuffer. Storage services and many " +
    "proxies reject such requests.",
  fix: [
    { text: "set Content-Length, or send a file or buffer whose size the client knows", safety: "safe to apply" },
    {
      text: "for git, make the buffer larger than the push (git config http.postBuffer 524288000)",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [section("15.5.12")],
  rivals: ["HF-HTTP-BOX-006"],
  find: (facts) => {
    if (facts.status !== 411) return undefined
    const encoding = facts.header("transfer-encoding")
    const length = facts.header("content-length")
    return found({
      confidence: sure(facts, encoding !== undefined || length === undefined ? "certain" : "likely"),
      detail:
        encoding === undefined
          ? length === undefined && facts.hasRequest
            ? "The request has no Content-Length."
            : "The server did not receive Content-Length; a proxy might have removed it."
          : `The body was sent with Transfer-Encoding: ${encoding}.`,
      evidence: [
        ...answered(facts),
        ...(encoding === undefined
          ? []
          : [
              {
                at: "request.headers.transfer-encoding",
                name: "transfer-encoding",
                observed: encoding,
                expected: "a Content-Length",
              },
            ]),
      ],
    })
  },
})

const headersTooLarge = rule({
  code: "HF-HTTP-LIMIT-003",
  title: "The headers are larger than the server accepts",
  explanation:
    "Accumulated cookies or a very long token make the headers exceed the server's limit, which is usually 8 to 16 " +
    "KiB in total. nginx responds with status 400 and a page about the headers.",
  fix: [{ text: "send fewer cookies and shorter tokens", safety: "check first" }],
  change: "plan",
  links: ["https://www.rfc-editor.org/rfc/rfc6585#section-5"],
  rivals: ["HF-HTTP-BOX-006"],
  find: (facts) =>
    onPage(["headers too large"])(facts) ??
    (facts.status === 431 || (!facts.isWorded && /(?:header|cookie) (?:field )?too large/i.test(facts.body))
      ? found({
          confidence: sure(facts, "certain"),
          detail: `${authorOf(facts, hostOf(facts))} rejected the request because of the size of its headers.`,
          evidence: evidenceOf(facts),
        })
      : undefined),
})

const urlTooLong = rule({
  code: "HF-HTTP-LIMIT-004",
  title: "The URL is longer than the server accepts",
  explanation:
    "Servers accept URLs of up to about 8 KiB. The query contains data that belongs in the body, or each step of a " +
    "redirect loop makes the URL longer.",
  fix: [{ text: "move the data from the query to the body", safety: "check first" }],
  change: "plan",
  links: [section("15.5.15")],
  rivals: ["HF-HTTP-BOX-006"],
  find: (facts) =>
    facts.status === 414
      ? found({
          confidence: sure(facts, "certain"),
          detail:
            facts.exchange.request?.url === undefined
              ? "The server rejected the request because of the length of its URL."
              : `The URL has ${facts.exchange.request.url.length} characters.`,
          evidence: answered(facts),
        })
      : undefined,
})

const tooMany = rule({
  code: "HF-HTTP-LIMIT-005",
  title: "The client sent too many requests in a short time",
  explanation:
    "The service, or a content network in front of it, counts the requests (or their cost) for each token or " +
    "address, and the client reached its rate limit. The request itself is valid. Retrying immediately keeps the " +
    "counter high. All clients that share the token or the address must slow down together.",
  fix: [
    {
      text: "wait for the time that Retry-After specifies, or back off; then send requests more slowly",
      safety: "safe to apply",
    },
  ],
  change: "nothing",
  links: ["https://www.rfc-editor.org/rfc/rfc6585#section-4", section("10.2.3")],
  rivals: ["HF-HTTP-BOX-006"],
  find: (facts) => {
    const said =
      onPage(["rate"], whenOf(facts))(facts) ??
      onLimit(
        "rate",
        (one) =>
          `${starting(one.vendor?.name ?? hostOf(one))} throttles this client because the client reached the rate limit.${whenOf(one)}`,
      )(facts)
    if (said !== undefined || facts.status !== 429 || facts.page !== undefined || facts.limit !== undefined) return said
    return found({
      confidence: sure(facts, "certain"),
      detail: `${starting(hostOf(facts))} reports that the client is sending too many requests.${whenOf(facts, " The response does not state how long to wait.")}${spoken(facts)}`,
      evidence: [
        ...answered(facts),
        ...["retry-after", "x-ratelimit-limit", "x-ratelimit-remaining"].flatMap((name) => told(facts, name)),
      ],
    })
  },
})

const tooSlow = rule({
  code: "HF-HTTP-LIMIT-006",
  title: "The server waited too long for the rest of the request",
  explanation:
    "The request arrived too slowly, stopped partway, or never began on a connection that was kept open. The " +
    "network might be slow, or the sender might have stalled. The client might also have sent fewer bytes than " +
    "Content-Length states.",
  fix: [
    { text: "send the request again on a new connection", safety: "safe to apply" },
    { text: "check that Content-Length equals the length of the body", safety: "check first" },
  ],
  change: "nothing",
  links: [section("15.5.9")],
  rivals: ["HF-HTTP-BOX-006"],
  find: (facts) => {
    if (facts.status !== 408) return undefined
    const sent = facts.exchange.request?.sent
    return found({
      confidence: sure(facts, "certain"),
      detail:
        sent === undefined
          ? `${hostOf(facts)} did not receive the whole request in time.`
          : `${hostOf(facts)} did not receive the whole request in time: ${sent} bytes${sizeOf(facts)} had been sent.`,
      evidence: answered(facts),
    })
  },
})

const noContinue = rule({
  code: "HF-HTTP-LIMIT-007",
  title: "The server or a proxy does not support Expect: 100-continue",
  explanation:
    "The request asked for a confirmation before sending its body, but an intermediary does not support the " +
    "confirmation.",
  fix: [{ text: "send the request again without the Expect header", safety: "safe to apply" }],
  change: "plan",
  links: [section("15.5.18")],
  rivals: ["HF-HTTP-BOX-006"],
  find: (facts) =>
    facts.status === 417
      ? found({
          confidence: sure(facts, "certain"),
          detail: `The server rejected the Expect header${facts.header("expect") === undefined ? "" : " of this request"} with status 417.`,
          evidence: answered(facts),
        })
      : undefined,
})

/**
 * All rules about requests that exceed a limit. Findings of equal rank are sorted in the order in which their rules are
 * listed.
 */
export const limit = [tooLarge, noLength, headersTooLarge, urlTooLong, tooMany, tooSlow, noContinue] as const
