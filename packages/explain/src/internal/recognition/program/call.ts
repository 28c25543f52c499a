/**
 * Reads errors from programs that report something other than the response, such as a gRPC status, a failed handshake, a
 * parser's message, or the name of a status.
 */
import * as Around from "../around.ts"
import { assumed, type Recognized } from "../recognized.ts"

/** The names of the gRPC statuses, indexed by status number. */
const names = [
  "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS",
  "UNAUTHENTICATED",
] // prettier-ignore

/**
 * Matches the error formats of the gRPC libraries. The supported formats are those of Go, Python, Node, Java, .NET and
 * grpcurl.
 */
const calls: ReadonlyArray<RegExp> = [
  /rpc error: code = (?<name>[A-Za-z]{2,24}) desc = (?<message>[^\n]{0,500})/,
  /StatusCode\.(?<name>[A-Z_]{2,24})\b(?:[\s\S]{0,80}?details = "(?<message>[^"\n]{0,500}))?/,
  /\b(?<number>1[0-6]|[1-9]) (?<name>[A-Z]{2,20}(?:_[A-Z]{2,20})?): (?<message>[^\n]{0,500})/,
  /StatusRuntimeException: (?<name>[A-Z_]{2,24})(?:: (?<message>[^\n]{0,500}))?/,
  /StatusCode="(?<name>[A-Za-z]{2,24})", Detail="(?<message>[^"\n]{0,500})/,
  /Code: (?<name>[A-Z][A-Za-z]{2,24})\s{1,10}Message: (?<message>[^\n]{0,500})/,
]

/**
 * Converts a status name from Go or .NET, such as `PermissionDenied`, to upper snake case, as the other libraries print it.
 */
const capitals = (name: string): string =>
  (/[a-z]/.test(name) ? name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase() : name).replace(
    /^CANCELED$/,
    "CANCELLED",
  )

/** Reads the error from a gRPC call, which may contain a network error. */
export const readRpc = (text: string): Recognized | undefined => {
  for (const pattern of calls) {
    const { message = "", name = "" } = pattern.exec(text)?.groups ?? {}
    const number = names.indexOf(capitals(name))
    if (number < 1) continue
    const request = Around.requestIn(text)
    return {
      exchange: {
        ...(request === undefined ? {} : { request }),
        response: {
          status: 200,
          headers: { "content-type": "application/grpc", "grpc-status": String(number), "grpc-message": message },
        },
      },
      as: "a gRPC client error",
    }
  }
  return undefined
}

/** Matches the messages that JSON parsers print for a body that they cannot parse. */
const parsers =
  /SyntaxError: (?:Unexpected (?:token|end|non-whitespace|character|EOF)|JSON\.parse|JSON Parse error)[^\n]{0,300}|JSONDecodeError: [^\n]{0,200}|(?:invalid character '.{1,6}' looking for beginning of value|unexpected end of JSON input)[^\n]{0,100}|(?:com\.fasterxml\.jackson|com\.google\.gson)\.[\w.]{1,100}(?:Exception|Error): [^\n]{0,300}|(?:System\.Text\.Json|Newtonsoft\.Json)\.\w{1,40}Exception: [^\n]{0,300}/

/** Matches the messages that decoders print for a body that they cannot decompress. */
const decoders =
  /incorrect header check|Z_DATA_ERROR|Z_BUF_ERROR|gzip: invalid header|not a gzip(?:ped)? file|Not in GZIP format|magic number in GZip|ERR_CONTENT_DECODING_FAILED|failed to decode it|ContentDecodingError|curl: \(61\)|zlib: invalid header|unknown compression method|Error -3 while decompressing/i

const decoderLine = new RegExp(`[^\\n]{0,200}(?:${decoders.source})[^\\n]{0,200}`, "i")

/**
 * Finds a decoder's message together with the surrounding text on the same line. The message is located first, because
 * matching the complete pattern would try 200 characters from every position.
 */
const decoderIn = (text: string): string | undefined => {
  const found = decoders.exec(text)
  if (found === null) return undefined
  const start = Math.max(text.lastIndexOf("\n", found.index) + 1, found.index - 200)
  return decoderLine.exec(text.slice(start, start + 1000))?.[0]
}

