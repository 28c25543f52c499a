/**
 * Statuses that name the defect themselves, for services without a rule set.
 */
import { type Confidence, found } from "@holdfast/diagnosis/Diagnosis"
import type { HttpFacts } from "../facts.ts"
import { byAuthor } from "../remarks.ts"
import { answered, hostOf, onPage, said, spoken, starting, sure, told, topic } from "../rule.ts"

const rule = topic("status")

const section = (number: string): string => `https://www.rfc-editor.org/rfc/rfc9110#section-${number}`

/** A finding for one of the statuses. */
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

/** The request as a sentence names it: "GET /v1/items". */
export const request = ({ method, url }: HttpFacts): string =>
  [method ?? (url === undefined ? "the request" : ""), url === undefined ? "" : url.pathname].join(" ").trim()

/** Whether the request's headers are known and none of them can be a credential. */
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
    "Status 401 asks for credentials, or for other ones. WWW-Authenticate names the scheme that the server takes. " +
    "Clients drop the Authorization header when they follow a redirect to another host.",
  fix: [{ text: "send valid credentials in the scheme that WWW-Authenticate names", safety: "check first" }],
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
  title: "The server understood the request and does not permit it",
  explanation:
    "Status 403 is a decision, not a mistake in the form: the account may not do this, the address or the country " +
    "is blocked, or a rule of a firewall fits. Other credentials may help, the same request will not.",
  fix: [{ text: "ask for the permission, or find which rule refuses", safety: "check first" }],
  change: "human",
  links: [section("15.5.4")],
  find: on([403], "possible", (facts) => `${starting(hostOf(facts))} refused ${request(facts)}.`),
})

const notFound = rule({
  code: "HF-HTTP-STATUS-003",
  title: "The server has nothing at this path",
  explanation:
    "The path, the id in it or the host is another one than the server knows: a typo, a version of the API, a " +
    "method that this path does not have, a resource that is gone. Some servers answer so to a caller that may not " +
    "see the resource. Without a word of the service itself it can also be an intermediary.",
  fix: [{ text: "compare method, host and path with the documentation", safety: "check first" }],
  change: "plan",
  links: [section("15.5.5")],
  find: (facts) =>
    isMissingPath(facts)
      ? found({
          confidence: "likely",
          detail: `There is no such file or folder: the path is wrong, it was moved, or it is outside the folder of the app. Dropbox answers with 409 whatever error an endpoint of its own has.${spoken(facts)}`,
          evidence: [...answered(facts), ...said(facts)],
        })
      : on(
          [404, 410],
          "likely",
          () => `${starting(hostOf(facts))} has nothing for ${request(facts)}: no such path or resource.`,
        )(facts),
})

/** Whether Dropbox reports a path that does not exist: https://developers.dropbox.com/error-handling-guide */
export const isMissingPath = ({ status, words }: HttpFacts): boolean =>
  status === 409 && /^(?:path|path_lookup|from_lookup)\/not_found\b/.test(words.message)

const methodNotAllowed = rule({
  code: "HF-HTTP-STATUS-004",
  title: "The path exists, but not for this method",
  explanation:
    "The server knows the path and does not take this method there. A POST that became a GET after a redirect is a " +
    "common reason, a slash too many or too few another.",
  fix: [{ text: "use a method that the Allow header names", safety: "check first" }],
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
  title: "The server does not take, or cannot give, this media type",
  explanation:
    "Status 415 refuses the Content-Type of the body, or its Content-Encoding; 406 says that nothing fits the " +
    "Accept header. A body that is right with a header that is wrong is enough.",
  fix: [{ text: "send the Content-Type that the documentation names, and a body of that kind", safety: "check first" }],
  change: "plan",
  links: [section("15.5.16"), section("15.5.7")],
  rivals: ["HF-HTTP-BOX-006"],
  find: on([406, 415], "certain", (facts) => {
    const encoding = facts.header("content-encoding")
    if (facts.status === 415 && encoding !== undefined) {
      const taken = facts.answerHeader("accept-encoding")
      if (taken !== undefined)
        return `The request's body is compressed (Content-Encoding: ${encoding}), and the server takes Accept-Encoding: ${taken}.`
      return `The request's content-type is ${facts.header("content-type")}, and its body is compressed (Content-Encoding: ${encoding}), which fewer servers take.`
    }
    const name = facts.status === 415 ? "content-type" : "accept"
    const value = facts.header(name)
    if (!facts.hasRequest)
      return `The answer refuses the ${name === "accept" ? "Accept" : "Content-Type"} of the request.`
    return value === undefined ? `The request has no ${name} header.` : `The request's ${name} is ${value}.`
  }),
})

