/**
 * Rules for unusable responses: truncated responses, redirects, responses of the wrong type, and responses that are not HTTP.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import { answered, failed, hostOf, onFailure, onPage, said, spoken, starting, told, topic } from "../rule.ts"
import * as Tunnel from "../tunnel.ts"
import { isPortal } from "./portal.ts"
import { redirected, redirectLoop } from "./redirect.ts"

const rule = topic("answer")

/** The keys of failures that occur although the response is complete. */
const whole: ReadonlySet<string> = new Set([
  "CaptivePortal",
  "UnexpectedStatus",
  "DecodeFailure",
  "CORS",
  "browser",
  "page as data",
  "redirect loop",
  "blocked by the page",
  "bad encoding",
  "empty as data",
])

const truncated = rule({
  code: "HF-HTTP-ANSWER-001",
  title: "The response was cut short: the client received the status but not the complete body",
  explanation:
    "The connection ended while the client was receiving the response body. The server has handled the request, so " +
    "its effects remain, but the rest of the response is lost. Possible causes are a server restart, an " +
    "intermediary that limits the length or the duration of responses, and a network failure.",
  fix: [
    { text: "send the request again if it is safe to repeat", safety: "safe to apply" },
    { text: "otherwise, first check whether the request took effect", safety: "check first" },
  ],
  change: "nothing",
  links: ["https://www.rfc-editor.org/rfc/rfc9112#section-8"],
  rivals: ["HF-HTTP-ANSWER-006"],
  find: (facts) => {
    const keys = ["TruncatedBody", "UND_ERR_RES_CONTENT_LENGTH_MISMATCH"]
    const { exchange, failure, status } = facts
    // A connection that breaks after the status has truncated the response.
    const broke = failure !== undefined && failure.key !== "no answer" && status !== 0
    if (!broke && !(failure !== undefined && keys.includes(failure.key))) return undefined
    if (whole.has(failure.key)) return undefined
    return found({
      confidence: "certain",
      detail:
        `The connection to ${hostOf(facts)} ended in the middle of the response` +
        (status === 0
          ? "."
          : `, whose status was ${status}${exchange.response?.body ? "" : " and whose body is missing"}.`),
      evidence: [...failed(facts), ...(status === 0 ? [] : answered(facts))],
    })
  },
})

/** Statuses for which the page itself is not reported, because the status reports the same problem. */
const named = [401, 403, 405, 406, 407, 408, 411, 413, 414, 415, 417, 418, 421, 429, 431, 451]

const pageForData = rule({
  code: "HF-HTTP-ANSWER-002",
  title: "The response is a web page instead of the expected data: it does not come from the API",
  explanation:
    "The response is HTML although the request was sent to an API. The base URL points to the website instead of " +
    "the API, or an intermediary returned the page. A server that does not have this route can also return its own " +
    "error page. A program that parses the page as JSON or XML fails at the first `<`.",
  fix: [
    { text: "check the host and the path of the URL against the API's documentation", safety: "check first" },
    { text: "send Accept: application/json", safety: "check first" },
  ],
  change: "plan",
  links: [],
  find: (facts) => {
    if (facts.failure?.key === "page as data" && facts.status === 0) {
      return found({
        confidence: "likely",
        detail: /'?<|Unrecognized/.test(facts.failure.text.slice(0, 2000))
          ? `The client could not parse the response as JSON because it begins with "<", as a web page does.`
          : "The client could not parse the response as JSON at its first character: the response is empty or a web page.",
        evidence: failed(facts),
      })
    }
    if (!facts.isPage || facts.toApi === false || facts.status === 0 || isPortal(facts) !== undefined) return undefined
    if (facts.toApi === undefined && facts.status < 400) return undefined
    // Other rules explain the pages of gateways, filters and limits better.
    if (facts.status >= 500 || named.includes(facts.status) || facts.page !== undefined) return undefined
    // A redirect carries a page that no client reads.
    if ((facts.status >= 300 && facts.status < 400) || facts.refusal !== undefined) return undefined
    if (facts.intermediary?.kind === "filter") return undefined
    return found({
      confidence: facts.isMarked || facts.toApi === undefined ? "possible" : "likely",
      detail: `${starting(hostOf(facts))} responded with status ${facts.status} and a web page.${facts.status === 404 ? " Nothing is routed at this path there." : ""}${spoken(facts)}`,
      evidence: [...answered(facts), ...told(facts, "content-type"), ...said(facts)],
    })
  },
})

const notHttp = rule({
  code: "HF-HTTP-ANSWER-003",
  title: "The server on this port does not return a valid HTTP response",
  explanation:
    "The received bytes are not an HTTP response or violate the rules of HTTP. Another service uses the port, or " +
    "an intermediary writes invalid headers. Two responses that were mixed up on one connection can also cause " +
    "this error.",
  fix: [{ text: "check the port, then inspect the raw bytes with curl -v", safety: "check first" }],
  change: "plan",
  links: ["https://nodejs.org/api/errors.html#hpe_header_overflow"],
  rivals: ["HF-HTTP-TLS-006"],
  find: onFailure(["HPE_*", "HTTPParserError", "UND_ERR_HEADERS_OVERFLOW"], (facts) => ({
    confidence: "certain",
    detail: `The response from ${hostOf(facts)} could not be parsed as HTTP.`,
  })),
})

