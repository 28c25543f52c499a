/**
 * Rules about problems that Frame.io, or an intermediary in front of it, reports about itself.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import { guide, says, topic, word } from "../rule.ts"
import * as Rows from "../../errors/rows.ts"
import { numberOf } from "../facts.ts"

const rule = topic("service")

const errors = guide("how-to-handle-errors")

/** Too many requests. */
const slower = rule({
  code: "HF-C2C-SERVICE-001",
  title: "This device is sending too many requests to Frame.io",
  explanation:
    "Frame.io reports too many requests with status 429, or with status 400 and slow_down. The request itself is " +
    "valid. Every call from the device counts toward the limit, so all calls must slow down. Frame.io requires a " +
    "backoff that doubles from half a second to 32 seconds.",
  fix: [{ text: "back off with jitter, and send fewer concurrent requests", safety: "safe to apply" }],
  change: "nothing",
  links: [errors],
  rivals: [],
  soleCause: errors,
  find: (facts) =>
    facts.status === 429 || (says(facts, "slow_down") && facts.call !== "code" && facts.call !== "poll")
      ? found({
          confidence: facts.isOwn || facts.status === 429 ? "certain" : "likely",
          detail: "Frame.io requires a lower request rate.",
          evidence: word(facts),
        })
      : undefined,
})

/** Detects a 404 response from an intermediary between the device and Frame.io. */
const intermediary = rule({
  code: "HF-C2C-SERVICE-002",
  title: "The 404 response came from an intermediary between the device and Frame.io, not from Frame.io",
  explanation:
    "Frame.io reports its errors in its own JSON format. This 404 response does not have that format, so it came " +
    "from an intermediary. The intermediary may be a proxy, a gateway that is being updated, or a network that " +
    "allows only some addresses. The response does not mean that the asset is missing.",
  fix: [
    { text: "send again with backoff", safety: "safe to apply" },
    {
      text: "if the error persists, compare the host and the path with the API reference, and try another network",
      safety: "check first",
    },
  ],
  change: "nothing",
  links: [errors],
  find: (facts) => {
    if (facts.status !== 404 || facts.isOwn) return undefined
    const server = facts.answerHeader("server") ?? facts.answerHeader("via")
    return found({
      confidence: facts.call === "other" ? "possible" : "likely",
      detail: `The answer is ${
        facts.isPage ? "a web page" : "not in Frame.io's form"
      }${server === undefined ? "" : `, and comes from ${server}`}.`,
      evidence: [
        ...word(facts),
        ...["server", "via", "content-type"].flatMap((name) => {
          const observed = facts.answerHeader(name)
          return observed === undefined ? [] : [{ at: `response.headers.${name}`, name, observed }]
        }),
      ],
    })
  },
})

/** Detects that a call used the wrong HTTP method (405). */
const method = rule({
  code: "HF-C2C-SERVICE-003",
  title: "This call requires another HTTP method",
  explanation:
    "The path is part of the API but does not accept this method. Pairing, heartbeats and asset creation use POST, " +
    "whereas /v2/devices/me uses GET. A client that follows a redirect may turn a POST into a GET.",
  fix: [{ text: "compare the method with the API reference", safety: "check first" }],
  change: "plan",
  links: [errors],
  rivals: [],
  soleCause: errors,
  find: (facts) =>
    facts.status === 405
      ? found({
          confidence: "certain",
          detail: `${facts.method ?? "The method"} is not allowed for ${facts.url?.pathname ?? "this path"}.`,
          evidence: [
            ...(facts.method === undefined ? [] : [{ at: "request.method", name: "method", observed: facts.method }]),
            ...word(facts),
          ],
        })
      : undefined,
})

/** Detects an internal error in Frame.io (500). */
const failed = rule({
  code: "HF-C2C-SERVICE-004",
  title: "Frame.io encountered an internal error",
  explanation:
    "An unexpected error occurred inside Frame.io. One more attempt may succeed. Frame.io asks clients to report " +
    "errors that persist. A request to create an asset is known to cause this error if its channel does not exist " +
    "or S3 rejects its number of parts.",
  fix: [
    { text: "send again once", safety: "safe to apply" },
    { text: "if the error persists, report it to Frame.io with the time and the request id", safety: "check first" },
  ],
  change: "nothing",
  links: [errors],
  find: (facts) =>
    facts.status === 500
      ? found({
          confidence: facts.call === "create" && numberOf(facts, "channel") ? "possible" : "likely",
          detail: `${facts.url?.pathname ?? "The call"} returned status 500.`,
          evidence: word(facts),
        })
      : undefined,
})

const listed: ReadonlySet<string> = new Set(Rows.rows.flatMap((row) => ("key" in row ? [row.key] : [])))

/** Detects an error message that Frame.io's error guide does not list. */
const unlisted = rule({
  code: "HF-C2C-SERVICE-005",
  title: "Frame.io returned an error that its error guide does not list",
  explanation:
    "The response has Frame.io's format, but its error message is not in any table. Frame.io's error guide lists " +
    "unknown errors among the errors to retry many times. The detail in the response may contain more information.",
  fix: [{ text: "read the detail in the response, then send the request again with backoff", safety: "check first" }],
  change: "nothing",
  links: [errors],
  find: (facts) =>
    facts.payload.form === "detailed" &&
    facts.payload.key !== undefined &&
    !listed.has(facts.payload.key) &&
    ![404, 405, 500].includes(facts.status)
      ? found({
          confidence: "possible",
          detail: facts.payload.detail ?? `Frame.io says ${facts.payload.key}.`,
          evidence: word(facts),
        })
      : undefined,
})

/** The rules about the service. */
export const service = [slower, intermediary, method, failed, unlisted] as const