/** Reads an error message from a parser or decoder. A response was received, but the message does not contain its status. */
export const readParser = (text: string): Recognized | undefined => {
  const parsed = parsers.exec(text)?.[0]
  const failure = parsed ?? decoderIn(text)
  if (failure === undefined) return undefined
  const request = Around.requestIn(text)
  return {
    exchange: { ...(request === undefined ? {} : { request }), failure: failure.trim() },
    as: parsed === undefined ? "a decompression error" : "a JSON parser error",
  }
}

/** Reads a Docker client's error about a response that is not JSON. The error quotes the status and the body. */
export const readPush = (text: string): Recognized | undefined => {
  const [, status, quoted] =
    /error parsing HTTP ([1-5]\d\d) response body: [^\n"]{1,200}: "((?:\\.|[^"\\\n]){0,4000})"?/.exec(text) ?? []
  if (status === undefined || quoted === undefined) return undefined
  const [, repository] = /repository \[([\w.:-]{1,253}\/[\w./-]{1,200})\]/.exec(text) ?? []
  return {
    exchange: {
      ...(repository === undefined ? {} : { request: { url: `https://${repository.replace("/", "/v2/")}` } }),
      response: {
        status: Number(status),
        headers: { "content-type": "text/html" },
        body: quoted.replaceAll(/\\([nt"\\])/g, (_, one: string) => (one === "n" ? "\n" : one === "t" ? "\t" : one)),
      },
    },
    as: "an error from an image registry client",
  }
}

/**
 * Reads npm's output for a response from a registry. The output contains the status, the request and the registry's message.
 */
export const readNpm = (text: string): Recognized | undefined => {
  const [, status, method, url, sentence] =
    /npm (?:ERR!|error) (?:[45]\d\d )?([45]\d\d) [A-Z][A-Za-z ]{2,30} - ([A-Z]{3,7}) (https?:\S{1,1000})(?: - ([^\n]{1,400}))?/.exec(
      text,
    ) ?? []
  if (status === undefined || method === undefined || url === undefined) return undefined
  return {
    exchange: {
      request: { method, url },
      response: { status: Number(status), headers: { "content-type": "text/plain" }, body: sentence ?? "" },
    },
    as: "npm output",
  }
}

/** Messages that frameworks write to their own log, with the status that the client receives. */
const frameworks: ReadonlyArray<readonly [RegExp, number]> = [
  [/Invalid HTTP_HOST header: [^\n]{1,300}/, 400],
  [/\bBlocked hosts?: [^\n]{1,300}/, 403],
  [/Blocked request\. This host \([^\n]{1,300}/, 403],
  [/^\s{0,8}Invalid Host header\s{0,8}$/m, 403],
  [/No valid crumb was included in (?:the )?request[^\n]{0,200}/, 403],
  [
    /(?:CSRF (?:verification failed|token (?:mismatch|missing|invalid))|invalid csrf token|InvalidAuthenticityToken|ForbiddenError: invalid csrf)[^\n]{0,200}/i,
    403,
  ],
]

/** Converts a framework's log message to the response that the framework sends. */
export const readFramework = (text: string): Recognized | undefined => {
  for (const [pattern, status] of frameworks) {
    const sentence = pattern.exec(text)?.[0]
    if (sentence === undefined) continue
    const request = Around.requestIn(text)
    return {
      exchange: {
        ...(request === undefined ? {} : { request }),
        response: { ...assumed(status), headers: { "content-type": "text/plain" }, body: sentence.trim() },
      },
      as: "a framework's log message, which is not always sent to the client",
    }
  }
  return undefined
}

/**
 * Maps the error codes of Azure Resource Manager to statuses:
 * https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors
 */
const ofAzure: ReadonlyArray<readonly [codes: RegExp, status: number]> = [
  [/Timeout$/, 504],
  [/NotFound$/, 404],
  [/^(?:AuthorizationFailed|LinkedAuthorizationFailed|Forbidden|.*Disallowed.*|RequestDisallowedByPolicy)$/, 403],
  [/Authentication|^Unauthorized|InvalidAuthenticationToken/, 401],
  [/^(?:Conflict|.*AlreadyExists|.*InUse|.*Exceeded|QuotaExceeded|AnotherOperationInProgress)$/, 409],
  [/Throttl|^TooManyRequests/, 429],
  [/^(?:InternalServerError|ServiceUnavailable|ServerBusy)$/, 503],
]

/** Reads the output that the Azure CLI prints for an error response. */
export const readAzure = (text: string): Recognized | undefined => {
  const [, code, message = ""] = /^\s{0,8}(?:ERROR: )?\(([A-Z]\w{2,60})\) ([^\n]{1,800})\nCode: \1\b/m.exec(text) ?? []
  if (code === undefined) return undefined
  const status = ofAzure.find(([codes]) => codes.test(code))?.[1]
  return {
    exchange: {
      response: {
        ...assumed(status ?? 400),
        headers: { "content-type": "application/json", "x-ms-request-id": "-" },
        body: JSON.stringify({ error: { code, message } }),
      },
    },
    as: "Azure CLI output",
  }
}

/** Matches status names in messages from programs that do not print the status code. */
const phrases: ReadonlyArray<readonly [RegExp, number]> = [
  [/unsupported (?:content-type header|content type|media type)/i, 415],
  [/method not allowed|request method '?[A-Z]{3,7}'? (?:is )?not supported/i, 405],
  [/not acceptable\b/i, 406],
  [/precondition failed/i, 412],
  [/length required/i, 411],
  [/too many requests/i, 429],
  [/(?:payload|request entity|content) too large/i, 413],
  [/uri too long|request-uri too (?:long|large)/i, 414],
  [/request header fields too large/i, 431],
  [/unprocessable (?:entity|content)/i, 422],
  [/misdirected request/i, 421],
  [/bad gateway/i, 502],
  [/gateway time-?out/i, 504],
  [/service (?:temporarily )?unavailable/i, 503],
  [/payment required/i, 402],
]

/** Reads the name of a status from text that contains nothing more specific. */
export const readPhrase = (text: string): Recognized | undefined => {
  const lines = text.slice(-20_000).split("\n")
  for (const [pattern, status] of phrases) {
    const line = lines.find((one) => pattern.test(one.slice(0, 500)))
    if (line === undefined) continue
    const request = Around.requestIn(text)
    return {
      exchange: {
        ...(request === undefined ? {} : { request }),
        response: { ...assumed(status), headers: { "content-type": "text/plain" }, body: line.trim().slice(0, 300) },
      },
      as: "a status name found in text",
    }
  }
  return undefined
}

/**
 * Matches messages from browsers and WebSocket libraries (ws, Python, Go, Rust, .NET) about a rejected WebSocket handshake.
 */
const handshakes: ReadonlyArray<RegExp> = [
  /WebSocket connection to '(?<url>wss?:[^'\s]{1,2000})' failed: Error during WebSocket handshake: Unexpected response code: (?<status>\d{3})/,
  /(?:Error: )?Unexpected server response: (?<status>\d{3})/,
  /(?:server rejected WebSocket connection: HTTP|InvalidStatus(?:Code)?: .{0,60}?HTTP|Handshake status|websocket: bad handshake \(HTTP|status code '?) ?(?<status>\d{3})\b/,
  /WebSocket[^\n]{0,200}(?:returned status code '|status code )(?<status>\d{3})/,
]

/** Reads the error from a WebSocket handshake that received a response. */
export const readHandshake = (text: string): Recognized | undefined => {
  if (!/websocket|\bwss?:\/\/|Unexpected server response/i.test(text)) return undefined
  for (const pattern of handshakes) {
    const { status, url = /\bwss?:\/\/[^\s"'<>]{1,2000}/.exec(text)?.[0] } = pattern.exec(text)?.groups ?? {}
    if (status === undefined) continue
    return {
      exchange: {
        request: {
          method: "GET",
          ...(url === undefined ? {} : { url: Around.trimmed(url).replace(/^ws/, "http") }),
          headers: { upgrade: "websocket", connection: "Upgrade" },
        },
        response: { status: Number(status) },
      },
      as: "a WebSocket client error",
    }
  }
  return undefined
}
