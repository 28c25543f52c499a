/**
 * Rules about what Frame.io, or an intermediary in front of it, reports about itself.
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
  title: "Frame.io gets too many requests from this device",
  explanation:
    "Frame.io reports it with status 429, or with 400 and slow_down. The request itself is right. Every call of the device counts, so all of " +
    "them have to slow down; Frame.io asks for a backoff that doubles from half a second to 32.",
  fix: [{ text: "back off, with jitter, and send fewer requests at the same time", safety: "safe to apply" }],
  change: "nothing",
  links: [errors],
  rivals: [],
  soleCause: errors,
  find: (facts) =>
    facts.status === 429 || (says(facts, "slow_down") && facts.call !== "code" && facts.call !== "poll")
      ? found({
          confidence: facts.isOwn || facts.status === 429 ? "certain" : "likely",
          detail: "Frame.io asks for a slower rate.",
          evidence: word(facts),
        })
      : undefined,
})

/** An intermediary in between. */
const intermediary = rule({
  code: "HF-C2C-SERVICE-002",
  title: "An intermediary between the device and Frame.io says that nothing is there; Frame.io did not",
  explanation:
    "Frame.io words its refusals in JSON of its own. This 404 has none of it, so a proxy, a gateway that is being updated or a network that " +
    "lets only some addresses through has answered. It does not mean that the asset is missing.",
  fix: [
    { text: "send again with backoff", safety: "safe to apply" },
    {
      text: "if it stays, compare host and path with the API's reference, and try another network",
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

/** The wrong method (405). */
const method = rule({
  code: "HF-C2C-SERVICE-003",
  title: "This call requires another method",
  explanation:
    "The path is one of the API's, but the method is not one that it accepts. Pairing, heartbeats and assets are POST, /v2/devices/me is GET. A client that " +
    "follows a redirect turns a POST into a GET.",
  fix: [{ text: "compare the method with the API's reference", safety: "check first" }],
  change: "plan",
  links: [errors],
  rivals: [],
  soleCause: errors,
  find: (facts) =>
    facts.status === 405
      ? found({
          confidence: "certain",
          detail: `${facts.method ?? "The method"} is not a method of ${facts.url?.pathname ?? "this path"}.`,
          evidence: [
            ...(facts.method === undefined ? [] : [{ at: "request.method", name: "method", observed: facts.method }]),
            ...word(facts),
          ],
        })
      : undefined,
})

/** An internal error (500). */
const failed = rule({
  code: "HF-C2C-SERVICE-004",
  title: "Frame.io had an internal error",
  explanation:
    "An unexpected error inside Frame.io. One more attempt may succeed. Frame.io asks for a report of errors that persist; when an asset is " +
    "created, a channel that does not exist and a number of parts that S3 refuses are known to end like this.",
  fix: [
    { text: "send again once", safety: "safe to apply" },
    { text: "if it persists, report it to Frame.io with the time and the request id", safety: "check first" },
  ],
  change: "nothing",
  links: [errors],
  find: (facts) =>
    facts.status === 500
      ? found({
          confidence: facts.call === "create" && numberOf(facts, "channel") ? "possible" : "likely",
          detail: `${facts.url?.pathname ?? "The call"} was answered with 500.`,
          evidence: word(facts),
        })
      : undefined,
})

const listed: ReadonlySet<string> = new Set(Rows.rows.flatMap((row) => ("key" in row ? [row.key] : [])))

/** A message that is not in Frame.io's error guide. */
const unlisted = rule({
  code: "HF-C2C-SERVICE-005",
  title: "Frame.io returned an error that its guide does not list",
  explanation:
    "The response has Frame.io's form and a word that no table has. Frame.io's error guide lists unknown errors among those to retry " +
    "many times; its detail may say more than any rule.",
  fix: [{ text: "read the detail; send again, with backoff", safety: "check first" }],
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

/** The rules of the topic. */
export const service = [slower, intermediary, method, failed, unlisted] as const
