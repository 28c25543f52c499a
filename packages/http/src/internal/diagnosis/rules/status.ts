/**
 * Rules for statuses that are sufficient to identify the defect, for services that do not have a rule set of their own.
 */
import { type Confidence, found } from "@holdfast/diagnosis/Diagnosis"
import type { HttpFacts } from "../facts.ts"
import { byAuthor } from "../remarks.ts"
import { answered, hostOf, onPage, said, spoken, starting, sure, told, topic } from "../rule.ts"

const rule = topic("status")

const section = (number: string): string => `https://www.rfc-editor.org/rfc/rfc9110#section-${number}`

/** Finds a response with one of the given statuses. */
export const on =
  (
    statuses: ReadonlyArray<number>,
    alone: Confidence | ((facts: HttpFacts) => Confidence),
    detail: (facts: HttpFacts) => string,
    headers: ReadonlyArray<string> = [],
  ) =>
  (facts: HttpFacts) =>
    statuses.includes(facts.status)
      ? found({
          confidence: sure(facts, typeof alone === "string" ? alone : alone(facts)),
          detail: detail(facts) + (facts.isPage ? byAuthor(facts) || spoken(facts) : byAuthor(facts) + spoken(facts)),
          evidence: [...answered(facts), ...headers.flatMap((name) => told(facts, name)), ...said(facts)],
        })
      : undefined

/** Returns the request in the form used in a sentence, such as "GET /v1/items". */
export const request = ({ method, url }: HttpFacts): string =>
  [method ?? (url === undefined ? "the request" : ""), url === undefined ? "" : url.pathname].join(" ").trim()

/** Whether the headers of the request are known and none of them can contain a credential. */
const isWithoutCredentials = ({ exchange, header, url }: HttpFacts): boolean => {
  const names = Object.keys(exchange.request?.headers ?? {}).filter((name) => !/^host$/i.test(name))
  return (
    header("authorization") === undefined &&
    (names.length > 0 || exchange.request?.body !== undefined) &&
    !names.some((name) => /token|key|cookie|auth/i.test(name)) &&
    !/(?:token|key|auth)=/i.test(url?.search ?? "")
  )
}

const unauthenticated = rule({
  code: "HF-HTTP-STATUS-001",
  title: "The server does not accept the credentials: they are missing, wrong or expired",
  explanation:
    "Status 401 means that the request lacks valid credentials. WWW-Authenticate states the authentication scheme " +
    "that the server accepts. Many clients drop the Authorization header when they follow a redirect to another " +
    "host.",
  fix: [{ text: "send valid credentials in the scheme that WWW-Authenticate states", safety: "check first" }],
  change: "token",
  links: [section("15.5.2")],
  find: on(
    [401],
    "likely",
    (facts) =>
      isWithoutCredentials(facts)
        ? "The request has no Authorization header."
        : "The server refused the token or other credentials.",
    ["www-authenticate"],
  ),
})

const forbidden = rule({
  code: "HF-HTTP-STATUS-002",
  title: "The server understood the request but does not permit it",
  explanation:
    "Status 403 means that the server denies a well-formed request. The account may lack permission, or the " +
    "address or the country may be blocked. A firewall rule may also match the request. Other credentials may " +
    "help, but sending the same request again will not.",
  fix: [{ text: "ask for the permission, or find the rule that refuses the request", safety: "check first" }],
  change: "human",
  links: [section("15.5.4")],
  find: on([403], "possible", (facts) => `${starting(hostOf(facts))} refused ${request(facts)}.`),
})