/** Nonstandard statuses from 531 on. Lower ones are Cloudflare's. */
const platformStatuses = Array.from({ length: 69 }, (_, index) => 531 + index).filter((one) => one !== 561)

const serverFailed = rule({
  code: "HF-HTTP-STATUS-006",
  title: "The server failed while it handled the request",
  explanation:
    "An error inside the server that its code did not handle. It may be an accident that one more try mends, or a " +
    "request that the server should have refused and stumbles over every time.",
  fix: [
    { text: "send again, with backoff", safety: "safe to apply" },
    { text: "if it stays, give the owner of the server the request id and the time", safety: "check first" },
  ],
  change: "nothing",
  links: [section("15.6.1")],
  find: (facts) =>
    onPage(["configuration"])(facts) ??
    on(
      [500, 506, 507, 508, 510, ...platformStatuses],
      "likely",
      ({ status }) => `${starting(hostOf(facts))} failed inside${status === 500 ? "" : ` (status ${status})`}.`,
      ["x-request-id"],
    )(facts),
})

const misdirected = rule({
  code: "HF-HTTP-STATUS-008",
  title: "The request came over a connection that is for another host name (misdirected)",
  explanation:
    "The server does not answer for this host on this connection: the name in the TLS handshake (SNI) and the Host " +
    "header differ, or a client used one HTTP/2 connection again for another host whose certificate covers both. A " +
    "proxy that connects by an IP address or by another name does the same.",
  fix: [
    { text: "send again on a new connection to this host", safety: "safe to apply" },
    {
      text: "in a proxy of your own, send SNI and Host with the same name (nginx: proxy_ssl_server_name, proxy_ssl_name)",
      safety: "check first",
    },
  ],
  change: "nothing",
  links: [section("15.5.20")],
  find: on([421], "likely", (facts) => `${starting(hostOf(facts))} is not served on this connection.`),
})

/** Statuses without a rule of their own, with their meaning (RFC 9110, 4918, 7725, 8470, 2774). */
const meanings: Readonly<Record<number, string>> = {
  402: " It stands for a payment that is due: the plan, the credit or the card of the account.",
  423: " The resource is locked by another one who edits it (WebDAV).",
  424: " Another request that this one depends on failed.",
  425: " The server does not take requests in the first bytes of a TLS connection (early data).",
  451: " It stands for legal reasons: a court or an authority demands that it is not shown, often in some countries alone.",
}

const refused = rule({
  code: "HF-HTTP-STATUS-007",
  title: "The server refused the request and did not say why",
  explanation:
    "Nothing in the answer tells the reason. A refusal of the request line or of a header comes from the HTTP " +
    "layer of a server and has no body; what the application refuses it mostly explains.",
  fix: [
    { text: "send the request with a plain client (curl -v) and compare, header by header", safety: "check first" },
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
      detail: `Status ${status} came ${facts.body === "" ? "without a body" : "with a body that names no error"}.${meanings[status] ?? ""}${byAuthor(facts)}${spoken(facts)}`,
      evidence: [...answered(facts), ...said(facts)],
    })
  },
})

const rangeBehindEnd = rule({
  code: "HF-HTTP-STATUS-009",
  title: "The range begins at or behind the end of the file: often the download is already complete",
  explanation:
    "Status 416 says that the file has no byte in the range that was asked for. A download that is continued (wget " +
    "-c, curl -C -) asks from the length of what is there: if all of it is there, nothing is left, and the file is " +
    "whole. Otherwise the file on the server has become shorter, or the part that is here belongs to another file. " +
    "Content-Range gives the length that the server has.",
  fix: [
    {
      text: "compare the length of the file here with Content-Range: bytes */LENGTH; if equal, it is complete",
      safety: "check first",
    },
    { text: "otherwise delete the part that is here and fetch the file again", safety: "check first" },
  ],
  change: "plan",
  links: [section("15.5.17"), "https://www.gnu.org/software/wget/manual/html_node/Download-Options.html"],
  find: on([416], "likely", (facts) => `${hostOf(facts)} has no byte in the range of ${request(facts)}.`, [
    "content-range",
  ]),
})

/** The rules of this topic. Among equally ranked findings, the first rule comes first. */
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
