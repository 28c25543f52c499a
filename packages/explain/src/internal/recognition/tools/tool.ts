/**
 * Reads messages that tools print about an exchange. The supported tools are git, wget, Heroku's router, MinIO's client for
 * Java, and S3 clients that did not send a request.
 */
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as S3 from "@holdfast/s3/Diagnosis"
import * as Around from "../around.ts"
import { assumed, type Recognized } from "../recognized.ts"
import { documentOf } from "../sdk/exception.ts"

/** Reads a tool's message about a response. */
export const readAnswered = (text: string): Recognized | undefined =>
  readMinioJava(text) ?? readHeroku(text) ?? readWget(text) ?? readGit(text) ?? readPage(text)

/** Messages from servers and intermediaries that users copy without the rest of the response. */
const pages: ReadonlyArray<readonly [says: RegExp, status: number, server?: string]> = [
  [/The request was not (?:authenticated|authorized to invoke this service)\b[^\n]{0,300}/, 403, "Google Frontend"],
  // Go servers' response to plain HTTP on an HTTPS port.
  [/Client sent an HTTP request to an HTTPS server\.?/, 400],
  [/upstream connect error or disconnect\/reset before headers[^\n]{0,200}|no healthy upstream/, 503, "envoy"],
  [/upstream request timeout/, 504, "envoy"],
  [/\berror code: 1\d{3}\b/i, 403, "cloudflare"],
  [/\brequest entity too large\b[^\n]{0,200}|PayloadTooLargeError[^\n]{0,200}|Body exceeded [\d.]{1,8} ?[kmg]b limit|MulterError: File too large|\bFUNCTION_PAYLOAD_TOO_LARGE\b/i, 413],
] // prettier-ignore

/** Converts a copied server message to the response that contained it. */
const readPage = (text: string): Recognized | undefined => {
  for (const [says, status, server] of pages) {
    const found = says.exec(text)
    // An S3 document is more specific than such a message.
    if (found === null || /<Error>|<Code>/i.test(text)) continue
    const request = Around.requestIn(text)
    return {
      exchange: {
        ...(request === undefined ? {} : { request }),
        response: {
          ...assumed(status),
          headers: { "content-type": "text/plain", ...(server === undefined ? {} : { server }) },
          body: found[0],
        },
      },
      as: "a server's message without the rest of its response",
    }
  }
  return undefined
}

/** The maximum number of characters to read from the headers of a request or a response. */
const longestHeaders = 8000

/** Reads the header lines up to the closing brace. */
const headersIn = (text: string): Readonly<Record<string, string>> => {
  const end = text.indexOf("\n}")
  const lines = text.slice(0, Math.min(end === -1 ? text.length : end, longestHeaders)).split("\n")
  return Object.fromEntries(
    lines.flatMap((line) => {
      const colon = line.indexOf(":")
      return colon > 0 && /^[\w-]{1,80}$/.test(line.slice(0, colon))
        ? [[line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]]
        : []
    }),
  )
}

