/**
 * Unusable responses: truncated, of the wrong type, redirected, or not HTTP.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import type { HttpFacts } from "../facts.ts"
import { answered, failed, hostOf, onFailure, onPage, said, spoken, starting, told, topic } from "../rule.ts"
import * as Tunnel from "../tunnel.ts"
import { isPortal } from "./portal.ts"

const rule = topic("answer")

/** Failures of a complete response. */
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
  title: "The answer was cut short: its status is known, the rest is lost",
  explanation:
    "The connection ended during the response's body. The server has handled the request, so what it did is done, " +
    "and its words are lost. A restart of the server, an intermediary that limits the length or the time of " +
    "answers, or a lost network.",
  fix: [
    { text: "send again if the request may be repeated", safety: "safe to apply" },
    { text: "otherwise look first whether it took effect", safety: "check first" },
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
        `The connection to ${hostOf(facts)} ended inside the answer` +
        (status === 0
          ? "."
          : `, whose status was ${status}${exchange.response?.body ? "" : " and whose body is missing"}.`),
      evidence: [...failed(facts), ...(status === 0 ? [] : answered(facts))],
    })
  },
})

/** Statuses that say the same as the page. */
const named = [401, 403, 405, 406, 407, 408, 411, 413, 414, 415, 417, 418, 421, 429, 431, 451]

const pageForData = rule({
  code: "HF-HTTP-ANSWER-002",
  title: "A web page came where data was expected: the answer is not the API's",
  explanation:
    "The answer is HTML although the request is one to an API. The base URL points at the web site, a server " +
    "without this route shows its own error page, or an intermediary wrote it. A program that parses it as JSON or " +
    "XML fails at the first `<`.",
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
          ? `The client could not parse the answer as JSON: it begins with "<", as a web page does.`
          : "The client could not parse the answer as JSON at its first character: it is empty, or a web page.",
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
      detail: `${starting(hostOf(facts))} answered ${facts.status} with a web page.${facts.status === 404 ? " Nothing is routed at this path there." : ""}${spoken(facts)}`,
      evidence: [...answered(facts), ...told(facts, "content-type"), ...said(facts)],
    })
  },
})

const notHttp = rule({
  code: "HF-HTTP-ANSWER-003",
  title: "What answers on this port does not speak HTTP as the client does",
  explanation:
    "The bytes that came are no HTTP answer, or one that breaks the rules: another service has the port, an " +
    "intermediary writes invalid headers, or two answers got mixed up on one connection.",
  fix: [{ text: "check the port; look at the raw bytes with curl -v", safety: "check first" }],
  change: "plan",
  links: ["https://nodejs.org/api/errors.html#hpe_header_overflow"],
  rivals: ["HF-HTTP-TLS-006"],
  find: onFailure(["HPE_*", "HTTPParserError", "UND_ERR_HEADERS_OVERFLOW"], (facts) => ({
    confidence: "certain",
    detail: `The answer of ${hostOf(facts)} could not be read as HTTP.`,
  })),
})

const version = rule({
  code: "HF-HTTP-ANSWER-004",
  title: "The server does not serve this version of HTTP",
  explanation:
    "The request was made in a version of HTTP that the server, or the proxy in front of it, does not serve on " +
    "this connection, or the request line was so malformed that its version could not be read: a space in the path " +
    "is enough.",
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
      const detail = `A proxy answered ${refusal} when it was asked to open a connection (CONNECT) to ${hostOf(facts)}: it wants HTTP/1.1. Python asks with HTTP/1.0 before 3.12.`
      return found({ confidence: "likely", detail, evidence: failed(facts) })
    }
    const line = onPage(["bad request line"])(facts)
    if (line !== undefined || (facts.status !== 505 && facts.status !== 426 && facts.status !== 464)) return line
    return found({
      confidence: facts.isWorded || facts.isMarked ? "possible" : "certain",
      detail: / /.test(facts.exchange.request?.url ?? "")
        ? "The URL has a space in it, which ends the path in the request line."
        : `Status ${facts.status} answers the version of the protocol.`,
      evidence: [...answered(facts), ...told(facts, "upgrade")],
    })
  },
})

const redirected = rule({
  code: "HF-HTTP-ANSWER-005",
  title: "The server points elsewhere, and the client did not follow",
  explanation:
    "A redirect was answered. Clients that follow it drop credentials when the host changes and turn a POST into a " +
    "GET after 301 and 302, so following blindly often ends in a refusal that hides this answer. A redirect from " +
    "http to https, or to another host or region, belongs into the URL that is asked first.",
  fix: [{ text: "ask the address that Location names, if it is the service's own", safety: "check first" }],
  change: "url",
  links: ["https://www.rfc-editor.org/rfc/rfc9110#section-15.4"],
  find: (facts) => {
    const { isMarked, isWorded, status } = facts
    if (![301, 302, 303, 307, 308].includes(status) || isPortal(facts) === "certain") return undefined
    return found({
      confidence: isWorded || isMarked ? "possible" : "likely",
      detail: whereTo(facts),
      evidence: [...answered(facts), ...told(facts, "location")],
    })
  },
})

