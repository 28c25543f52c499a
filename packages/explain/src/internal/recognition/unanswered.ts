/**
 * Reads errors from clients that did not receive a response. The result contains the message of the failure and the messages
 * of the exceptions that caused it.
 */
import * as Http from "@holdfast/http/Diagnosis"
import * as Around from "./around.ts"
import { withRequest } from "./client.ts"
import * as Prose from "./prose.ts"
import type { Recognized } from "./recognized.ts"

type Shape = readonly [pattern: RegExp, as: string]

/** Messages from clients that did not receive a response. The matched message is read as a transport failure. */
const sentences: ReadonlyArray<Shape> = [
  [/curl: \(\d{1,3}\) [^\n]{0,400}/, "a curl error"],
  [
    /(?:requests\.exceptions|urllib3\.exceptions|httpx|botocore\.exceptions|aiohttp(?:\.client_exceptions)?)\.\w{1,60}: [^\n]{0,800}/,
    "a Python client exception",
  ],
  [
    /(?:java|javax|okhttp3|io\.netty|org\.apache)\.[\w.$]{1,120}(?:Exception|Error)(?:: [^\n]{0,400})?/,
    "a Java client exception",
  ],
  [/System\.(?:Net|Threading\.Tasks)\.[\w.]{1,80}Exception(?: \([^)]{1,80}\))? ?: [^\n]{0,400}/, "a .NET exception"],
  [
    /(?:(?:EndpointConnection|ConnectTimeout|ReadTimeout|ConnectionClosed|ProxyConnection|NewConnection|HTTPClient|MaxRetry)Error: |Could not connect to the endpoint URL: |Connect timeout on endpoint URL: |Read timeout on endpoint URL: )[^\n]{0,800}/,
    "an error from botocore (boto3, the AWS CLI)",
  ],
  [/(?:ProxyError\([^\n]{0,400}|Tunnel connection failed: \d{3}[^\n]{0,100})/, "a Python client exception"],
  [/unable to access '[^'\n]{1,2000}': (?!The requested URL returned error)[^\n]{1,400}/, "git output"],
  [
    /(?:dispatch failure: [^\n]{0,200}|error trying to connect: [^\n]{0,300}|dns error: [^\n]{0,300})/,
    "a Rust client error",
  ],
  [/RPC failed; (?=curl \d{1,3} )[^\n]{0,400}/, "git output"],
  [/hyper(?:_util)?::(?:client::legacy::)?Error\([^\n]{0,300}/, "a Rust client error"],
  [/error sending request for url [^\n]{0,600}/, "a Rust client error (reqwest)"],
  [/outgoing request timed out after \d{1,8} ?ms/, "an openid-client timeout"],
  [/\bCURLcode ?[=:] ?\d{1,2}\b[^\n]{0,300}/, "a libcurl error"],
  [/\bcurlCode: \d{1,3}, [^\n]{0,300}/, "an error from the AWS SDK for C++ (Arrow)"],
  [/cURL error \d{1,3}: [^\n]{0,400}/, "a PHP client exception"],
  [
    /(?:Seahorse::Client::NetworkingError|Net::\w{1,40}|OpenSSL::SSL::SSLError|Errno::\w{1,40}|Faraday::\w{1,40})[^\n]{0,400}/,
    "a Ruby client exception",
  ],
  [
    /(?:Get|Put|Post|Head|Delete|Patch) \\{0,3}"?https?:\/\/[^\n]{0,8000}?: (?:dial|read|write|x509|tls|EOF\b|unexpected EOF|net\/http|context|http|remote error|stream error|unsupported protocol|no Host)[^\n]{0,400}/,
    "a Go client error",
  ],
  [
    /(?:parse "[^"\n]{0,400}": )?(?:unsupported protocol scheme|missing protocol scheme|first path segment in URL cannot contain colon|http: no Host in request URL)[^\n]{0,100}/,
    "a Go client error",
  ],
  [/(?:TypeError(?: \[ERR_INVALID_URL\])?: Invalid URL|Failed to parse URL from)[^\n]{0,300}/, "a Node client error"],
  [
    /(?:Invalid character in header content|Invalid header value|invalid header field value|Illegal character\(?s?\)? in message header value|Unexpected char 0x[0-9a-f]{2} at \d{1,5} in \S{1,60} value|New-line characters are not allowed in header|header field value cannot include CR\/LF|failed to parse header value)[^\n]{0,300}/i,
    "an HTTP client error about a request that was not sent",
  ],
  [/\b(?:dial tcp|read tcp|write tcp|x509:|tls:)[^\n]{0,400}/, "a Go client error"],
  [/NSURLErrorDomain Code=-\d{1,5} [^\n]{0,400}/, "an Apple client error"],
  [
    /(?:Connection (?:timed out|refused|reset by peer|closed by remote host)|Temporary failure in name resolution|Name or service not known|No route to host|Network is unreachable|Operation timed out)\b[^\n]{0,200}/i,
    "a network failure",
  ],
  [/Proxy response \(\d{3}\)[^\n]{0,200}/, "an undici error"],
  [/cannot verify \S{1,300}'s certificate[^\n]{0,300}(?:\n[^\n]{1,200})?/, "a wget error"],
  [/\[(?:Errno|WinError) -?\d{1,5}\] [^\n]{0,300}/, "a Python program's error"],
  [/\bnet::ERR_\w{1,60}/, "a Chromium error"],
  [/\b(?:SSLError|CERTIFICATE_VERIFY_FAILED|SSL routines|ssl3_get_|tlsv1 alert)[^\n]{0,400}/, "an OpenSSL error"],
]

/** Matches error codes from Node and similar runtimes. The lines after an error code may contain the cause. */
const nodeCode =
  /\b(?:ECONNRESET|ECONNREFUSED|ECONNABORTED|EMFILE|ENFILE|EADDRNOTAVAIL|ENETDOWN|EHOSTDOWN|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EPIPE|EPROTO|EHOSTUNREACH|ENETUNREACH|UND_ERR_\w{1,40}|CERT_\w{1,40}|UNABLE_TO_(?:GET|VERIFY|DE(?:CRYPT|CODE))_\w{1,50}|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|ERR_TLS_\w{1,40}|ERR_SSL_\w{1,60}|HPE_\w{1,40})\b/

/** Matches messages that report a failure without an error code. */
const fetchFailed = /TypeError: (?:fetch failed|Failed to fetch|Load failed|NetworkError[^\n]{0,100}|terminated)/

/**
 * The maximum number of lines to read from the end of the text, and the maximum number of characters to read from each line.
 */
const mostLines = 400
const longestLine = 1000

/** Returns the line that contains the given position in the text. */
const lineAt = (text: string, at: number): string => {
  const end = text.indexOf("\n", at)
  return text.slice(text.lastIndexOf("\n", at) + 1, end === -1 ? text.length : end).slice(0, longestLine)
}

/** Matches lines in which an exception identifies its cause. The cause is more specific than the exception. */
const inner = /^[^\n]{0,200}?(?:--->|Caused by:|cause:|\[cause\]|The above exception|During handling)[^\n]{0,400}$/gm

/** Joins the message of a failure with the messages of the exceptions that caused it. */
const withCauses = (text: string, sentence: string): string =>
  [sentence, ...(text.match(inner) ?? []).slice(0, 5).map((line) => line.trim())].join(" ").slice(0, 1500)

/**
 * Appends the next lines to a message that contains no information of its own, because some loggers split a message over
 * several lines.
 */
const withLinesBehind = (text: string, sentence: string): string => {
  const behind = text.slice(text.indexOf(sentence) + sentence.length).split("\n", 4)
  return [sentence, ...behind.map((line) => line.trim().slice(0, longestLine))].join(" ").trim().slice(0, 1500)
}

/**
 * Matches links to documentation in failure messages. The failed request was not sent to the address in a documentation link.
 */
const manual = /^https?:\/\/(?:[\w.-]*curl\.(?:haxx\.)?se|docs\.|developer\.|aka\.ms|github\.com|go\.microsoft\.com)\b/

/** Returns the address in the message itself, which is the address of the failed request. */
const addressIn = (sentence: string): Readonly<Record<string, string>> => {
  const url = sentence.match(/https?:\/\/[^\s"'`<>)]{1,8000}/g)?.find((one) => !manual.test(one))
  return url === undefined ? {} : { url }
}

const failed = (text: string, sentence: string, failure: string, as: string): Recognized => ({
  exchange: { ...withRequest(text, addressIn(sentence)), failure },
  as,
})

/** Matches a stack frame, which identifies files and functions but does not describe a failure. */
const frame = /^at (?:async |new )?[\w.$<>[\]]{1,200} \(/

/** Matches lines in which the status comes from a proxy. */
const ofTunnel =
  /Tunnel connection failed|tunneling socket could not be established|CONNECT tunnel failed|from proxy after CONNECT|Proxy response \(/i

/**
 * Reads the last line that can only describe a transport failure, whatever its language. A line that contains a status
 * describes a response, unless the status comes from a proxy.
 */
const readLine = (text: string): Recognized | undefined => {
  const line = text
    .split("\n")
    .slice(-mostLines)
    .map((one) => one.trim().slice(0, longestLine))
    .findLast(
      (one) =>
        one.length > 8 &&
        !frame.test(one) &&
        // A code of Salesforce, which begins like those of OpenSSL.
        !one.includes("UNABLE_TO_LOCK_ROW") &&
        (Around.statusIn(one) === undefined || ofTunnel.test(one)) &&
        Http.saysWhy(one),
    )
  return line === undefined ? undefined : failed(text, line, withCauses(text, line), "a network failure")
}

/** Reads an error from a client that did not receive a response. */
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
    return failed(text, line, withCauses(text, line), "a Node client error")
  }
  const line = readLine(text)
  if (line !== undefined) return line
  const [first] = named
  // A client's exception without a reason may wrap a response that has one.
  if (first !== undefined && Around.statusIn(text) !== undefined) {
    const answer = Prose.read(text)
    if (answer !== undefined) return answer
  }
  if (first !== undefined) return failed(text, first.sentence, withLinesBehind(text, first.sentence), first.as)
  const sentence = fetchFailed.exec(text)?.[0]
  return sentence === undefined ? undefined : failed(text, sentence, withCauses(text, sentence), "a fetch error")
}
