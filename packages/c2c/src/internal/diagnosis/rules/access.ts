/**
 * Rules about devices without access: tokens, scopes, projects.
 */
import { cleared, found } from "@holdfast/diagnosis/Diagnosis"
import type { C2cFacts } from "../facts.ts"
import { field, guide, says, sentHeader, topic, word } from "../rule.ts"

const rule = topic("access")

const errors = guide("how-to-handle-errors")
const management = guide("how-to-authorization-management")

const isRefused = (facts: C2cFacts): boolean =>
  says(facts, "Not Authorized") || (facts.status === 401 && !says(facts, "access_denied", "invalid_client"))

/** Whether it may be a call with an access token that was rejected. */
const isCall = ({ call }: C2cFacts): boolean =>
  call === undefined || call === "create" || call === "parts" || call === "device"

/** How long the token remains valid, in seconds: negative after its expiry, `undefined` if the token does not state it. */
const secondsLeft = ({ now, tokenEnds }: C2cFacts): number | undefined =>
  now === undefined || tokenEnds === undefined ? undefined : Math.round((tokenEnds - now) / 1000)

/** Whether the token seems valid but not sufficient: it has not expired, or a refresh did not help. */
const isFresh = (facts: C2cFacts): boolean => (secondsLeft(facts) ?? 0) > 0 || (facts.exchange.attempt ?? 1) > 1

/** No access token. */
const noToken = rule({
  code: "HF-C2C-ACCESS-001",
  title: "The request carries no access token",
  explanation:
    "Every call but pairing and /health needs Authorization: Bearer with the access token. A client that follows a redirect drops it, and " +
    "so does one that starts before its token is read.",
  fix: [{ text: "wait for the token and send it as Authorization: Bearer", safety: "safe to apply" }],
  change: "token",
  links: [management],
  rivals: ["HF-C2C-PAIRING-002"],
  find: (facts) => {
    if (!isRefused(facts) || !facts.hasRequest || !isCall(facts)) return undefined
    const header = facts.header("authorization")
    if (header !== undefined && /^Bearer\s+\S/i.test(header)) return cleared("token sent", "the request carries one")
    return found({
      confidence: "certain",
      detail:
        header === undefined ? "There is no Authorization header." : "The Authorization header is not a bearer token.",
      evidence: [...sentHeader(facts, "authorization", "Bearer and the token"), ...word(facts)],
    })
  },
})

/** A call outside the API. */
const outsideApi = rule({
  code: "HF-C2C-ACCESS-002",
  title: "This path is not part of the C2C API: a device may not use it",
  explanation:
    "A device may pair, report, create its assets and upload. Reading comments, projects or other people's assets belongs to Frame.io's " +
    "general API and needs another kind of token; with a device's token the answer is the same as for one that has expired.",
  fix: [{ text: "use the paths under /v2/devices, or another kind of sign-in for this call", safety: "check first" }],
  change: "plan",
  links: [errors],
  find: (facts) =>
    isRefused(facts) && facts.call === "other" && facts.url !== undefined
      ? found({
          confidence: "likely",
          detail: `${facts.method ?? "The call"} ${facts.url.pathname} is not part of the C2C API.`,
          evidence: [{ at: "request.url", name: "path", observed: facts.url.pathname }, ...word(facts)],
        })
      : undefined,
})

/** An expired token. */
const expiredToken = rule({
  code: "HF-C2C-ACCESS-003",
  title: "The access token has expired, or was replaced by a refresh",
  explanation:
    "A device's access token is good for eight hours, and becomes invalid as soon as the device refreshes it. A process that keeps the old one, " +
    "or a request that was in flight during the refresh, is refused with it.",
  fix: [
    { text: "refresh the token once, and send again with the new one", safety: "safe to apply" },
    {
      text: "if the new one is refused too, the cause is another: the project, the scope, or a device that was forgotten",
      safety: "check first",
    },
  ],
  change: "token",
  links: [errors, management],
  rivals: ["HF-C2C-ACCESS-001", "HF-C2C-ACCESS-004", "HF-C2C-PAIRING-002"],
  find: (facts) => {
    if (!isRefused(facts) || !isCall(facts)) return undefined
    if (facts.hasRequest && facts.header("authorization") === undefined) return undefined
    const left = secondsLeft(facts)
    if (left !== undefined && left > 0) return cleared("token expiry", `valid for another ${Math.round(left / 60)} min`)
    return found({
      confidence: left === undefined ? (isFresh(facts) ? "possible" : "likely") : "certain",
      detail:
        left === undefined
          ? "Frame.io does not accept the access token, and does not say why."
          : `The access token expired ${-left} s before this response.`,
      evidence: [...word(facts), ...sentHeader(facts, "authorization")],
    })
  },
})

/** C2C is switched off. */
const disabled = rule({
  code: "HF-C2C-ACCESS-004",
  title: "The project no longer accepts C2C devices, or the device was removed from it",
  explanation:
    "C2C was switched off for the project, the device was removed there, or its authorization reached its end date. Frame.io " +
    "answers as it does for an expired token, so a refresh comes first; a fresh token that is refused as well means this.",
  fix: [
    {
      text: "ask the project's administrator whether C2C is switched on and the device is listed",
      safety: "check first",
    },
    { text: "pair the device again", safety: "check first" },
  ],
  change: "human",
  links: [errors],
  find: (facts) =>
    isRefused(facts) && isCall(facts) && (!facts.hasRequest || facts.header("authorization") !== undefined)
      ? found({
          confidence: isFresh(facts) ? "likely" : "possible",
          detail: isFresh(facts)
            ? "The token is fresh but is still refused."
            : "This is how it looks; a token that was just refreshed and is refused as well proves it.",
          evidence: [
            ...word(facts),
            ...((facts.exchange.attempt ?? 1) > 1
              ? [{ at: "attempt", name: "attempt", observed: String(facts.exchange.attempt) }]
              : []),
          ],
        })
      : undefined,
})

/** A missing scope. */
const scope = rule({
  code: "HF-C2C-ACCESS-005",
  title: "The device lacks the scope that this needs, or asked for one that devices do not get",
  explanation:
    "A device gets what it asked for when it was paired: asset_create to create assets, offline to refresh. A call that needs more is " +
    "refused as if the token had expired, and a refresh does not help: the device has to be paired again with the scope.",
  fix: [{ text: "pair again with scope=asset_create offline", safety: "check first" }],
  change: "human",
  links: [guide("implementing-c2c-authentication-and-authorization")],
  rivals: [],
  soleCause: guide("implementing-c2c-authentication-and-authorization"),
  find: (facts) => {
    if (says(facts, "invalid_scope")) {
      return found({
        confidence: "certain",
        detail: "Frame.io does not give this scope to a device.",
        evidence: [...field(facts, "scope", "asset_create offline"), ...word(facts)],
        about: ["scope"],
      })
    }
    return isRefused(facts) &&
      (facts.call === "create" || facts.call === "parts") &&
      facts.header("authorization") !== undefined
      ? found({
          confidence: "possible",
          detail: "Creating assets needs asset_create; the exchange does not show which scope the token has.",
          evidence: word(facts),
        })
      : undefined
  },
})

/** The rules of the topic. */
export const access = [noToken, outsideApi, expiredToken, disabled, scope] as const
