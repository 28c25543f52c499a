/**
 * Refusals stated in prose that no vendor's table lists: one rule for each predicate of the grammar.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import type { Predicate } from "../answer/statement/predicates.ts"
import { type HttpFacts, quote } from "../facts.ts"
import { answered, hostOf, starting, topic } from "../rule.ts"

const rule = topic("statement")

const problem = "https://www.rfc-editor.org/rfc/rfc9457"
const semantics = "https://www.rfc-editor.org/rfc/rfc9110#section-15.5"

/** Statuses that are more specific than the grammar. */
const specific: ReadonlyArray<number> = [405, 406, 407, 411, 413, 414, 415, 416, 421, 426, 428, 429, 431]

/** The score from which a statement is the likely cause. "Invalid request" scores less. */
const enough = 3.4

/** A finding for a statement with the predicate. */
const on = (predicate: Predicate, says: (noun: string) => string) => (facts: HttpFacts) => {
  const { intermediary, isForToken, limit, page, refusal, statement, status, words } = facts
  if (
    statement?.predicate !== predicate ||
    isForToken ||
    limit !== undefined ||
    page !== undefined ||
    refusal !== undefined
  )
    return undefined
  if (specific.includes(status)) return undefined
  // Status 401 is about the credentials, even if the application then reports a missing permission.
  if (status === 401 && predicate === "permission") return undefined
  // The rules of S3 explain XML errors.
  if (words.json === undefined && words.isWorded && words.message === "") return undefined
  const isWeak =
    statement.subject === undefined ||
    statement.score < enough ||
    intermediary !== undefined ||
    (words.json === undefined && words.isWorded)
  const clause = quote(statement.clause, 240).replaceAll('"', "'")
  return found({
    confidence: isWeak ? "possible" : "likely",
    detail: `${starting(facts.vendor?.name ?? hostOf(facts))} ${says(statement.noun ?? "something in the request")}: "${clause}".`,
    evidence: [...answered(facts), { at: "response.body", name: "body", observed: clause }],
  })
}

const expired = rule({
  code: "HF-HTTP-SAID-001",
  title: "The server says that something in the request has expired",
  explanation:
    "A token, key, code, link or session was valid until a certain time, and that time is over by the server's " +
    "clock. Sending it again does not help; a client whose clock is slow believes that it is still valid.",
  fix: [{ text: "get a new one: refresh, sign in again, or create a new link", safety: "check first" }],
  change: "token",
  links: [problem, semantics],
  find: on("expired", (it) => `says that ${it} has expired`),
})

const early = rule({
  code: "HF-HTTP-SAID-002",
  title: "The server says that something in the request is not valid yet: two clocks differ",
  explanation:
    "The time in the request or in its token lies in the future by the clock of the server. A token that was just " +
    "issued is refused this way when the clock of the issuer runs ahead by more than the server tolerates.",
  fix: [
    {
      text: "synchronize the clocks (NTP), or allow a few seconds of leeway where tokens are checked",
      safety: "check first",
    },
  ],
  change: "human",
  links: ["https://www.rfc-editor.org/rfc/rfc7519#section-4.1.5", semantics],
  find: on("early", (it) => `says that ${it} is not valid yet, or that its time differs from the server's`),
})

const disabled = rule({
  code: "HF-HTTP-SAID-003",
  title: "The server says that an account, a key, an application or a feature is disabled, blocked or revoked",
  explanation:
    "It exists, and its owner, an administrator or the vendor switched it off: for a payment, for abuse, for a " +
    "policy, or since it was never switched on. The request is in order.",
  fix: [{ text: "have it enabled by its owner or the vendor, or use another one", safety: "check first" }],
  change: "human",
  links: [problem, semantics],
  find: on("disabled", (it) => `says that ${it} is disabled, blocked, revoked or was never enabled`),
})

const pending = rule({
  code: "HF-HTTP-SAID-004",
  title: "The server waits for a person: an approval, a consent or a verification is pending",
  explanation:
    "The account or application is known, and a step that a person takes outside the program is not done: confirm " +
    "an address, accept terms, approve a device, consent to an application.",
  fix: [
    { text: "let the account's owner complete the step that the answer names, then send again", safety: "check first" },
  ],
  change: "human",
  links: [problem, semantics],
  find: on("pending", (it) => `says that ${it} is not approved, confirmed or verified yet`),
})

const missing = rule({
  code: "HF-HTTP-SAID-005",
  title: "The server says that the request lacks something that it requires",
  explanation:
    "A field, a header, a credential or a value is absent or empty as the server reads the request. It may have " +
    "been sent under another name, in another part of the request, or be lost on the way: by a redirect, a proxy, " +
    "or an environment variable that is not set.",
  fix: [{ text: "send what the answer names, in the place that the documentation gives", safety: "check first" }],
  change: "plan",
  links: [problem, semantics],
  find: on("missing", (it) => `says that ${it} is missing or required`),
})

