/**
 * Defines the status verdicts, as plain data, for services that do not have an error table of their own.
 *
 * The verdicts follow RFC 9110, section 15, and RFC 6585. A 4xx status concerns the request, so repeating the same request
 * leads to the same status. The three exceptions (408, 425 and 429) concern the timing of the request. A 5xx status concerns
 * the server, so the same request may succeed later. The same request may also succeed after a 501 or a 505, because neither
 * status means that the request is wrong. According to section 15.6, the server erred "or is incapable"; perhaps only one
 * outdated instance behind a load balancer is incapable.
 */
import * as ErrorRows from "@holdfast/core/ErrorRows"
import * as Verdict from "@holdfast/core/Verdict"

const row = (status: number, verdict: Verdict.Verdict, description: string) =>
  ({ class: "ErrorStatus", status, verdict, description, inferred: true }) as const

const plan = Verdict.never({ change: "plan" })
const human = Verdict.never({ change: "human" })
const again = Verdict.always()
const slower = Verdict.always({ pace: "throttled" })
const offline = Verdict.always({ closes: "connectivity" })
const unable = Verdict.always({ applied: "no" })

/** The form of a response to a request that was sent with a token from the pipeline's authorization gate. */
export const withToken = "token"

/** The rows. */
export const rows: ReadonlyArray<ErrorRows.Row> = [
  row(400, plan, "The request is malformed; an unlisted 4xx status is treated the same way (RFC 9110, section 15)"),
  {
    ...row(
      401,
      Verdict.once({ change: "token", closes: "authorization" }),
      "The server rejected the gate's token; the token is refreshed once",
    ),
    form: withToken,
  },
  row(401, Verdict.never({ change: "token" }), "Credentials are missing or rejected"),
  row(402, human, "Payment is required"),
  row(403, human, "Not permitted"),
  row(404, plan, "No resource exists at the path"),
  row(405, plan, "The path does not support the method"),
  row(406, plan, "No representation matches the Accept header"),
  row(407, human, "The proxy requires credentials"),
  row(408, again, "The request arrived too slowly"),
  row(409, plan, "The request conflicts with the current state of the resource"),
  row(410, plan, "The resource is gone"),
  row(411, plan, "The request must state the length of its body"),
  row(412, plan, "A precondition of the request is not met"),
  row(413, plan, "The body is too large"),
  row(414, plan, "The URL is too long"),
  row(415, plan, "The media type is not supported"),
  row(416, plan, "The requested range lies outside the resource"),
  row(417, plan, "Expect is not supported"),
  row(421, plan, "The server does not serve this host"),
  row(422, plan, "The content of the request cannot be processed"),
  row(425, again, "The request arrived in TLS early data, which could be replayed"),
  row(426, plan, "The server requires another protocol"),
  row(428, plan, "The request must be conditional"),
  row(429, slower, "Too many requests"),
  row(431, plan, "The headers are too large"),
  row(451, human, "Denied for legal reasons"),
  row(500, again, "The server failed; an unlisted 5xx status is treated the same way"),
  row(501, unable, "The server does not implement the method"),
  row(502, offline, "A gateway did not receive a usable response"),
  row(503, slower, "The service is overloaded or down for maintenance"),
  row(504, offline, "A gateway waited too long"),
  row(505, unable, "The server does not support the HTTP version"),
  row(507, Verdict.always({ change: "human", applied: "no" }), "The server has no space left"),
  row(
    529,
    Verdict.always({ pace: "throttled", applied: "no" }),
    "The service is overloaded (529 is not a standard HTTP status)",
  ),
  row(
    511,
    Verdict.always({ closes: "connectivity", change: "human", applied: "no" }),
    "The network requires a sign-in",
  ),
  {
    class: "ErrorStatus",
    verdict: Verdict.once(),
    description: "The response has a status below 400 that the caller does not expect",
    inferred: true,
  },
]

const listed: ReadonlySet<number | undefined> = new Set(rows.map(({ status }) => status))
const exact = ErrorRows.finder({ system: "http", rows, unknown: "ErrorStatus" })

/**
 * The row of a status. The function never throws. A status that is not listed is treated as the `x00` status of its class,
 * and a status of 600 or above is treated as a 5xx status (RFC 9110, section 15).
 */
export const find = (seen: ErrorRows.Seen): ErrorRows.Row =>
  exact(listed.has(seen.status) ? seen : { ...seen, status: seen.status >= 500 ? 500 : seen.status >= 400 ? 400 : 0 })
