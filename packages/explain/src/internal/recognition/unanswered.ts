/**
 * Errors of clients that got no answer: the sentence that names the failure, with those of the exceptions behind it.
 */
import * as Http from "@holdfast/http/Diagnosis"
import * as Around from "./around.ts"
import { withRequest } from "./client.ts"
import * as Prose from "./prose.ts"
import type { Recognized } from "./recognized.ts"

type Shape = readonly [pattern: RegExp, as: string]

/** Sentences of a client that got no answer. The words after them are read as a failure of the transport. */
const sentences: ReadonlyArray<Shape> = [
  [/curl: \(\d{1,3}\) [^\n]{0,400}/, "the error of curl"],
  [
    /(?:requests\.exceptions|urllib3\.exceptions|httpx|botocore\.exceptions|aiohttp(?:\.client_exceptions)?)\.\w{1,60}: [^\n]{0,800}/,
    "an exception of a Python client",
  ],
  [
    /(?:java|javax|okhttp3|io\.netty|org\.apache)\.[\w.$]{1,120}(?:Exception|Error)(?:: [^\n]{0,400})?/,
    "an exception of a Java client",
  ],
  [
    /System\.(?:Net|Threading\.Tasks)\.[\w.]{1,80}Exception(?: \([^)]{1,80}\))? ?: [^\n]{0,400}/,
    "an exception of .NET",
  ],
  [
    /(?:(?:EndpointConnection|ConnectTimeout|ReadTimeout|ConnectionClosed|ProxyConnection|NewConnection|HTTPClient|MaxRetry)Error: |Could not connect to the endpoint URL: |Connect timeout on endpoint URL: |Read timeout on endpoint URL: )[^\n]{0,800}/,
    "the error of botocore (boto3, the AWS CLI)",
  ],
  [/(?:ProxyError\([^\n]{0,400}|Tunnel connection failed: \d{3}[^\n]{0,100})/, "an exception of a Python client"],
  [/unable to access '[^'\n]{1,2000}': (?!The requested URL returned error)[^\n]{1,400}/, "the output of git"],
  [
    /(?:dispatch failure: [^\n]{0,200}|error trying to connect: [^\n]{0,300}|dns error: [^\n]{0,300})/,
    "the error of a Rust client",
  ],
  [/RPC failed; (?=curl \d{1,3} )[^\n]{0,400}/, "the output of git"],
  [/hyper(?:_util)?::(?:client::legacy::)?Error\([^\n]{0,300}/, "the error of a Rust client"],
  [/error sending request for url [^\n]{0,600}/, "the error of a Rust client (reqwest)"],
  [/outgoing request timed out after \d{1,8} ?ms/, "an exception of openid-client, which waits no longer"],
  [/\bCURLcode ?[=:] ?\d{1,2}\b[^\n]{0,300}/, "the error of libcurl"],
  [/\bcurlCode: \d{1,3}, [^\n]{0,300}/, "the error of the AWS SDK for C++ (Arrow)"],
  [/cURL error \d{1,3}: [^\n]{0,400}/, "an exception of a PHP client"],
  [
    /(?:Seahorse::Client::NetworkingError|Net::\w{1,40}|OpenSSL::SSL::SSLError|Errno::\w{1,40}|Faraday::\w{1,40})[^\n]{0,400}/,
    "an exception of a Ruby client",
  ],
  [
    /(?:Get|Put|Post|Head|Delete|Patch) \\{0,3}"?https?:\/\/[^\n]{0,8000}?: (?:dial|read|write|x509|tls|EOF\b|unexpected EOF|net\/http|context|http|remote error|stream error|unsupported protocol|no Host)[^\n]{0,400}/,
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
  [
    /(?:Invalid character in header content|Invalid header value|invalid header field value|Illegal character\(?s?\)? in message header value|Unexpected char 0x[0-9a-f]{2} at \d{1,5} in \S{1,60} value|New-line characters are not allowed in header|header field value cannot include CR\/LF|failed to parse header value)[^\n]{0,300}/i,
    "the error of an HTTP client that sent nothing",
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
  /\b(?:ECONNRESET|ECONNREFUSED|ECONNABORTED|EMFILE|ENFILE|EADDRNOTAVAIL|ENETDOWN|EHOSTDOWN|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EPIPE|EPROTO|EHOSTUNREACH|ENETUNREACH|UND_ERR_\w{1,40}|CERT_\w{1,40}|UNABLE_TO_\w{1,50}|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|ERR_TLS_\w{1,40}|ERR_SSL_\w{1,60}|HPE_\w{1,40})\b/

/** Lines of which a program without a code says that it failed. */
const fetchFailed = /TypeError: (?:fetch failed|Failed to fetch|Load failed|NetworkError[^\n]{0,100}|terminated)/

/** How many lines are looked at, from the end, and how much of each. */
const mostLines = 400
const longestLine = 1000

/** The line of a text that a position is in. */
const lineAt = (text: string, at: number): string => {
  const end = text.indexOf("\n", at)
  return text.slice(text.lastIndexOf("\n", at) + 1, end === -1 ? text.length : end).slice(0, longestLine)
}

/** Lines in which an exception names the one behind it, which knows more. */
const inner = /^[^\n]{0,200}?(?:--->|Caused by:|cause:|\[cause\]|The above exception|During handling)[^\n]{0,400}$/gm

/** The sentence of a failure with those of the exceptions behind it. */
const withCauses = (text: string, sentence: string): string =>
  [sentence, ...(text.match(inner) ?? []).slice(0, 5).map((line) => line.trim())].join(" ").slice(0, 1500)

/** A sentence that tells nothing by itself, with the two lines behind it: some loggers break a message in two. */
const withLinesBehind = (text: string, sentence: string): string => {
  const behind = text.slice(text.indexOf(sentence) + sentence.length).split("\n", 4)
  return [sentence, ...behind.map((line) => line.trim().slice(0, longestLine))].join(" ").trim().slice(0, 1500)
}

/** Where the sentence of a failure sends its readers, which is not where the request went. */
const manual = /^https?:\/\/(?:[\w.-]*curl\.(?:haxx\.)?se|docs\.|developer\.|aka\.ms|github\.com|go\.microsoft\.com)\b/

/** The address in the sentence itself is the one that failed. */
const addressIn = (sentence: string): Readonly<Record<string, string>> => {
  const url = sentence.match(/https?:\/\/[^\s"'`<>)]{1,8000}/g)?.find((one) => !manual.test(one))
  return url === undefined ? {} : { url }
}

const failed = (text: string, sentence: string, failure: string, as: string): Recognized => ({
  exchange: { ...withRequest(text, addressIn(sentence)), failure },
  as,
})

/** A frame of a stack trace names files and functions, no failure. */
const frame = /^at (?:async |new )?[\w.$<>[\]]{1,200} \(/

/** The status in such a line is the proxy's. */
const ofTunnel =
  /Tunnel connection failed|tunneling socket could not be established|CONNECT tunnel failed|from proxy after CONNECT|Proxy response \(/i

/** The last line that can only be about the transport, in whatever language; a line with a status is about an answer. */
const readLine = (text: string): Recognized | undefined => {
  const line = text
    .split("\n")
    .slice(-mostLines)
    .map((one) => one.trim().slice(0, longestLine))
    .findLast(
      (one) =>
        one.length > 8 &&
        !frame.test(one) &&
        (Around.statusIn(one) === undefined || ofTunnel.test(one)) &&
        Http.saysWhy(one),
    )
  return line === undefined ? undefined : failed(text, line, withCauses(text, line), "a failure of the network")
}

/** Reads the error of a client that got no answer. */
export const read = (text: string): Recognized | undefined => {
  const named = sentences.flatMap(([pattern, as]) => {
    const sentence = pattern.exec(text)?.[0]
    return sentence === undefined
      ? []
      : [{ sentence: sentence.replace(/^RPC failed; curl (\d{1,3}) /, "curl: ($1) "), as }]
  })
  const told = named.find(({ sentence }) => Http.saysWhy(withCauses(text, sentence)))
  if (told !== undefined) return failed(text, told.sentence, withCauses(text, told.sentence), told.as)
  const code = nodeCode.exec(text)
  if (code !== null) {
    const line = lineAt(text, code.index)
      .trim()
      .replace(/^.{0,200}?\bholdfast: /, "")
    return failed(text, line, withCauses(text, line), "the error of a client on Node")
  }
  const line = readLine(text)
  if (line !== undefined) return line
  const [first] = named
  // A client's exception without a reason may stand around an answer that has one.
  if (first !== undefined && Around.statusIn(text) !== undefined) {
    const answer = Prose.read(text)
    if (answer !== undefined) return answer
  }
  if (first !== undefined) return failed(text, first.sentence, withLinesBehind(text, first.sentence), first.as)
  const sentence = fetchFailed.exec(text)?.[0]
  return sentence === undefined ? undefined : failed(text, sentence, withCauses(text, sentence), "the error of fetch")
}
