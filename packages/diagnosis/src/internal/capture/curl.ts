/**
 * Reads the output of `curl -v`: the head of the request, the response, and curl's notes.
 */
import { isRequestLine, isStatusLine } from "./message.ts"

/** The messages in the output of curl, in their wire format. */
export interface Transcript {
  readonly request: string | undefined
  readonly response: string | undefined
  /** Whether TLS was used; `undefined` if curl's notes do not contain this information. */
  readonly secure: boolean | undefined
  /** The reason why there is no response, in curl's words. */
  readonly failure: string | undefined
}

/** Matches lines that show transfer progress and do not belong to the notes, the heads or the body. */
const progress = /^(?:[{}] \[|\s*% Total|\s*Dload|\s*\d+\s+\d+[kMG]?\s+\d+\s+\d+[kMG]?\s)/

/** Matches the note that curl appends to a body that does not end with a line break. */
const remark = /\* (?:Connection #\d+ to host|Closing connection|Connection closed|shutting down connection).*$/

const withoutRemark = (body: ReadonlyArray<string>): ReadonlyArray<string> =>
  body.map((line, index) => (index === body.length - 1 ? line.replace(remark, "") : line))

/**
 * Reads the output of curl; returns `undefined` if the text was not written by curl. If the output contains several
 * exchanges, the last one is read.
 */
export const read = (octets: string): Transcript | undefined => {
  let request: Array<string> | undefined
  let response: Array<string> | undefined
  let body: Array<string> | undefined
  let secure: boolean | undefined
  let failure: string | undefined
  for (const line of octets.split(/\r?\n/)) {
    const sent = /^> ?(.*)$/.exec(line)?.[1]
    const came = /^< ?(.*)$/.exec(line)?.[1]
    if (sent !== undefined && isRequestLine(sent)) {
      request = [sent]
      response = body = undefined
    } else if (came !== undefined && isStatusLine(came)) {
      response = [came]
      body = undefined
    } else if (sent !== undefined && request !== undefined && response === undefined) {
      if (sent !== "") request.push(sent)
    } else if (came !== undefined && response !== undefined && body === undefined) {
      if (came === "") body = []
      else response.push(came)
    } else if (/^curl: \(\d+\)/.test(line)) {
      failure = line.slice(0, 200)
    } else if (line.startsWith("* ")) {
      if (/^\* (?:SSL|TLS|ALPN)/.test(line)) secure = true
      else if (/^\* Connected to .* port 80\b/.test(line)) secure = false
    } else if (body !== undefined && !progress.test(line)) {
      body.push(line)
    }
  }
  if (request === undefined && response === undefined) return undefined
  return {
    request: request === undefined ? undefined : `${request.join("\r\n")}\r\n\r\n`,
    response:
      response === undefined ? undefined : `${response.join("\r\n")}\r\n\r\n${withoutRemark(body ?? []).join("\n")}`,
    secure,
    failure: response === undefined ? failure : undefined,
  }
}
