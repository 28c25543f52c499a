/**
 * Rules about pairing a device and keeping it paired.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import type { C2cFacts } from "../facts.ts"
import { grants, textOf } from "../facts.ts"
import { field, guide, says, sentHeader, topic, word } from "../rule.ts"

const rule = topic("pairing")

const errors = guide("how-to-handle-errors")
const management = guide("how-to-authorization-management")

const has = (facts: C2cFacts, name: string): boolean => (textOf(facts, name) ?? "") !== ""

/** Detects a refresh token that has already been used or has expired. */
const spentRefresh = rule({
  code: "HF-C2C-PAIRING-001",
  title: "The refresh token was already used or is older than 14 days, so the device must be paired again",
  explanation:
    "A refresh token from Frame.io is valid for one refresh within 14 days. The refresh replaces both the refresh " +
    "token and the access token. If the response to a refresh was lost, if two processes used the same token, or " +
    "if the device was off for two weeks, the next refresh fails with invalid_request. Otherwise, this error means " +
    "that a request is malformed. The old pair of tokens cannot be restored.",
  fix: [
    { text: "pair the device again with a new code", safety: "check first" },
    {
      text: "let only one process refresh, save the new tokens to disk before their first use, and allow two minutes for the refresh",
      safety: "check first",
    },
  ],
  change: "human",
  links: [errors, management],
  rivals: ["HF-C2C-PAIRING-004"],
  find: (facts) => {
    if (facts.call !== "refresh" || !says(facts, "invalid_request", "invalid_grant", "token_inactive")) return undefined
    // A request with a missing field is really malformed; the rules of OAuth say which field.
    if (!["client_id", "grant_type", "refresh_token"].every((name) => has(facts, name))) return undefined
    const attempt = facts.exchange.attempt ?? 1
    return found({
      confidence: "certain",
      detail:
        attempt > 1
          ? `This was attempt ${attempt}: an earlier attempt may have succeeded although its response was lost.`
          : "The request has every field that a refresh requires, so Frame.io rejected the refresh token itself.",
      evidence: [...word(facts), ...field(facts, "grant_type"), ...field(facts, "refresh_token")],
      about: ["refresh_token"],
    })
  },
})

/** A rejected refresh. */
const refusedRefresh = rule({
  code: "HF-C2C-PAIRING-002",
  title: "The device is no longer paired: its authorization in Frame.io has ended",
  explanation:
    "A 401 response to a refresh does not concern an access token, because a refresh does not send one. The " +
    "authorization itself has ended: the device was removed from the project, or the authorization reached its end " +
    "date. Another refresh would also fail.",
  fix: [{ text: "notify the user, then pair the device again", safety: "check first" }],
  change: "human",
  links: [errors, management],
  rivals: ["HF-C2C-ACCESS-001", "HF-C2C-ACCESS-003", "HF-C2C-ACCESS-004"],
  find: (facts) =>
    facts.call === "refresh" &&
    (facts.status === 401 || says(facts, "Not Authorized", "unauthorized_client")) &&
    !says(facts, "invalid_client", "token_inactive")
      ? found({
          confidence: "certain",
          detail: "The refresh itself was not authorized.",
          evidence: [...word(facts), ...field(facts, "grant_type")],
        })
      : undefined,
})

/** Detects that several device codes were requested on the same connection. */
const sameConnection = rule({
  code: "HF-C2C-PAIRING-003",
  title: "Several pairing codes were requested on the same TCP connection",
  explanation:
    "Frame.io limits the requests for device codes per connection. A client that keeps its connections open reuses " +
    "a connection for several of these requests. Frame.io answers the second request on a connection with " +
    "slow_down, regardless of how long the client has waited. Each request for a code must use its own connection, " +
    "which is then closed.",
  fix: [
    {
      text: "send `Connection: close` with the request for a code, or send that request through an agent without keep-alive",
      safety: "safe to apply",
    },
    {
      text: "if each request already has its own connection, back off: the client requests codes too often",
      safety: "safe to apply",
    },
  ],
  change: "nothing",
  links: [errors],
  find: (facts) => {
    if (facts.call !== "code" || !(says(facts, "slow_down") || facts.status === 429)) return undefined
    const isOwnConnection = /\bclose\b/i.test(facts.header("connection") ?? "")
    return found({
      confidence: isOwnConnection ? "possible" : "likely",
      detail: isOwnConnection
        ? "The request already closes its connection, so the request rate itself may be too high."
        : "The request does not close its connection, so the next request will use the same connection.",
      evidence: [...sentHeader(facts, "connection", "close"), ...word(facts)],
    })
  },
})