const notFound = rule({
  code: "HF-HTTP-STATUS-003",
  title: "The server does not have a resource at this path",
  explanation:
    "The server does not recognize the path, the id in it or the host. The cause may be a typo or a different " +
    "version of the API. The path may not support the method, or the resource may no longer exist. Some servers " +
    "return the same status to a caller that is not allowed to see the resource. If the response lacks a message " +
    "from the service itself, it may come from an intermediary. An intermediary can return this status without " +
    "contacting the service.",
  fix: [{ text: "compare the method, host and path with the documentation", safety: "check first" }],
  change: "plan",
  links: [section("15.5.5")],
  find: (facts) =>
    isMissingPath(facts)
      ? found({
          confidence: "likely",
          detail: `The file or folder does not exist: the path is wrong, the item was moved, or it is outside the app's folder. Dropbox returns status 409 for every endpoint-specific error.${spoken(facts)}`,
          evidence: [...answered(facts), ...said(facts)],
        })
      : on(
          [404, 410],
          "likely",
          () => `${starting(hostOf(facts))} does not have a resource for ${request(facts)}.`,
        )(facts),
})

/** Whether Dropbox reports a path that does not exist: https://developers.dropbox.com/error-handling-guide */
export const isMissingPath = ({ status, words }: HttpFacts): boolean =>
  status === 409 && /^(?:path|path_lookup|from_lookup)\/not_found\b/.test(words.message)

const methodNotAllowed = rule({
  code: "HF-HTTP-STATUS-004",
  title: "The server does not support this method for the path",
  explanation:
    "Status 405 means that the server recognizes the path but does not accept this method for it. Status 501 means " +
    "that the server does not implement the method at all. A common cause is a redirect that turned a POST into a " +
    "GET. An extra or missing slash is another common cause.",
  fix: [{ text: "use a method that the Allow header lists", safety: "check first" }],
  change: "plan",
  links: [section("15.5.6")],
  rivals: ["HF-HTTP-BOX-006"],
  find: on(
    [405, 501],
    "likely",
    (facts) => {
      const allow = facts.answerHeader("allow")
      return `${request(facts)} is not served${allow === undefined ? "" : `; allowed: ${allow}`}.`
    },
    ["allow"],
  ),
})

