/**
 * Reads errors from HTTP clients and tools that keep the status, the address or the reason for a failure: curl, wget, Python,
 * PHP, JavaScript, Go and nginx's error log.
 */
import { bodyIn } from "./json/apiError.ts"
import * as Around from "./around.ts"
import * as OAuth from "./oauth.ts"
import { sentenceIn } from "./sdk/sentences.ts"
import { assumed, type Recognized } from "./recognized.ts"
import { documentOf } from "./sdk/exception.ts"

type Shape = readonly [pattern: RegExp, as: string]

/** Patterns for messages that contain a status, which proves that a response arrived. */
const answered: ReadonlyArray<Shape> = [
  [
    /(?<status>[1-5]\d\d) (?:Client|Server) Error: [^\n]{0,200}? for url: (?<url>\S{1,8000})/,
    "a Python requests exception",
  ],
  [
    /(?:Client|Server) error '(?<status>[1-5]\d\d)[^'\n]{0,60}' for url '(?<url>[^'\s]{1,8000})'/,
    "a Python httpx exception",
  ],
  [
    /\bClientResponseError: (?<status>[1-5]\d\d), message='[^'\n]{0,200}', url=(?:URL\()?'(?<url>[^'\s]{1,8000})'/,
    "a Python aiohttp exception",
  ],
  // The message is localized; only the number is the same in every language.
  [
    /\bWebException(?:: | \([^)\n]{0,80}\): )[^\n]{1,200}?\((?<status>[45]\d\d)\)/,
    "a .NET exception, which provides the response",
  ],
  [
    /\bunable to open (?:config file|repository[^\n]{0,200}): (?:Stat: )?(?<status>[45]\d\d)\s*$/m,
    "restic output, which includes the status",
  ],
  [/\btoo many (?<status>[45]\d\d) error responses/, "a Python urllib3 exception raised after all retries"],
  [/API request to endpoint \S{1,1000} failed with error code (?<status>[45]\d\d)/, "an MLflow client error"],
  [
    /\bInvoke-(?:WebRequest|RestMethod) ?: [^\n]{1,200}?\((?<status>[45]\d\d)\)/,
    "a PowerShell error, which does not contain the response",
  ],
  [
    /\bResponse status code does not indicate success: (?<status>[1-5]\d\d)\b/,
    "a .NET exception, which does not contain the response",
  ],
  [/HTTP Error (?<status>[1-5]\d\d): /, "a Python urllib exception"],
  [
    /(?:Client|Server) error: `(?<method>[A-Z]{3,7}) (?<url>[^`\s]{1,8000})` resulted in a `(?<status>[1-5]\d\d)/,
    "a Guzzle exception",
  ],
  [/Request failed with status code (?<status>[1-5]\d\d)/, "an axios error"],
  [
    /curl: \(22\) The requested URL returned error: (?<status>[1-5]\d\d)/,
    "a curl --fail error, which does not contain the response",
  ],
  [/\bERROR (?<status>[1-5]\d\d): /, "a wget error"],
  [/Response code (?<status>[1-5]\d\d) \(/, "a got error"],
]

/** Patterns for lines in nginx's error log, with the status and the title of the page that nginx sends to the client. */
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

/** Returns the request and the time that are stated in a message or in the text around the message. */
export const withRequest = (text: string, groups: Readonly<Record<string, string | undefined>> = {}) => {
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

/** Reads a line from nginx's error log. The response is the error page that the client received. */
const readNginx = (text: string): Recognized | undefined => {
  if (!/\[(?:error|warn|crit|info)\] \d{1,10}#\d{1,10}: /.test(text)) return undefined
  const found = nginx.find(([pattern]) => pattern.test(text))
  if (found === undefined) return undefined
  const [, status, title] = found
  // nginx's own message, which is more specific than the page.
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
    as: "a line from nginx's error log, which is not sent to the client",
  }
}

/** Reads an error from a client that received a response and kept its status. */
export const readAnswered = (text: string): Recognized | undefined => {
  for (const [pattern, as] of answered) {
    const groups = pattern.exec(text)?.groups
    if (groups === undefined) continue
    const body = bodyIn(text)
    // The error number says more than the status that the client prints with it.
    if (body === undefined && OAuth.isNumbered(text)) return undefined
    const kept = body === undefined ? storageDocument(text) : { headers: { "content-type": "application/json" }, body }
    return { exchange: { ...withRequest(text, groups), response: { status: Number(groups["status"]), ...kept } }, as }
  }
  return readNginx(text) ?? readKeystone(text)
}

/** Matches a header in a line that lists all headers of a response, up to the next header. */
const listedHeader = /(?:^| )([A-Za-z][\w-]{1,60}): (.{0,300}?)(?= [A-Za-z][\w-]{1,60}: |$)/g

/**
 * Reads the debug log of OpenStack's clients, in which `RESP:` lists the status and the headers of a response
 * (https://docs.openstack.org/keystoneauth/latest/).
 */
const readKeystone = (text: string): Recognized | undefined => {
  const [, status, list = ""] = [...text.matchAll(/\bRESP: \[(\d{3})\] ([^\n]{0,2000})/g)].at(-1) ?? []
  if (status === undefined || Number(status) < 400) return undefined
  const headers = Object.fromEntries([...list.matchAll(listedHeader)].map(([, name = "", value = ""]) => [name, value]))
  const [, body] = /\bRESP BODY: ([{<][^\n]{1,8000})/.exec(text) ?? []
  return {
    exchange: {
      ...withRequest(text),
      response: { status: Number(status), headers, ...(body === undefined ? {} : { body }) },
    },
    as: "a debug log of an OpenStack client",
  }
}

/**
 * Returns the S3 error document that corresponds to a known message in the text. A denial without a reason could come from
 * any server and is therefore ignored.
 */
const storageDocument = (text: string): { readonly body?: string } => {
  const sentence = sentenceIn(text)
  return sentence === undefined || /^access denied\b/i.test(sentence.message)
    ? {}
    : { body: documentOf(sentence.code, sentence.message) }
}

/** Matches the line that urllib3 logs for each response. */
const pool = /\b(https?:\/\/[\w.-]{1,255}):(\d{1,5}) "([A-Z]{3,7}) (\/\S{0,8000}) HTTP\/\d(?:\.\d)?" ([45]\d\d)\b/g

/** Reads the last response in a urllib3 log, which keeps only the status of a response. */
export const readPool = (text: string): Recognized | undefined => {
  const [, origin = "", port = "", method = "", path = "", status] = [...text.matchAll(pool)].at(-1) ?? []
  if (status === undefined) return undefined
  const isUsual = port === (origin.startsWith("https:") ? "443" : "80")
  return {
    exchange: {
      request: { method, url: `${origin}${isUsual ? "" : `:${port}`}${path}` },
      response: { status: Number(status) },
    },
    as: "a log line from Python's urllib3, which contains the status",
  }
}