/** Reads an exception from MinIO's client for Java, which contains the error, the request and the response. */
const readMinioJava = (text: string): Recognized | undefined => {
  const error = /ErrorResponse\(code = (\w{1,80}), message = ([^\n]{0,1000}?), bucketName = /.exec(text)
  if (error === null) return undefined
  const [, code = "", message = ""] = error
  const [, requestId] = /requestId = ([\w-]{1,100})/.exec(text.slice(error.index)) ?? []
  const [, hostId] = /hostId = ([\w-]{1,100})/.exec(text.slice(error.index)) ?? []
  const request = /request=\{method=([A-Z]{3,7}), url=([^,\s]{1,4000}), headers=/.exec(text)
  const response = /response=\{code=(\d{3}), headers=/.exec(text)
  const rest = (found: RegExpExecArray) => text.slice(found.index + found[0].length)
  return {
    exchange: {
      ...(request === null
        ? {}
        : {
            request: {
              method: request[1] ?? "",
              url: request[2] ?? "",
              headers: headersIn(rest(request)),
            },
          }),
      response: {
        ...(response === null ? assumed(undefined) : { status: Number(response[1]) }),
        headers: {
          "content-type": "application/xml",
          ...(requestId === undefined ? {} : { "x-amz-request-id": requestId }),
          ...(hostId === undefined ? {} : { "x-amz-id-2": hostId }),
          ...(response === null ? {} : headersIn(rest(response))),
        },
        body: documentOf(code, message),
      },
    },
    as: "an exception from the MinIO client for Java",
  }
}

/**
 * Reads a log line that Heroku's router writes but does not send to the client (Heroku Dev Center, "Heroku Error Codes").
 */
const readHeroku = (text: string): Recognized | undefined => {
  const line = text
    .split("\n")
    .findLast((one) => /(?:heroku\[router\]|at=(?:error|info|warning)).{0,40} code=H\d\d/.test(one))
  if (line === undefined) return undefined
  const member = (name: string) =>
    new RegExp(`\\b${name}=(?:"([^"\\n]{0,2000})"|([^\\s"]{1,2000}))`)
      .exec(line)
      ?.slice(1)
      .find((one) => one !== undefined)
  const [code = "", description = "", method, host] = [member("code"), member("desc"), member("method"), member("host")]
  const status = Number(member("status") ?? Number.NaN)
  return {
    exchange: {
      ...(host === undefined
        ? {}
        : {
            request: {
              ...(method === undefined ? {} : { method }),
              url: `${member("protocol") === "http" ? "http" : "https"}://${host}${member("path") ?? "/"}`,
            },
          }),
      response: {
        ...(status >= 100 && status < 600 ? { status } : assumed(503)),
        headers: { server: "Heroku", "content-type": "text/plain" },
        body: `code=${code} desc="${description}"`,
      },
    },
    as: "a Heroku router log line",
  }
}

/** Returns the HTTP method that wget uses. The method is HEAD with `--spider` and GET otherwise. */
const methodOf = (text: string): string => (/--spider\b|Spider mode enabled/.test(text) ? "HEAD" : "GET")

/** Reads the last response in wget's output. Earlier responses in the output are redirects. */
const readWget = (text: string): Recognized | undefined => {
  const last = [...text.matchAll(/awaiting response\.{3} ([1-5]\d\d)(?: [^\n]{0,80})?/g)].at(-1)
  if (last === undefined) return undefined
  const isWhole = /already fully retrieved/.test(text.slice(last.index))
  const request = Around.requestIn(text)
  return {
    exchange: {
      ...(request === undefined ? {} : { request: { method: methodOf(text), ...request, ...(isWhole ? ranged : {}) } }),
      response: { status: Number(last[1]), headers: isWhole ? { "content-range": "bytes */N" } : {} },
    },
    as: isWhole ? "wget output which shows that the file was already complete" : "wget output",
  }
}

/** Reads the status and the headers of the response from the output of `wget -S`. */
export const readWgetHeaders = (text: string): Recognized | undefined => {
  const from = text.lastIndexOf("awaiting response...")
  const [, status, lines = ""] =
    /^awaiting response\.{3}[ \t]{0,4}\n[ \t]{1,8}HTTP\/\d(?:\.\d)? ([1-5]\d\d)[^\n]{0,80}\n((?:[ \t]{1,8}[\w-]{1,80}: [^\n]{0,2000}\n){0,60})/.exec(
      text.slice(Math.max(from, 0), from + 60_000),
    ) ?? []
  if (from === -1 || status === undefined) return undefined
  const headers = [...lines.matchAll(/^[ \t]{1,8}([\w-]{1,80}): ([^\n]{0,2000})$/gm)]
  const [, stated] = /--method[= ]([A-Z]{3,7})\b/.exec(text) ?? []
  const method = stated ?? methodOf(text)
  return {
    exchange: {
      request: { ...Around.requestIn(text), method },
      response: {
        status: Number(status),
        headers: Object.fromEntries(headers.map(([, name = "", value = ""]) => [name, value])),
      },
    },
    as: "wget output",
  }
}

/**
 * The range that `wget -c` requests when the file is already complete. N is the length of the file, which wget does not
 * print.
 */
const ranged: Exchange["request"] = { headers: { range: "bytes=N-" } }

/** Reads git's output, which contains the status of the error response. */
const readGit = (text: string): Recognized | undefined => {
  const [, status] = /RPC failed; (?:result=\d{1,3}, )?HTTP(?: code =)? ([1-5]\d\d)\b/.exec(text) ?? []
  const [, url, refused] =
    /unable to access '([^'\s]{1,2000})': The requested URL returned error: ([1-5]\d\d)/.exec(text) ?? []
  const stated = status ?? refused
  if (stated === undefined) return undefined
  return {
    exchange: {
      request: {
        ...(status === undefined ? {} : { method: "POST" }),
        ...(url === undefined ? {} : { url }),
        headers: { "user-agent": "git", ...(stated === "411" ? { "transfer-encoding": "chunked" } : {}) },
      },
      response: { status: Number(stated) },
    },
    as: "git output, which contains the status of the response",
  }
}

/** Matches words in lines where an S3 client reports why it did not send a request. */
const speaks =
  /credential|region|bucket|endpoint|etag|profile|\bsso\b|stream|protocol scheme|content-length|configuration file|section in config|id.token|raw response|is not expected|XML|parse response|deserialization/i

/** The maximum number of lines to read, and the maximum number of characters to read from each line. */
const mostLines = 400
const longestLine = 1500

/** Matches lines that report a response, because a response is more specific than a client's own message. */
const isAnswered =
  /An error occurred \(|\bapi error [A-Z]|Status ?Code:? ?\d{3}|sts:AssumeRole|\binvalid_(?:grant|client|request)\b|\bAADSTS\d|\bHTTP(?:\/\d(?:\.\d)?)? [45]\d\d\b/

/** Reads the last line in which an S3 client reports why it did not send a request. */
export const readUnsent = (text: string): Recognized | undefined => {
  const lines = text
    .split("\n")
    .filter((line) => speaks.test(line))
    .slice(-mostLines)
  const line = lines.findLast((one) => !isAnswered.test(one) && S3.saysUnsent(one.slice(0, longestLine)))
  if (line === undefined) return undefined
  const url = /https?:\/\/[^\s"'`<>]{1,2000}/.exec(line)?.[0]
  return {
    exchange: {
      ...(url === undefined ? {} : { request: { url: Around.trimmed(url) } }),
      failure: line.trim().slice(0, longestLine),
    },
    as: "an S3 client's message about a request that was not sent",
  }
}