const whereTo = ({ answerHeader, method, status, url }: HttpFacts): string => {
  const location = answerHeader("location")
  if (location === undefined) return `Status ${status} without a Location says not where to.`
  if (!URL.canParse(location, url?.href)) return `Status ${status} points to something that is no URL.`
  const target = new URL(location, url?.href)
  if (url === undefined) return `Status ${status} points to ${target.host}.`
  const signIn = /\/(?:log-?in|sign-?in|sso|oauth2?|saml|auth)(?:[/?]|$)/i.test(target.pathname)
    ? " It is a sign-in for people: the credentials of the request are missing or were not accepted."
    : ""
  if (target.hostname !== url.hostname) return `Status ${status} points from ${url.host} to ${target.host}.${signIn}`
  const turned =
    /^(?:POST|PUT|PATCH|DELETE)$/.test(method ?? "") && status < 304
      ? ` Clients follow it with a GET in place of ${method}, and the body is lost.`
      : ""
  if (target.protocol !== url.protocol || target.port !== url.port) {
    const isPlain = target.protocol === "http:" && url.protocol === "https:"
    return `Status ${status} points from ${url.protocol}// to ${target.protocol}//${target.host} on the same host.${
      isPlain ? " A server behind a proxy builds that address from its own scheme and port." : turned
    }`
  }
  const isSlash = target.pathname.replace(/\/$/, "") === url.pathname.replace(/\/$/, "")
  // A captured request does not show its scheme. A redirect to the same URL with https proves that it was http.
  if (target.href === url.href && target.protocol === "https:")
    return `Status ${status} points to https:// at the same address: the request was made over http://.${turned}`
  return isSlash
    ? `Status ${status} points to the same path with another trailing slash: ask for the path as the server writes it.`
    : `Status ${status} points to another path of ${url.host}.${signIn}`
}

const redirectLoop = rule({
  code: "HF-HTTP-ANSWER-007",
  title: "The redirects go round in a circle: the client gave up following them",
  explanation:
    "Each answer points to another address, and these lead back. A proxy in front speaks http to a server that " +
    "redirects to https (Cloudflare's Flexible mode, a load balancer without X-Forwarded-Proto), two layers " +
    "disagree about www or a trailing slash, or a sign-in sends everyone back who has no cookie.",
  fix: [
    {
      text: "follow the redirects one by one (curl -sIL) and look which two addresses alternate",
      safety: "check first",
    },
    {
      text: "let the server trust X-Forwarded-Proto of its proxy, or let the proxy speak https to it",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [
    "https://developers.cloudflare.com/ssl/troubleshooting/too-many-redirects/",
    "https://www.rfc-editor.org/rfc/rfc9110#section-15.4",
  ],
  find: onFailure(["redirect loop"], (facts) => ({
    confidence: "likely",
    detail: `${starting(hostOf(facts))} redirects without an end.`,
  })),
})

const unreadable = rule({
  code: "HF-HTTP-ANSWER-006",
  title: "The answer was a success of another shape than the client reads",
  explanation:
    "The status is a success, but the body is not the document that the client was promised, or the status is " +
    "another one than it expects. The API has changed, the path is that of another version, or a cache or proxy " +
    "answered.",
  fix: [{ text: "compare the body with the API's documentation", safety: "check first" }],
  change: "plan",
  links: [],
  find: onFailure(["DecodeFailure", "UnexpectedStatus"], (facts) => ({
    confidence: "likely",
    detail: `${hostOf(facts)} answered ${facts.status === 0 ? "something" : facts.status} that the client does not expect.`,
    evidence: [...failed(facts), ...(facts.status === 0 ? [] : answered(facts))],
  })),
})

const encoding = rule({
  code: "HF-HTTP-ANSWER-008",
  title: "The body cannot be decompressed: it is not in the form that Content-Encoding says",
  explanation:
    "The answer says gzip, deflate or br, and its bytes are another form: not compressed at all, compressed twice, " +
    "raw deflate without its zlib header, or cut off. A server that sets the header by hand, a proxy that " +
    "decompresses and keeps the header, and an object that was stored compressed with the wrong metadata do that. " +
    "Reading a body as text before it is decompressed breaks it too.",
  fix: [
    { text: "ask with Accept-Encoding: identity, and compare the bytes (curl --raw -v)", safety: "check first" },
    { text: "on a server or storage of your own, correct Content-Encoding", safety: "check first" },
  ],
  change: "plan",
  links: ["https://www.rfc-editor.org/rfc/rfc9110#section-8.4", "https://nodejs.org/api/zlib.html#zlib-constants"],
  find: onFailure(["bad encoding"], (facts) => ({
    confidence: "likely",
    detail: `The client could not decode the body of ${hostOf(facts)} by its Content-Encoding.`,
  })),
})

const empty = rule({
  code: "HF-HTTP-ANSWER-009",
  title: "The body is empty, or breaks off, where the client expects JSON",
  explanation:
    "The parser met the end of its input: the answer has no body, as after status 204, after 200 or 201 of an API " +
    "that returns nothing, after an answer to HEAD and in opaque answers of a browser; or the body was cut off on " +
    "the way. The request may well have succeeded.",
  fix: [
    { text: "look at the status and the length first, and parse only a body that is there", safety: "check first" },
    { text: "log the text of the body before it is parsed", safety: "check first" },
  ],
  change: "plan",
  links: ["https://www.rfc-editor.org/rfc/rfc9110#section-15.3.5"],
  find: onFailure(["empty as data"], ({ failure }) => ({
    confidence: "likely",
    detail: /\(char 0\)/.test(failure?.text ?? "")
      ? "The client parsed the body as JSON, and it does not begin with a value: it is empty (as with status 204), or a web page (an error or sign-in page). Python reports both alike."
      : "The client parsed the body as JSON, and it is empty (no body, as with status 204) or cut off.",
  })),
})

/** The rules of this topic. Among equally ranked findings, the first rule comes first. */
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
