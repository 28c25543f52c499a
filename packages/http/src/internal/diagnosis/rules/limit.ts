/**
 * Requests that are too large, too many, too slow, or of unknown length.
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
  title: "The body is larger than the server, or the intermediary in front of it, takes",
  explanation:
    "Something on the way has a limit for bodies. A page of nginx means its client_max_body_size, 1 MiB unless it " +
    "is set; Cloudflare takes 100 MB on its smaller plans; IIS answers 404.13 above its maxAllowedContentLength; " +
    "API gateways and application firewalls have limits of 8 to 10 MB. The limit of the service itself comes in " +
    "the service's own words.",
  fix: [
    { text: "send the body in smaller parts, or straight to the storage with a presigned URL", safety: "check first" },
    { text: "on a server of your own, raise the limit (nginx: client_max_body_size)", safety: "check first" },
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
  title: "The server wants to know the length of the body before it comes",
  explanation:
    "The request was sent without Content-Length, in chunks, as clients do with a stream whose end they do not " +
    "know, and git with a push above its http.postBuffer. Storage services and many proxies refuse that.",
  fix: [
    { text: "set Content-Length, or send a file or buffer whose size the client knows", safety: "safe to apply" },
    {
      text: "git: raise the buffer above the size of the push (git config http.postBuffer 524288000)",
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
            : "The server saw no Content-Length; a proxy may have taken it out."
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
  title: "The headers are larger than the server takes",
  explanation:
    "Cookies that piled up or a very long token make the headers exceed what servers take, 8 to 16 KiB in all as a " +
    "rule. nginx says status 400 with a page about it.",
  fix: [{ text: "send fewer cookies and shorter tokens", safety: "check first" }],
  change: "plan",
  links: ["https://www.rfc-editor.org/rfc/rfc6585#section-5"],
  rivals: ["HF-HTTP-BOX-006"],
  find: (facts) =>
    onPage(["headers too large"])(facts) ??
    (facts.status === 431 || (!facts.isWorded && /(?:header|cookie) (?:field )?too large/i.test(facts.body))
      ? found({
          confidence: sure(facts, "certain"),
          detail: `${authorOf(facts, hostOf(facts))} refused the request for its headers.`,
          evidence: evidenceOf(facts),
        })
      : undefined),
})

const urlTooLong = rule({
  code: "HF-HTTP-LIMIT-004",
  title: "The URL is longer than the server takes",
  explanation:
    "Servers take URLs of about 8 KiB. Data that belongs into the body was put into the query, or a redirect goes " +
    "round in circles and grows at every turn.",
  fix: [{ text: "move the data from the query into the body", safety: "check first" }],
  change: "plan",
  links: [section("15.5.15")],
  rivals: ["HF-HTTP-BOX-006"],
  find: (facts) =>
    facts.status === 414
      ? found({
          confidence: sure(facts, "certain"),
          detail:
            facts.exchange.request?.url === undefined
              ? "The server refused the request for its URL."
              : `The URL has ${facts.exchange.request.url.length} characters.`,
          evidence: answered(facts),
        })
      : undefined,
})

const tooMany = rule({
  code: "HF-HTTP-LIMIT-005",
  title: "Too many requests in too short a time",
  explanation:
    "The service, or a content network in front of it, counts the requests (or their cost) of a token or an " +
    "address, and its rate limit was met. The request itself is right. Retrying at once keeps the counter up; all " +
    "that share the token or the address have to slow down together.",
  fix: [{ text: "wait as long as Retry-After says, or back off; then send more slowly", safety: "safe to apply" }],
  change: "nothing",
  links: ["https://www.rfc-editor.org/rfc/rfc6585#section-4", section("10.2.3")],
  rivals: ["HF-HTTP-BOX-006"],
  find: (facts) => {
    const said =
      onPage(["rate"], whenOf(facts))(facts) ??
      onLimit(
        "rate",
        (one) =>
          `${starting(one.vendor?.name ?? hostOf(one))} throttles this client: its rate limit was met.${whenOf(one)}`,
      )(facts)
    if (said !== undefined || facts.status !== 429 || facts.page !== undefined || facts.limit !== undefined) return said
    return found({
      confidence: sure(facts, "certain"),
      detail: `${starting(hostOf(facts))} asks for fewer requests.${whenOf(facts, " It does not say for how long.")}${spoken(facts)}`,
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
    "The request came too slowly, stopped half-way, or never began on a connection that was kept open. The line is " +
    "slow, the sender stalled, or fewer bytes were sent than Content-Length said.",
  fix: [
    { text: "send again on a new connection", safety: "safe to apply" },
    { text: "check that Content-Length is the length of the body", safety: "check first" },
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
          ? `${hostOf(facts)} did not get the whole request in time.`
          : `${hostOf(facts)} did not get the whole request in time: ${sent} bytes${sizeOf(facts)} had left.`,
      evidence: answered(facts),
    })
  },
})

const noContinue = rule({
  code: "HF-HTTP-LIMIT-007",
  title: "The server or a proxy does not support Expect: 100-continue",
  explanation:
    "The request asked for a confirmation before it sends its body, and an intermediary does not support that.",
  fix: [{ text: "send again without the Expect header", safety: "safe to apply" }],
  change: "plan",
  links: [section("15.5.18")],
  rivals: ["HF-HTTP-BOX-006"],
  find: (facts) =>
    facts.status === 417
      ? found({
          confidence: sure(facts, "certain"),
          detail: `Status 417 answers the Expect header${facts.header("expect") === undefined ? "" : " of this request"}.`,
          evidence: answered(facts),
        })
      : undefined,
})

/** The rules of this topic. Among equally ranked findings, the first rule comes first. */
export const limit = [tooLarge, noLength, headersTooLarge, urlTooLong, tooMany, tooSlow, noContinue] as const
