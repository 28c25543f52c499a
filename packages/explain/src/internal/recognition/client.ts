/**
 * Errors of HTTP clients and tools that keep the status, the address or the reason of a failure: curl, wget, Python, PHP,
 * JavaScript, Go, and the error log of nginx.
 */
import { bodyIn } from "./apiError.ts"
import * as Around from "./around.ts"
import { assumed, type Recognized } from "./recognized.ts"

type Shape = readonly [pattern: RegExp, as: string]

/** Sentences with a status, perhaps an address: an answer came. */
const answered: ReadonlyArray<Shape> = [
  [
    /(?<status>[1-5]\d\d) (?:Client|Server) Error: [^\n]{0,200}? for url: (?<url>\S{1,8000})/,
    "an exception of Python's requests",
  ],
  [
    /(?:Client|Server) error '(?<status>[1-5]\d\d)[^'\n]{0,60}' for url '(?<url>[^'\s]{1,8000})'/,
    "an exception of Python's httpx",
  ],
  [/HTTP Error (?<status>[1-5]\d\d): /, "an exception of Python's urllib"],
  [
    /(?:Client|Server) error: `(?<method>[A-Z]{3,7}) (?<url>[^`\s]{1,8000})` resulted in a `(?<status>[1-5]\d\d)/,
    "an exception of Guzzle",
  ],
  [/Request failed with status code (?<status>[1-5]\d\d)/, "the error of axios"],
  [
    /curl: \(22\) The requested URL returned error: (?<status>[1-5]\d\d)/,
    "the error of curl --fail, which drops the answer",
  ],
  [/\bERROR (?<status>[1-5]\d\d): /, "the error of wget"],
  [/Response code (?<status>[1-5]\d\d) \(/, "the error of got"],
]

/** Lines of nginx's error log, and what its client is answered. */
const nginx: ReadonlyArray<readonly [RegExp, number, string]> = [
  [/client intended to send too large body/, 413, "413 Request Entity Too Large"],
  [/upstream timed out/, 504, "504 Gateway Time-out"],
  [/client sent too large request|client sent too long (?:header|URI)/, 400, "400 Bad Request"],
  [
    /(?:connect\(\) failed|upstream prematurely closed connection|no live upstreams|recv\(\) failed|upstream sent (?:invalid|too big) header|SSL_do_handshake\(\) failed|could not be resolved)[^\n]{0,600}upstream|no live upstreams/,
    502,
    "502 Bad Gateway",
  ],
]

/** Sentences of a client that got no answer. The words after them are read as a failure of the transport. */
const unanswered: ReadonlyArray<Shape> = [
  [/curl: \(\d{1,3}\) [^\n]{0,400}/, "the error of curl"],
  [
    /(?:requests\.exceptions|urllib3\.exceptions|httpx|botocore\.exceptions|aiohttp(?:\.client_exceptions)?)\.\w{1,60}: [^\n]{0,800}/,
    "an exception of a Python client",
  ],
  [
    /(?:java|javax|okhttp3|io\.netty|org\.apache)\.[\w.$]{1,120}(?:Exception|Error)(?:: [^\n]{0,400})?/,
    "an exception of a Java client",
  ],
  [/System\.Net\.[\w.]{1,80}Exception(?: \([^)]{1,80}\))? ?: [^\n]{0,400}/, "an exception of .NET"],
  [
    /(?:(?:EndpointConnection|ConnectTimeout|ReadTimeout|ConnectionClosed|ProxyConnection|NewConnection|HTTPClient|MaxRetry)Error: |Could not connect to the endpoint URL: |Connect timeout on endpoint URL: |Read timeout on endpoint URL: )[^\n]{0,800}/,
    "the error of botocore (boto3, the AWS CLI)",
  ],
  [/unable to access '[^'\n]{1,2000}': (?!The requested URL returned error)[^\n]{1,400}/, "the output of git"],
  [
    /(?:dispatch failure: [^\n]{0,200}|error trying to connect: [^\n]{0,300}|dns error: [^\n]{0,300})/,
    "the error of a Rust client",
  ],
  [/RPC failed; (?=curl \d{1,3} )[^\n]{0,400}/, "the output of git"],
  [/\bcurlCode: \d{1,3}, [^\n]{0,300}/, "the error of the AWS SDK for C++ (Arrow)"],
  [/cURL error \d{1,3}: [^\n]{0,400}/, "an exception of a PHP client"],
  [
    /(?:Seahorse::Client::NetworkingError|Net::\w{1,40}|OpenSSL::SSL::SSLError|Errno::\w{1,40}|Faraday::\w{1,40})[^\n]{0,400}/,
    "an exception of a Ruby client",
  ],
  [
    /(?:Get|Put|Post|Head|Delete|Patch) "?https?:\/\/[^\n]{0,8000}?: (?:dial|read|write|x509|tls|EOF|net\/http|context|http|remote error|stream error|unsupported protocol|no Host)[^\n]{0,400}/,
    "the error of a Go client",
  ],
  [
    /(?:parse "[^"\n]{0,400}": )?(?:unsupported protocol scheme|missing protocol scheme|first path segment in URL cannot contain colon|http: no Host in request URL)[^\n]{0,100}/,
    "the error of a Go client",
  ],
  [
    /(?:TypeError(?: \[ERR_INVALID_URL\])?: Invalid URL|Failed to parse URL from)[^\n]{0,300}/,
    "the error of a client on Node",
  ],
  [/\b(?:dial tcp|read tcp|write tcp|x509:|tls:)[^\n]{0,400}/, "the error of a Go client"],
  [/NSURLErrorDomain Code=-\d{1,5} [^\n]{0,400}/, "the error of an Apple client"],
  [
    /(?:Connection (?:timed out|refused|reset by peer|closed by remote host)|Temporary failure in name resolution|Name or service not known|No route to host|Network is unreachable|Operation timed out)\b[^\n]{0,200}/i,
    "a failure of the network",
  ],
  [/\[(?:Errno|WinError) -?\d{1,5}\] [^\n]{0,300}/, "the error of a Python program"],
  [/\bnet::ERR_\w{1,60}/, "the error of Chromium"],
  [/\b(?:SSLError|CERTIFICATE_VERIFY_FAILED|SSL routines|ssl3_get_|tlsv1 alert)[^\n]{0,400}/, "an error of OpenSSL"],
]

