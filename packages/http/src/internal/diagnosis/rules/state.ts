/**
 * Rules for requests that conflict with the state of the resource, and for failed preconditions.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import { answered, hostOf, said, spoken, starting, topic } from "../rule.ts"
import { isMissingPath, on, request } from "./status.ts"

const rule = topic("status")

const section = (number: string): string => `https://www.rfc-editor.org/rfc/rfc9110#section-${number}`

/** Matches messages that report that a resource already exists. */
const existing: readonly [RegExp, string] = [
  /already (?:exists?|been taken|taken|in use|registered|published)|exists already|publish over|previously published|duplicate (?:key|entry|value)|unique constraint|must be unique/i,
  "The resource that the request would create already exists.",
]

/** Maps the message in the response to the subject of the conflict. */
const conflicts: ReadonlyArray<readonly [RegExp, string]> = [
  [
    /getUpdates|can't use getUpdates|webhook is active/i,
    "Another process is polling with the same bot token, or a webhook is set: only one consumer can receive the " +
      "updates.",
  ],
  // https://www.dropbox.com/developers/documentation/http/documentation#error-handling
  [/\b(?:path|to)\/conflict\b/, "The target path conflicts with an existing file or folder."],
  [/\/insufficient_space\b/, "The user's storage is full."],
  existing,
  [
    /has been modified|was modified|been (?:changed|updated)|(?:stale|outdated|newer|latest|conflicting|old) (?:version|revision)|version (?:conflict|mismatch)|concurren|optimistic|out of date|edit conflict/i,
    "The resource was changed in the meantime: the request is based on a version that is no longer the latest. " +
      "Read the resource again, and apply the change to the latest version.",
  ],
  [
    /in progress|another (?:operation|request|process|update)|being (?:processed|updated|deleted|created)|locked|pending|still running|try again/i,
    "Another operation on the same resource is still running.",
  ],
]

const conflict = rule({
  code: "HF-HTTP-STATUS-011",
  title:
    "The request conflicts with the state of the resource: the resource already exists, was changed in the " +
    "meantime, or is in use",
  explanation:
    "Status 409 means that the request is well-formed but conflicts with the current state of the resource. " +
    "Another client may have created or changed the resource in the meantime. An operation on the resource may " +
    "still be running, or the name may already be in use. The server refuses the same request until the conflict " +
    "is resolved.",
  fix: [
    { text: "read the resource again and apply the change to its latest version", safety: "check first" },
    { text: "if the resource already exists, use it or choose another name", safety: "check first" },
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
  title: "A precondition of the request (If-Match or a similar header) is not met, or the server requires one",
  explanation:
    "A server processes a request with If-Match, If-Unmodified-Since or If-None-Match only if the resource is in " +
    "the state that the header requires. Status 412 means that a precondition of the request is not met. Another " +
    "client may have changed the resource in the meantime, or the resource exists although the request requires " +
    "that it does not. Status 428 means that the server does not accept changes without a precondition.",
  fix: [
    { text: "read the resource and its ETag again, and repeat the change with the new ETag", safety: "check first" },
    { text: "after status 428, send If-Match with the ETag of the version that was read", safety: "check first" },
  ],
  change: "plan",
  links: [section("15.5.13"), "https://www.rfc-editor.org/rfc/rfc6585#section-3"],
  find: on([412, 428], "likely", (facts) => {
    if (facts.status === 428) return "The server requires a precondition (If-Match) for changes."
    const [name, value] =
      ["if-match", "if-none-match", "if-unmodified-since", "if-modified-since", "if-range"]
        .map((one) => [one, facts.header(one)] as const)
        .find(([, given]) => given !== undefined) ?? []
    if (name === undefined)
      return "A precondition of the request is not met: the resource was changed after it was read, or the resource already exists."
    return name === "if-none-match"
      ? `If-None-Match is ${value}: ${value === "*" ? "the resource already exists" : "the resource still has that version (ETag)"}.`
      : name === "if-match"
        ? `If-Match is ${value}: the current ETag of the resource differs, or the resource does not exist.`
        : `${name} is ${value}: the resource does not meet this precondition.`
  }),
})

/**
 * All rules about conflicts and failed preconditions. Findings of equal rank are sorted in the order in which their rules are
 * listed.
 */
export const state = [conflict, precondition] as const
