/**
 * Rules for refusals that are stated in prose and that no vendor's table lists. There is one rule for each predicate of the
 * grammar.
 */
import { topic } from "../rule.ts"
import { on } from "../stated.ts"

const rule = topic("statement")

const problem = "https://www.rfc-editor.org/rfc/rfc9457"
const semantics = "https://www.rfc-editor.org/rfc/rfc9110#section-15.5"

const expired = rule({
  code: "HF-HTTP-SAID-001",
  title: "The server reports that something in the request has expired",
  explanation:
    "According to the server's clock, a token, key, code, link or session in the request is past its expiry time. " +
    "Sending the same expired value again does not help. An expired token still looks valid to a client whose " +
    "clock is slow.",
  fix: [
    { text: "get a new token, key, code or link: refresh, sign in again, or create a new link", safety: "check first" },
  ],
  change: "token",
  links: [problem, semantics],
  find: on("expired", (it) => `reports that ${it} has expired`),
})

const early = rule({
  code: "HF-HTTP-SAID-002",
  title: "The server reports that something in the request is not valid yet: two clocks differ",
  explanation:
    "According to the server's clock, the time in the request or in its token lies in the future. A server may " +
    "refuse a token that was just issued. The issuer's clock may be ahead by more than the server tolerates.",
  fix: [
    {
      text: "synchronize the clocks (NTP), or allow a few seconds of leeway when tokens are checked",
      safety: "check first",
    },
  ],
  change: "human",
  links: ["https://www.rfc-editor.org/rfc/rfc7519#section-4.1.5", semantics],
  find: on("early", (it) => `reports that ${it} is not valid yet, or that its time differs from the server's`),
})

const disabled = rule({
  code: "HF-HTTP-SAID-003",
  title: "The server reports that an account, key, application or feature is disabled, blocked or revoked",
  explanation:
    "The account, key, application or feature exists, but its owner, an administrator or the vendor disabled it " +
    "because of a missed payment, abuse or a policy violation. A feature may also never have been enabled. The " +
    "request itself is valid.",
  fix: [
    {
      text: "ask the owner or the vendor to enable the account, key, application or feature, or use another one",
      safety: "check first",
    },
  ],
  change: "human",
  links: [problem, semantics],
  find: on("disabled", (it) => `reports that ${it} is disabled, blocked, revoked or was never enabled`),
})

const pending = rule({
  code: "HF-HTTP-SAID-004",
  title: "The server is waiting for human action: an approval, consent or verification is pending",
  explanation:
    "The server recognizes the account or application, but a required step outside the program has not been " +
    "completed yet. The step may be to confirm an address, accept terms, approve a device or consent to an " +
    "application.",
  fix: [
    {
      text: "have the account's owner complete the step that the response names, then send the request again",
      safety: "check first",
    },
  ],
  change: "human",
  links: [problem, semantics],
  find: on("pending", (it) => `reports that ${it} is not approved, confirmed or verified yet`),
})

