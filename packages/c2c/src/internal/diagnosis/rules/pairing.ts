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

/** A spent refresh token. */
const spentRefresh = rule({
  code: "HF-C2C-PAIRING-001",
  title: "The refresh token is spent: it was used before, or is older than 14 days; the device has to be paired again",
  explanation:
    "A refresh token of Frame.io is good for one refresh within 14 days. The refresh replaces it together with the access token. If the " +
    "answer of a refresh got lost, if two processes refreshed with the same token, or if the device was off for two weeks, the next refresh " +
    "is answered with invalid_request, a word that otherwise means a malformed request. There is no way back to the old pair.",
  fix: [
    { text: "pair the device again: show a new code", safety: "check first" },
    {
      text: "let one process refresh, write the new pair to disk before it is used, and give the refresh two minutes",
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
          ? `This was attempt ${attempt}: an earlier one may have succeeded, and its response was lost.`
          : "The request has every field that a refresh needs, so the refresh token itself is not accepted.",
      evidence: [...word(facts), ...field(facts, "grant_type"), ...field(facts, "refresh_token")],
      about: ["refresh_token"],
    })
  },
})

/** A rejected refresh. */
const refusedRefresh = rule({
  code: "HF-C2C-PAIRING-002",
  title: "The device is no longer paired: its sign-in was ended in Frame.io",
  explanation:
    "A 401 while refreshing is not about an access token, since none is sent. The authorization itself is gone: the device was removed " +
    "from the project, or the authorization reached its end date. Refreshing again cannot help.",
  fix: [{ text: "tell the person, and pair the device again", safety: "check first" }],
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

/** One connection for several codes. */
const sameConnection = rule({
  code: "HF-C2C-PAIRING-003",
  title: "Several pairing codes were requested on the same TCP connection",
  explanation:
    "Frame.io limits the requests for device codes by connection. A client that keeps its connections open sends the second request on the " +
    "first one's connection and is answered with slow_down, however long it has waited. Each request for a code has to have its own connection, " +
    "which is then closed.",
  fix: [
    {
      text: "send `Connection: close` with the request for a code, or use an agent without keep-alive for it",
      safety: "safe to apply",
    },
    {
      text: "if each has its own connection already, back off: the codes are asked for too often",
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
        ? "The request asks for its connection to be closed, so the rate itself may be too high."
        : "Nothing in the request closes its connection, so the next request will use it too.",
      evidence: [...sentHeader(facts, "connection", "close"), ...word(facts)],
    })
  },
})

/** A grant that Frame.io lacks. */
const badGrantType = rule({
  code: "HF-C2C-PAIRING-004",
  title: "Frame.io does not accept this grant_type",
  explanation:
    "Frame.io knows two: the long name of the device flow to poll with, and refresh_token. Its invalid_grant is about this field, " +
    "whereas in the RFC it is about the code or the token.",
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

/** An unknown device model. */
const unknownClient = rule({
  code: "HF-C2C-PAIRING-005",
  title: "Frame.io does not know the client secret of the device model, or does not accept the client id",
  explanation:
    "The client_secret stands for the model of the device and is issued by Frame.io; the client_id is a stable name of the single device " +
    "that its maker chooses. A secret of another environment or model, or one with a line break at its end, is answered with " +
    "invalid_client.",
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
      detail: "Frame.io does not know the client_secret or the client_id.",
      evidence: [...word(facts), ...field(facts, "client_secret"), ...field(facts, "client_id")],
      about: ["client_secret"],
    })
  },
})

/** An `unauthorized_client` error. */
const unauthorized = rule({
  code: "HF-C2C-PAIRING-006",
  title: "The device is not authorized: its access token is missing or has expired",
  explanation:
    "Frame.io answers unauthorized_client with status 401 for a token that is missing or has expired. In the RFC the same word means that a " +
    "client may not use a grant at all.",
  fix: [
    {
      text: "refresh the token, and send again with the new one; pair again if the refresh is refused",
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

/** The rules of the topic. */
export const pairing = [
  badGrantType,
  unknownClient,
  spentRefresh,
  refusedRefresh,
  sameConnection,
  unauthorized,
] as const