/** Codes of Node and its kin; the lines after one may name the cause. */
const nodeCode =
  /\b(?:ECONNRESET|ECONNREFUSED|ECONNABORTED|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EPIPE|EPROTO|EHOSTUNREACH|ENETUNREACH|UND_ERR_\w{1,40}|CERT_\w{1,40}|UNABLE_TO_\w{1,50}|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|ERR_TLS_\w{1,40}|ERR_SSL_\w{1,60}|HPE_\w{1,40})\b/

/** Lines of which a program without a code says that it failed. */
const fetchFailed = /TypeError: (?:fetch failed|Failed to fetch|Load failed|NetworkError[^\n]{0,100}|terminated)/

/** The line of a text that a position is in. */
const lineAt = (text: string, at: number): string => {
  const end = text.indexOf("\n", at)
  return text.slice(text.lastIndexOf("\n", at) + 1, end === -1 ? text.length : end).slice(0, 1000)
}

const withRequest = (text: string, groups: Readonly<Record<string, string | undefined>> = {}) => {
  const around = Around.requestIn(text)
  const request = {
    ...around,
    ...(groups["method"] === undefined ? {} : { method: groups["method"] }),
    ...(groups["url"] === undefined ? {} : { url: Around.trimmed(groups["url"]) }),
  }
  const at = Around.timeIn(text)
  return {
    ...(Object.keys(request).length === 0 ? {} : { request }),
    ...(at === undefined ? {} : { at }),
  }
}

/** Reads what nginx wrote into its error log: its client gets the page of the status. */
const readNginx = (text: string): Recognized | undefined => {
  if (!/\[(?:error|warn|crit|info)\] \d{1,10}#\d{1,10}: /.test(text)) return undefined
  const found = nginx.find(([pattern]) => pattern.test(text))
  if (found === undefined) return undefined
  const [, status, title] = found
  // nginx's own sentence, which tells more than the page of its client.
  const [, sentence = ""] = /#\d{1,10}: (?:\*\d{1,20} )?([^,<>\n]{1,300})/.exec(text) ?? []
  const [, method, target] = /request: "([A-Z]{3,7}) (\S{1,8000}) HTTP/.exec(text) ?? []
  const [, host] = /host: "([^"\s]{1,300})"/.exec(text) ?? []
  return {
    exchange: {
      ...(method === undefined || target === undefined
        ? {}
        : {
            request: {
              method,
              url: host === undefined ? target : `http://${host}${target}`,
            },
          }),
      response: {
        ...assumed(status),
        headers: { server: "nginx", "content-type": "text/html" },
        body: `<html><head><title>${title}</title></head><body><center><h1>${title}</h1></center><center>${sentence}</center><hr><center>nginx</center></body></html>`,
      },
    },
    as: "a line of nginx's error log, which its client does not see",
  }
}

/** Reads the error of a client that got an answer and kept its status. */
export const readAnswered = (text: string): Recognized | undefined => {
  for (const [pattern, as] of answered) {
    const groups = pattern.exec(text)?.groups
    if (groups === undefined) continue
    const body = bodyIn(text)
    const kept = body === undefined ? {} : { headers: { "content-type": "application/json" }, body }
    return { exchange: { ...withRequest(text, groups), response: { status: Number(groups["status"]), ...kept } }, as }
  }
  return readNginx(text)
}

/** Lines in which an exception names the one behind it, which knows more. */
const inner = /^[^\n]{0,200}?(?:--->|Caused by:|cause:|\[cause\]|The above exception|During handling)[^\n]{0,400}$/gm

/** The sentence of a failure with those of the exceptions behind it. */
const withCauses = (text: string, sentence: string): string =>
  [sentence, ...(text.match(inner) ?? []).slice(0, 5).map((line) => line.trim())].join(" ").slice(0, 1500)

/** Reads the error of a client that got no answer. */
export const readUnanswered = (text: string): Recognized | undefined => {
  const code = nodeCode.exec(text)
  for (const [pattern, as] of unanswered) {
    const found = pattern.exec(text)
    if (found !== null) {
      const failure = found[0].replace(/^RPC failed; curl (\d{1,3}) /, "curl: ($1) ")
      // The address in the sentence itself is the one that failed.
      const url = /https?:\/\/[^\s"'`<>)]{1,8000}/.exec(found[0])?.[0]
      const groups = url === undefined ? {} : { url }
      return { exchange: { ...withRequest(text, groups), failure: withCauses(text, failure) }, as }
    }
  }
  if (code !== null) {
    return {
      exchange: {
        ...withRequest(text),
        failure: withCauses(
          text,
          lineAt(text, code.index)
            .trim()
            .replace(/^.{0,200}?\bholdfast: /, ""),
        ),
      },
      as: "the error of a client on Node",
    }
  }
  const failed = fetchFailed.exec(text)
  return failed === null
    ? undefined
    : { exchange: { ...withRequest(text), failure: withCauses(text, failed[0]) }, as: "the error of fetch" }
}