const version = rule({
  code: "HF-HTTP-ANSWER-004",
  title: "The server does not support this version of HTTP",
  explanation:
    "The request used a version of HTTP that the server, or the proxy in front of it, does not support on this " +
    "connection. A malformed request line can also hide the version: a space in the path is enough to cause this " +
    "error.",
  fix: [
    { text: "percent-encode spaces in the path", safety: "safe to apply" },
    { text: "use HTTP/1.1", safety: "check first" },
  ],
  change: "plan",
  links: ["https://www.rfc-editor.org/rfc/rfc9110#section-15.6.6"],
  rivals: [],
  soleCause: "https://www.rfc-editor.org/rfc/rfc9110#section-15.6.6",
  find: (facts) => {
    const refusal = Tunnel.refusalOf(facts) ?? 0
    if (Tunnel.versions.has(refusal)) {
      const detail = `A proxy responded with ${refusal} to the request to open a connection (CONNECT) to ${hostOf(facts)}: it requires HTTP/1.1. Python versions before 3.12 send the CONNECT request with HTTP/1.0.`
      return found({ confidence: "likely", detail, evidence: failed(facts) })
    }
    const line = onPage(["bad request line"])(facts)
    if (line !== undefined || (facts.status !== 505 && facts.status !== 426 && facts.status !== 464)) return line
    return found({
      confidence: facts.isWorded || facts.isMarked ? "possible" : "certain",
      detail: / /.test(facts.exchange.request?.url ?? "")
        ? "The URL contains a space, which ends the path in the request line."
        : `The server rejected the protocol version with status ${facts.status}.`,
      evidence: [...answered(facts), ...told(facts, "upgrade")],
    })
  },
})

const unreadable = rule({
  code: "HF-HTTP-ANSWER-006",
  title: "The response was successful, but the client does not recognize its status or body",
  explanation:
    "The status indicates success, but either the body is not the expected document or the status differs from the " +
    "one that the client expects. The API has changed, the path belongs to another version, or a cache or proxy " +
    "sent the response.",
  fix: [{ text: "compare the body with the API's documentation", safety: "check first" }],
  change: "plan",
  links: [],
  find: onFailure(["DecodeFailure", "UnexpectedStatus"], (facts) => ({
    confidence: "likely",
    detail: `${starting(hostOf(facts))} returned a response${facts.status === 0 ? "" : ` with status ${facts.status}`} that the client did not expect.`,
    evidence: [...failed(facts), ...(facts.status === 0 ? [] : answered(facts))],
  })),
})

const encoding = rule({
  code: "HF-HTTP-ANSWER-008",
  title: "The body cannot be decompressed: its actual encoding does not match Content-Encoding",
  explanation:
    "Content-Encoding is gzip, deflate or br, but the body is not in that form: it is not compressed at all, " +
    "compressed twice, raw deflate without its zlib header, or cut off. A server that sets Content-Encoding " +
    "manually can cause this error. Other causes are a proxy that decompresses the body but keeps the header, and " +
    "a compressed object that was stored with the wrong metadata. Reading the body as text before decompressing it " +
    "also corrupts the body.",
  fix: [
    {
      text: "send the request with Accept-Encoding: identity, and compare the bytes (curl --raw -v)",
      safety: "check first",
    },
    { text: "on your own server or storage, correct Content-Encoding", safety: "check first" },
  ],
  change: "plan",
  links: ["https://www.rfc-editor.org/rfc/rfc9110#section-8.4", "https://nodejs.org/api/zlib.html#zlib-constants"],
  find: onFailure(["bad encoding"], (facts) => ({
    confidence: "likely",
    detail: `The client could not decode the body from ${hostOf(facts)} according to its Content-Encoding.`,
  })),
})

const empty = rule({
  code: "HF-HTTP-ANSWER-009",
  title: "The body is empty or cut off although the client expects JSON",
  explanation:
    "The parser reached the end of its input because the response has no body. The body is empty after status 204, " +
    "after status 200 or 201 from an API that returns nothing, after a HEAD request, and in opaque responses in a " +
    "browser. The parser also reaches the end of its input if the body was cut off in transit. The request itself " +
    "might have succeeded.",
  fix: [
    {
      text: "check the status and the length first, and parse the body only if it is not empty",
      safety: "check first",
    },
    { text: "log the text of the body before parsing it", safety: "check first" },
  ],
  change: "plan",
  links: ["https://www.rfc-editor.org/rfc/rfc9110#section-15.3.5"],
  find: onFailure(["empty as data"], ({ failure }) => ({
    confidence: "likely",
    detail: /\(char 0\)/.test(failure?.text ?? "")
      ? "The client parsed the body as JSON, but the body does not begin with a value: it is empty (as with status 204) or a web page (an error or sign-in page). Python reports an empty body and a web page with the same error."
      : "The client parsed the body as JSON, but the body is empty (as with status 204) or cut off.",
  })),
})

/**
 * All rules about unusable responses. Findings of equal rank are sorted in the order in which their rules are listed.
 */
export const answer = [
  truncated,
  pageForData,
  notHttp,
  version,
  redirected,
  redirectLoop,
  unreadable,
  encoding,
  empty,
] as const