const missing = rule({
  code: "HF-HTTP-SAID-005",
  title: "The server reports that the request lacks something that is required",
  explanation:
    "The server finds that a field, header, credential or value is missing or empty. The client may have sent the " +
    "value under another name or in another part of the request. A redirect or proxy may have removed the value, " +
    "or an environment variable may be unset.",
  fix: [
    {
      text: "send the part that the response names, where the documentation specifies",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [problem, semantics],
  find: on("missing", (it) => `reports that ${it} is missing or required`),
})

const mismatch = rule({
  code: "HF-HTTP-SAID-006",
  title: "The server reports that two values differ although they must be equal",
  explanation:
    "The value in the request is well-formed, but differs from the value that the server expects. The expected " +
    "value may be registered with the server, or may come from a claim of the token or an earlier step. The server " +
    "may also calculate the expected value itself. The two values often differ in a slash, the port, the scheme or " +
    "letter case.",
  fix: [
    {
      text: "compare the value that was sent with the registered or expected value, character by character",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [problem, semantics],
  find: on("mismatch", (it) => `reports that ${it} does not match the expected value`),
})

const quota = rule({
  code: "HF-HTTP-SAID-007",
  title: "The server reports that a limit, quota or balance is used up",
  explanation:
    "The caller has used up the amount that its plan, budget or rate limit permits. A rate limit resets within " +
    "seconds or minutes. A quota resets at the end of its period. A balance is restored by a payment.",
  fix: [
    { text: "wait until the limit resets, and send requests less often", safety: "check first" },
    { text: "raise the limit, or top up the balance", safety: "check first" },
  ],
  change: "human",
  links: ["https://www.rfc-editor.org/rfc/rfc6585#section-4", problem],
  find: on("quota", (it) => `reports that a limit is reached or used up, and mentions ${it}`),
})

const size = rule({
  code: "HF-HTTP-SAID-008",
  title: "The server reports that a size, length or number is outside the permitted limits",
  explanation:
    "The size, length or number of a value, or the size of the whole body, is outside the limits of the server. " +
    "The limit may belong to the plan or the endpoint. An intermediary in front of the server may also impose the " +
    "limit.",
  fix: [
    {
      text: "stay within the limit that the response or the documentation states, or split the request",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [`${semantics}.14`, problem],
  find: on("size", (it) => `reports that ${it} is outside the limits`),
})

const exists = rule({
  code: "HF-HTTP-SAID-009",
  title: "The server reports that the resource to be created already exists",
  explanation:
    "A name, an id or another unique value is already in use. If an earlier response was lost, the earlier attempt " +
    "may have succeeded and created the object. The existing object then comes from this program.",
  fix: [
    {
      text: "check whether the existing object is the desired one; otherwise, choose another name or update the object",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [`${semantics}.10`, problem],
  find: on("exists", (it) => `reports that ${it} already exists or is in use`),
})

const permission = rule({
  code: "HF-HTTP-SAID-010",
  title: "The server reports that the caller is not permitted to perform this operation",
  explanation:
    "The server recognizes the caller, but the caller lacks a permission, a role, a scope or an entry in a list of " +
    "allowed values. A token keeps the permissions that it had when it was issued. A permission that was granted " +
    "later requires a new token.",
  fix: [
    {
      text: "grant this caller the permission that the response names, and get a new token",
      safety: "check first",
    },
  ],
  change: "human",
  links: [`${semantics}.4`, problem],
  find: on("permission", (it) => `does not allow the caller to do this, and mentions ${it}`),
})

const unsupported = rule({
  code: "HF-HTTP-SAID-011",
  title: "The server reports that it does not support something that the request uses",
  explanation:
    "A feature, method, format or version is not available, or is no longer available, at this endpoint or in this " +
    "plan. A client that is newer or older than the server may automatically request unsupported features. A " +
    "client that was written for another vendor may also request unsupported features.",
  fix: [{ text: "use a feature that the server supports, or another version of the client", safety: "check first" }],
  change: "plan",
  links: [problem, semantics],
  find: on("unsupported", (it) => `reports that ${it} is not supported or not available`),
})

const held = rule({
  code: "HF-HTTP-SAID-012",
  title: "The server reports that another operation or client is using the resource",
  explanation:
    "A lock, a lease or a running operation blocks this operation. The blocking operation often belongs to an " +
    "earlier run of the same program, or to a second instance of it.",
  fix: [
    { text: "wait until the other operation finishes, then send the request again", safety: "check first" },
    {
      text: "look for a second instance of the program, or for a lock left behind by an instance that has ended",
      safety: "check first",
    },
  ],
  change: "nothing",
  links: [`${semantics}.10`, problem],
  find: on("held", (it) => `reports that another operation is using ${it} or conflicts with it`),
})

const absent = rule({
  code: "HF-HTTP-SAID-013",
  title: "The server reports that something named in the request does not exist or is not known",
  explanation:
    "The server cannot find an id, name or path: it may be mistyped or deleted, or it may belong to another " +
    "account, region or environment. Many servers intentionally return the same response to a caller that is not " +
    "allowed to see the resource.",
  fix: [
    {
      text: "compare the name or id with those that the vendor's console lists for this account",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [`${semantics}.5`, problem],
  find: on("absent", (it) => `reports that ${it} does not exist or is not known`),
})

const invalid = rule({
  code: "HF-HTTP-SAID-014",
  title: "The server reports that something in the request is not valid",
  explanation:
    "The server cannot use a value in the request. The value may be malformed, of the wrong kind or truncated, or " +
    "another server may have issued it. A space, a line break or quotes in the value cause the same error. A value " +
    "that was encoded twice also causes this error.",
  fix: [
    {
      text: "compare the value that was sent, character by character, with the format that the documentation requires",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [problem, semantics],
  find: on("invalid", (it) => `reports that ${it} is not valid`),
})

const busy = rule({
  code: "HF-HTTP-SAID-015",
  title: "The server reports that it cannot serve the request at the moment",
  explanation:
    "The server or a system behind it is overloaded, restarting, under maintenance or failing. The request itself " +
    "is valid.",
  fix: [{ text: "send again, with backoff", safety: "check first" }],
  change: "nothing",
  links: ["https://www.rfc-editor.org/rfc/rfc9110#section-15.6.4", problem],
  find: on("busy", (it) => `reports that it cannot serve this request at the moment, and mentions ${it}`),
})

/**
 * All rules about refusals that are stated in prose. Findings of equal rank are sorted in the order in which their rules are
 * listed.
 */
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