const mediaType = rule({
  code: "HF-HTTP-STATUS-005",
  title: "The server does not accept, or cannot return, this media type",
  explanation:
    "Status 415 means that the server does not accept the Content-Type or Content-Encoding of the body. Status 406 " +
    "means that the server cannot return a format that matches the Accept header. A wrong header causes this error " +
    "even if the body is valid.",
  fix: [
    {
      text: "send the Content-Type that the documentation specifies, with a body in that format",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [section("15.5.16"), section("15.5.7")],
  rivals: ["HF-HTTP-BOX-006"],
  find: on([406, 415], "certain", (facts) => {
    const encoding = facts.header("content-encoding")
    if (facts.status === 415 && encoding !== undefined) {
      const taken = facts.answerHeader("accept-encoding")
      if (taken !== undefined)
        return `The request's body is compressed (Content-Encoding: ${encoding}), but the server accepts only ${taken} (Accept-Encoding).`
      return `The request's content-type is ${facts.header("content-type")}, and its body is compressed (Content-Encoding: ${encoding}). Some servers do not support compressed bodies.`
    }
    const name = facts.status === 415 ? "content-type" : "accept"
    const value = facts.header(name)
    if (!facts.hasRequest)
      return `The response rejects the request's ${name === "accept" ? "Accept" : "Content-Type"} header.`
    return value === undefined ? `The request has no ${name} header.` : `The request's ${name} is ${value}.`
  }),
})

/** Nonstandard statuses from 531 upward. Cloudflare uses the nonstandard statuses below 531. */
const platformStatuses = Array.from({ length: 69 }, (_, index) => 531 + index).filter((one) => one !== 561)

const serverFailed = rule({
  code: "HF-HTTP-STATUS-006",
  title: "The server failed while handling the request",
  explanation:
    "The server's code did not handle an internal error. The error may be temporary, in which case another attempt " +
    "can succeed. The server may also fail every time on a request that it should have rejected.",
  fix: [
    { text: "send again, with backoff", safety: "safe to apply" },
    {
      text: "if the error persists, give the request id and the time to the owner of the server",
      safety: "check first",
    },
  ],
  change: "nothing",
  links: [section("15.6.1")],
  find: (facts) =>
    onPage(["configuration"])(facts) ??
    on(
      [500, 506, 507, 508, 510, ...platformStatuses],
      "likely",
      ({ status }) =>
        `${starting(hostOf(facts))} reports an internal failure${status === 500 ? "" : ` (status ${status})`}.`,
      ["x-request-id"],
    )(facts),
})

const misdirected = rule({
  code: "HF-HTTP-STATUS-008",
  title: "The request arrived on a connection that belongs to another host name (misdirected)",
  explanation:
    "The server does not serve this host on this connection. The name in the TLS handshake (SNI) may differ from " +
    "the Host header. The client may also have reused an HTTP/2 connection to another host because the certificate " +
    "covers both hosts. A proxy that connects by IP address or by another name causes the same error.",
  fix: [
    { text: "send the request again on a new connection to this host", safety: "safe to apply" },
    {
      text: "in your own proxy, send the same name in SNI and Host (nginx: proxy_ssl_server_name, proxy_ssl_name)",
      safety: "check first",
    },
  ],
  change: "nothing",
  links: [section("15.5.20")],
  find: on([421], "likely", (facts) => `${starting(hostOf(facts))} is not served on this connection.`),
})

/** The meanings of statuses that do not have their own rule (RFC 9110, 4918, 7725, 8470, 2774). */
const meanings: Readonly<Record<number, string>> = {
  402: " Status 402 means that a payment is due: check the account's plan, credit and payment card.",
  423: " Another client has locked the resource for editing (WebDAV).",
  424: " A request that this request depends on failed.",
  425: " The server does not accept requests in the first bytes of a TLS connection (early data).",
  451: " Status 451 means that the resource is unavailable for legal reasons: a court or an authority requires this, often only in some countries.",
}

const refused = rule({
  code: "HF-HTTP-STATUS-007",
  title: "The server refused the request without giving a reason",
  explanation:
    "The response does not state a reason. If the HTTP layer of a server refuses the request line or a header, the " +
    "response has no body. An application usually explains its refusals.",
  fix: [
    {
      text: "send the request with a plain client (curl -v) and compare the two requests, header by header",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [section("15.5.1")],
  find: (facts) => {
    const { status, words } = facts
    const isWorded = facts.isWorded && (words.message !== "" || words.codes.length > 0)
    const listed = [
      401, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 421, 426, 428, 429, 431,
    ]
    if (status < 400 || (status >= 500 && status < 600) || isWorded || listed.includes(status)) return undefined
    return found({
      confidence: "possible",
      detail: `Status ${status} was received ${facts.body === "" ? "without a body" : "with a body that names no error"}.${meanings[status] ?? ""}${byAuthor(facts)}${spoken(facts)}`,
      evidence: [...answered(facts), ...said(facts)],
    })
  },
})

const rangeBehindEnd = rule({
  code: "HF-HTTP-STATUS-009",
  title: "The range begins at or after the end of the file: the download is often already complete",
  explanation:
    "Status 416 means that the file has no bytes in the requested range. A resumed download (wget -c, curl -C -) " +
    "requests the bytes that follow the local part of the file. If the local file is already complete, no bytes " +
    "remain. Otherwise, the file on the server may have become shorter. The local part may also belong to another " +
    "file. Content-Range states the length of the file on the server.",
  fix: [
    {
      text: "compare the length of the local file with Content-Range: bytes */LENGTH; if they are equal, the download is complete",
      safety: "check first",
    },
    { text: "otherwise, delete the local part and download the file again", safety: "check first" },
  ],
  change: "plan",
  links: [section("15.5.17"), "https://www.gnu.org/software/wget/manual/html_node/Download-Options.html"],
  find: on(
    [416],
    "likely",
    (facts) => `${hostOf(facts)} does not have any bytes in the range that ${request(facts)} requests.`,
    ["content-range"],
  ),
})

/** All rules about statuses. Findings of equal rank are sorted in the order in which their rules are listed. */
export const status = [
  unauthenticated,
  forbidden,
  notFound,
  methodNotAllowed,
  mediaType,
  serverFailed,
  misdirected,
  rangeBehindEnd,
  refused,
] as const