const mismatch = rule({
  code: "HF-HTTP-SAID-006",
  title: "The server says that two values differ that must be equal",
  explanation:
    "What was sent is well-formed, and is not what the server compares it with: a registered value, a claim of the " +
    "token, a value of an earlier step, or what it calculates itself. The two often differ in a slash, a port, a " +
    "scheme or upper and lower case.",
  fix: [
    {
      text: "compare the value that was sent with the one that is registered or expected, character by character",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [problem, semantics],
  find: on("mismatch", (it) => `says that ${it} does not match what it expects`),
})

const quota = rule({
  code: "HF-HTTP-SAID-007",
  title: "The server says that a limit, quota or balance is used up",
  explanation:
    "The caller has used what its plan, budget or rate permits. A rate recovers within seconds or minutes; a quota " +
    "recovers with its period; a balance recovers with a payment.",
  fix: [
    { text: "wait until the limit recovers, and send less often", safety: "check first" },
    { text: "raise the limit, or top up the balance", safety: "check first" },
  ],
  change: "human",
  links: ["https://www.rfc-editor.org/rfc/rfc6585#section-4", problem],
  find: on("quota", (it) => `says that a limit is reached or used up, and names ${it}`),
})

const size = rule({
  code: "HF-HTTP-SAID-008",
  title: "The server says that a size, length or number is outside its limits",
  explanation:
    "A value or the body itself is larger, longer, smaller or more than the server permits. The limit may belong " +
    "to the plan, the endpoint, or an intermediary in front of the server.",
  fix: [
    {
      text: "stay within the limit that the answer or the documentation names, or split the request",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [`${semantics}.14`, problem],
  find: on("size", (it) => `says that ${it} is outside the limits`),
})

const exists = rule({
  code: "HF-HTTP-SAID-009",
  title: "The server says that what the request creates already exists",
  explanation:
    "A name, an id or a unique value is in use. After a lost answer the earlier try may have succeeded, and the " +
    "object is the one of this program.",
  fix: [
    {
      text: "look whether the existing one is the wanted one; else choose another name or update it",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [`${semantics}.10`, problem],
  find: on("exists", (it) => `says that ${it} exists or is in use already`),
})

const permission = rule({
  code: "HF-HTTP-SAID-010",
  title: "The server says that the caller is not permitted to do this",
  explanation:
    "The caller is known, and lacks a permission, a role, a scope or an entry in a list of allowed values. A token " +
    "keeps the permissions that it was issued with: one that was granted later needs a new token.",
  fix: [
    {
      text: "have the permission that the answer names granted to this caller, and get a new token",
      safety: "check first",
    },
  ],
  change: "human",
  links: [`${semantics}.4`, problem],
  find: on("permission", (it) => `does not permit this to the caller, and names ${it}`),
})

const unsupported = rule({
  code: "HF-HTTP-SAID-011",
  title: "The server says that it does not support what the request asks for",
  explanation:
    "A feature, a method, a format or a version is not, or is no longer, available at this endpoint or in this " +
    "plan. A client that is newer or older than the server, or one made for another vendor, asks for such things " +
    "by itself.",
  fix: [{ text: "use what the server supports, or another version of the client", safety: "check first" }],
  change: "plan",
  links: [problem, semantics],
  find: on("unsupported", (it) => `says that ${it} is not supported or not available`),
})

const held = rule({
  code: "HF-HTTP-SAID-012",
  title: "The server says that another operation or client holds the resource",
  explanation:
    "A lock, a lease or a running operation excludes this one. Often it is an earlier run of the same program, or " +
    "a second copy of it.",
  fix: [
    { text: "wait until the other operation ends, then send again", safety: "check first" },
    { text: "look for a second copy of the program, or for a lock that an ended one left", safety: "check first" },
  ],
  change: "nothing",
  links: [`${semantics}.10`, problem],
  find: on("held", (it) => `says that another operation holds ${it} or conflicts with it`),
})

const absent = rule({
  code: "HF-HTTP-SAID-013",
  title: "The server says that something the request names does not exist, or that it does not know it",
  explanation:
    "An id, a name or a path leads nowhere at this server: mistyped, deleted, of another account, region or " +
    "environment. Many servers answer the same to a caller that may not see the resource.",
  fix: [
    { text: "compare the name or id with what the vendor's console lists for this account", safety: "check first" },
  ],
  change: "plan",
  links: [`${semantics}.5`, problem],
  find: on("absent", (it) => `says that ${it} does not exist, or does not know it`),
})

const invalid = rule({
  code: "HF-HTTP-SAID-014",
  title: "The server says that something in the request is not valid",
  explanation:
    "The server read it and cannot use it: malformed, of another kind, cut off, or not one that it issued. A " +
    "space, a line break, quotes or an encoding that was applied twice look the same.",
  fix: [
    {
      text: "compare what was sent, character by character, with the form that the documentation asks for",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [problem, semantics],
  find: on("invalid", (it) => `says that ${it} is not valid`),
})

const busy = rule({
  code: "HF-HTTP-SAID-015",
  title: "The server says that it cannot serve the request at the moment",
  explanation:
    "The server or a part behind it is overloaded, restarting, in maintenance or failing. The request is in order.",
  fix: [{ text: "send again, with backoff", safety: "check first" }],
  change: "nothing",
  links: ["https://www.rfc-editor.org/rfc/rfc9110#section-15.6.4", problem],
  find: on("busy", (it) => `says that it cannot serve this at the moment, and names ${it}`),
})

/** The rules of this topic. Among equally ranked findings, the first rule comes first. */
export const statement = [
  expired,
  early,
  disabled,
  pending,
  missing,
  mismatch,
  quota,
  size,
  exists,
  permission,
  unsupported,
  held,
  absent,
  invalid,
  busy,
] as const