/** Detects a grant type that Frame.io does not accept. */
const badGrantType = rule({
  code: "HF-C2C-PAIRING-004",
  title: "Frame.io does not accept this grant_type",
  explanation:
    "Frame.io accepts two grant types: the long name of the device flow for polling, and refresh_token. Frame.io's " +
    "invalid_grant refers to this field. In the RFC, invalid_grant refers to the code or the token.",
  fix: [{ text: `send ${grants.device} to poll and ${grants.refresh} to refresh`, safety: "safe to apply" }],
  change: "plan",
  links: [guide("implementing-c2c-authentication-and-authorization")],
  rivals: ["HF-C2C-PAIRING-001"],
  find: (facts) => {
    const grant = textOf(facts, "grant_type")
    if (grant === undefined || !says(facts, "invalid_grant", "unsupported_grant_type", "invalid_request"))
      return undefined
    if (grant === grants.device || grant === grants.refresh) return undefined
    return found({
      confidence: "certain",
      detail: `grant_type is ${grant === "" ? "empty" : grant}.`,
      evidence: [...field(facts, "grant_type", `${grants.device} or ${grants.refresh}`), ...word(facts)],
      about: ["grant_type"],
    })
  },
})

/** Detects a device model that Frame.io does not recognize. */
const unknownClient = rule({
  code: "HF-C2C-PAIRING-005",
  title: "Frame.io does not recognize the client secret of the device model, or does not accept the client id",
  explanation:
    "Frame.io issues the client_secret, which identifies the device model. The client_id is a stable name for a " +
    "single device. The maker of the device chooses the client_id. A secret for another environment or model, or a " +
    "secret that ends with a line break, causes the error invalid_client.",
  fix: [{ text: "compare the client secret with the one that Frame.io issued for this model", safety: "check first" }],
  change: "human",
  links: [guide("implementing-c2c-authentication-and-authorization")],
  rivals: ["HF-C2C-PAIRING-004"],
  find: (facts) => {
    if (!says(facts, "invalid_client")) return undefined
    const hasSecret = has(facts, "client_secret")
    if (facts.hasRequest && !hasSecret) {
      return found({
        confidence: "certain",
        detail: "The request has no client_secret, which Frame.io requires from every device.",
        evidence: word(facts),
        about: ["client_secret"],
      })
    }
    return found({
      confidence: "likely",
      detail: "Frame.io does not recognize the client_secret or the client_id.",
      evidence: [...word(facts), ...field(facts, "client_secret"), ...field(facts, "client_id")],
      about: ["client_secret"],
    })
  },
})

/** Detects an `unauthorized_client` error. */
const unauthorized = rule({
  code: "HF-C2C-PAIRING-006",
  title: "The device is not authorized: its access token is missing or has expired",
  explanation:
    "Frame.io returns unauthorized_client with status 401 if a token is missing or has expired. In the RFC, the " +
    "same error means that a client is not allowed to use this grant type.",
  fix: [
    {
      text: "refresh the token, then send the request again with the new token; pair again if the refresh is rejected",
      safety: "safe to apply",
    },
  ],
  change: "token",
  links: [errors],
  find: (facts) =>
    says(facts, "unauthorized_client") && facts.call !== "refresh"
      ? found({ confidence: "likely", detail: "Frame.io requires another token.", evidence: word(facts) })
      : undefined,
})

/** The rules about pairing. */
export const pairing = [
  badGrantType,
  unknownClient,
  spentRefresh,
  refusedRefresh,
  sameConnection,
  unauthorized,
] as const
