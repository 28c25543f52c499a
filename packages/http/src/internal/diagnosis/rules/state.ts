/**
 * Requests that conflict with the state of the resource, and failed preconditions.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import { answered, hostOf, said, spoken, starting, topic } from "../rule.ts"
import { isMissingPath, on, request } from "./status.ts"

const rule = topic("status")

const section = (number: string): string => `https://www.rfc-editor.org/rfc/rfc9110#section-${number}`

/** That there is such a thing. */
const existing: readonly [RegExp, string] = [
  /already (?:exists?|been taken|taken|in use|registered|published)|exists already|publish over|previously published|duplicate (?:key|entry|value)|unique constraint|must be unique/i,
  "What the request wants to make already exists.",
]

/** The subject of a conflict, by the response's message. */
const conflicts: ReadonlyArray<readonly [RegExp, string]> = [
  [
    /getUpdates|can't use getUpdates|webhook is active/i,
    "Another process polls with the same bot token, or a webhook is set: only one of them may take the updates.",
  ],
  // https://www.dropbox.com/developers/documentation/http/documentation#error-handling
  [/\b(?:path|to)\/conflict\b/, "Something is at the target path already."],
  [/\/insufficient_space\b/, "The user's storage is full."],
  existing,
  [
    /has been modified|was modified|been (?:changed|updated)|(?:stale|outdated|newer|latest|conflicting|old) (?:version|revision)|version (?:conflict|mismatch)|concurren|optimistic|out of date|edit conflict/i,
    "The resource was changed meanwhile: the request rests on a version that is no longer the latest. Read it " +
      "again, and repeat the change on what was read.",
  ],
  [
    /in progress|another (?:operation|request|process|update)|being (?:processed|updated|deleted|created)|locked|pending|still running|try again/i,
    "Another operation on the same resource is still running.",
  ],
]

const conflict = rule({
  code: "HF-HTTP-STATUS-011",
  title: "The request conflicts with the state of the resource: it already exists, was changed meanwhile, or is in use",
  explanation:
    "Status 409 says that the request is well-formed and does not fit what is there now: another one made or " +
    "changed the resource in between, an operation on it still runs, or something of this name exists. The same " +
    "request is refused until that is resolved.",
  fix: [
    { text: "read the resource again and repeat the change on its latest version", safety: "check first" },
    { text: "if it already exists, use it or choose another name", safety: "check first" },
  ],
  change: "plan",
  links: [section("15.5.10")],
  find: (facts) => {
    const isOther = [400, 403, 422].includes(facts.status) && facts.fields.length === 0
    if (
      (facts.status !== 409 && !isOther) ||
      facts.limit !== undefined ||
      facts.refusal !== undefined ||
      facts.isForToken ||
      isMissingPath(facts)
    )
      return undefined
    const text =
      facts.words.message === "" ? facts.body.slice(0, 500) : `${facts.words.codes.join(" ")} ${facts.words.message}`
    // Some registries and databases report an existing resource with another status.
    const row = (isOther ? [existing] : conflicts).find(([pattern]) => pattern.test(text))
    if (row === undefined && isOther) return undefined
    return found({
      confidence: row === undefined || facts.answerHeader("x-amz-request-id") !== undefined ? "possible" : "likely",
      detail: `${row?.[1] ?? `${starting(hostOf(facts))} refused ${request(facts)} for the state of the resource.`}${spoken(facts)}`,
      evidence: [...answered(facts), ...said(facts)],
    })
  },
})

const precondition = rule({
  code: "HF-HTTP-STATUS-010",
  title: "The condition of the request (If-Match and alike) does not hold, or the server demands one",
  explanation:
    "A request with If-Match, If-Unmodified-Since or If-None-Match is carried out only if the resource is still " +
    "the one that was read; status 412 says that it is not: another one has changed it meanwhile, or it exists " +
    "where it should not. Status 428 says that the server takes no change without such a condition.",
  fix: [
    { text: "read the resource and its ETag again, and repeat the change with that", safety: "check first" },
    { text: "after 428, send If-Match with the ETag that was read", safety: "check first" },
  ],
  change: "plan",
  links: [section("15.5.13"), "https://www.rfc-editor.org/rfc/rfc6585#section-3"],
  find: on([412, 428], "likely", (facts) => {
    if (facts.status === 428) return "The server demands a condition (If-Match) with a change."
    const [name, value] =
      ["if-match", "if-none-match", "if-unmodified-since", "if-modified-since", "if-range"]
        .map((one) => [one, facts.header(one)] as const)
        .find(([, given]) => given !== undefined) ?? []
    if (name === undefined)
      return "A condition of the request does not hold: the resource was changed since it was read, or it already exists."
    return name === "if-none-match"
      ? `If-None-Match is ${value}: the resource already exists.`
      : `${name === "if-match" ? "If-Match" : name} is ${value}: the resource was changed since it had that version (ETag).`
  }),
})

/** The rules of this topic. Among equally ranked findings, the first rule comes first. */
export const state = [conflict, precondition] as const
