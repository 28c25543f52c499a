/**
 * Rules about devices that lack access because of their token, scope or project.
 */
import { cleared, found } from "@holdfast/diagnosis/Diagnosis"
import type { C2cFacts } from "../facts.ts"
import { field, guide, says, sentHeader, topic, word } from "../rule.ts"

const rule = topic("access")

const errors = guide("how-to-handle-errors")
const management = guide("how-to-authorization-management")

const isRefused = (facts: C2cFacts): boolean =>
  says(facts, "Not Authorized") || (facts.status === 401 && !says(facts, "access_denied", "invalid_client"))

/** Returns whether the rejected request may be a call that uses an access token. */
const isCall = ({ call }: C2cFacts): boolean =>
  call === undefined || call === "create" || call === "parts" || call === "device"

/**
 * Returns how many seconds remain until the token expires: a negative number if it has expired, or `undefined` if the
 * expiration time is unknown.
 */
const secondsLeft = ({ now, tokenEnds }: C2cFacts): number | undefined =>
  now === undefined || tokenEnds === undefined ? undefined : Math.round((tokenEnds - now) / 1000)

/**
 * Returns whether the token seems valid although the call was rejected: the token has not expired, or a refresh did not help.
 */
const isFresh = (facts: C2cFacts): boolean => (secondsLeft(facts) ?? 0) > 0 || (facts.exchange.attempt ?? 1) > 1

/** No access token. */
const noToken = rule({
  code: "HF-C2C-ACCESS-001",
  title: "The request does not include an access token",
  explanation:
    "Every call except pairing and /health requires the header Authorization: Bearer followed by the access token. " +
    "A client that follows a redirect may drop this header. A client that sends a request before it has read its " +
    "token also omits this header.",
  fix: [
    {
      text: "wait until the token is available, then send it in the header Authorization: Bearer",
      safety: "safe to apply",
    },
  ],
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
        header === undefined
          ? "The request has no Authorization header."
          : "The Authorization header does not contain a bearer token.",
      evidence: [...sentHeader(facts, "authorization", "Bearer and the token"), ...word(facts)],
    })
  },
})

/** Detects a call to a path outside the C2C API. */
const outsideApi = rule({
  code: "HF-C2C-ACCESS-002",
  title: "The path is not part of the C2C API, so a device is not allowed to use it",
  explanation:
    "A device can pair, report its status, create its own assets and upload files. Comments, projects and other " +
    "people's assets are available only through Frame.io's general API, which requires another kind of token. For " +
    "a device's token, the response is the same as for an expired token.",
  fix: [{ text: "use a path under /v2/devices, or sign in another way for this call", safety: "check first" }],
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
  title: "The access token has expired or has been replaced by a refresh",
  explanation:
    "A device's access token is valid for eight hours, or until the device refreshes it. After that, Frame.io " +
    "rejects the old token in requests from a process that still uses it, and in requests that were in flight " +
    "during the refresh.",
  fix: [
    { text: "refresh the token once, then send the request again with the new token", safety: "safe to apply" },
    {
      text: "if the new token is rejected too, look for another cause: the project, the scope, or a device that was removed",
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
          ? "Frame.io rejected the access token without giving a reason."
          : `The access token expired ${-left} s before this response.`,
      evidence: [...word(facts), ...sentHeader(facts, "authorization")],
    })
  },
})

/** C2C is switched off. */
const disabled = rule({
  code: "HF-C2C-ACCESS-004",
  title: "The project no longer accepts C2C devices, or the device was removed from the project",
  explanation:
    "C2C was disabled for the project, the device was removed from the project, or the device's authorization " +
    "reached its end date. Frame.io returns the same response as for an expired token, so refresh the token first. " +
    "If the fresh token is rejected too, one of these causes or a missing scope is likely.",
  fix: [
    {
      text: "ask the project's administrator whether C2C is enabled and the device is listed",
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
            ? "Frame.io rejected the token although the token is fresh."
            : "The response is consistent with this cause. If Frame.io also rejects a freshly refreshed token, the token has not expired: the cause is the one described here or a missing scope.",
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
  title: "The device lacks the scope that this call requires, or requested a scope that devices cannot get",
  explanation:
    "A device gets the scopes that it requested when it was paired: asset_create to create assets, offline to " +
    "refresh tokens. If a call requires another scope, Frame.io rejects it as if the token had expired. A refresh " +
    "does not help: pair the device again with the required scope.",
  fix: [{ text: "pair the device again with scope=asset_create offline", safety: "check first" }],
  change: "human",
  links: [guide("implementing-c2c-authentication-and-authorization")],
  rivals: [],
  soleCause: guide("implementing-c2c-authentication-and-authorization"),
  find: (facts) => {
    if (says(facts, "invalid_scope")) {
      return found({
        confidence: "certain",
        detail: "Frame.io does not grant this scope to devices.",
        evidence: [...field(facts, "scope", "asset_create offline"), ...word(facts)],
        about: ["scope"],
      })
    }
    return isRefused(facts) &&
      (facts.call === "create" || facts.call === "parts") &&
      facts.header("authorization") !== undefined
      ? found({
          confidence: "possible",
          detail:
            "Creating assets requires the scope asset_create. The exchange does not show which scope the token has.",
          evidence: word(facts),
        })
      : undefined
  },
})

/** The rules about access. */
export const access = [noToken, outsideApi, expiredToken, disabled, scope] as const
