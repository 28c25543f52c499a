/**
 * What to do about a status that no vendor's table explains, as plain data.
 *
 * The reading of RFC 9110, section 15: what a box in between says passes, what the server says of the request stays.
 */
import * as ErrorRows from "@holdfast/core/ErrorRows"
import * as Verdict from "@holdfast/core/Verdict"

const row = (status: number, verdict: Verdict.Verdict, description: string) =>
  ({ class: `Status${status}`, status, verdict, description, inferred: true }) as const

const offline = { closes: "connectivity" } as const
const plan = Verdict.never({ change: "plan" })

/** The rows. */
export const rows: ReadonlyArray<ErrorRows.Row> = [
  row(401, Verdict.once({ change: "token" }), "Credentials are missing or refused"),
  row(403, Verdict.once({ change: "human" }), "Not permitted"),
  row(405, plan, "The path does not take this method"),
  row(406, plan, "Nothing fits the Accept header"),
  row(407, Verdict.never({ change: "human" }), "The proxy asks for credentials"),
  row(408, Verdict.always(), "The request came too slowly"),
  row(411, plan, "The body has no length"),
  row(413, plan, "The body is too large"),
  row(414, plan, "The URL is too long"),
  row(415, plan, "The media type is not taken"),
  row(417, plan, "Expect is not supported"),
  row(429, Verdict.always({ pace: "throttled" }), "Too many requests"),
  row(431, plan, "The headers are too large"),
  row(501, plan, "The method is not implemented"),
  row(502, Verdict.always(offline), "A gateway got no usable answer"),
  row(503, Verdict.always({ pace: "throttled" }), "The service is not available for now"),
  row(504, Verdict.always(offline), "A gateway waited in vain"),
  row(505, plan, "The version of HTTP is not served"),
  row(511, Verdict.always({ ...offline, change: "human" }), "The network wants a sign-in"),
  { class: "Status", verdict: Verdict.once(), description: "Any other status", inferred: true },
]

/** The row of a status. Total. */
export const find = ErrorRows.finder({ system: "http", rows, unknown: "Status" })
