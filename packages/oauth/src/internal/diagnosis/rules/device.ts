/**
 * Rules for the device flow, in which a user has to approve the sign-in (RFC 8628).
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import type { OAuthFacts } from "../facts.ts"
import { means, rfc, says, shown, topic, word } from "../rule.ts"

const rule = topic("device")

const polling = rfc(8628, "3.5")

/**
 * The default interval between polls (RFC 8628, section 3.2), and the increase of the interval after one `slow_down`, in
 * seconds.
 */
const seconds = { usual: 5, longer: 5 } as const

/** Whether the response to a poll contains only a status that stands for the given code. */
const isBare = ({ answer, purpose }: OAuthFacts, key: string): boolean =>
  purpose === "poll" && answer.error === "" && !answer.isProxys && answer.status >= 400 && answer.key === key

const isTrakt = ({ issuer }: OAuthFacts): boolean => issuer?.system === "trakt"

const pending = rule({
  code: "HF-OAUTH-DEVICE-001",
  title: "The sign-in has not been approved yet: keep polling",
  explanation:
    "A sign-in that is not approved yet is not a failure. The user has not yet entered the code or has not yet " +
    "finished signing in. The server responds in this way to every poll until the sign-in is approved or the code " +
    "expires.",
  fix: [
    {
      text: "poll again after the interval, which is 5 s unless the server specified another one",
      safety: "safe to apply",
    },
    { text: "show the user the code and the address again", safety: "check first" },
  ],
  change: "nothing",
  links: [polling],
  rivals: [],
  soleCause: "https://www.rfc-editor.org/rfc/rfc8628#section-3.5",
  find: (facts) =>
    isBare(facts, "authorization_pending")
      ? found({
          confidence: isTrakt(facts) ? "likely" : "possible",
          detail: isTrakt(facts)
            ? "Until the user approves the sign-in, Trakt responds to each poll with status 400 and no body."
            : "The response to the poll has no error code. Some servers respond without an error code until the user approves the sign-in.",
          evidence: word(facts),
        })
      : says(facts, "authorization_pending") || means(facts, "pending")
        ? found({
            confidence: "certain",
            detail: "The server is waiting for the user to enter the code and approve the sign-in.",
            evidence: word(facts),
          })
        : undefined,
})

const pollingTooFast = rule({
  code: "HF-OAUTH-DEVICE-002",
  title: "The device is polling too often, so the interval increases permanently by 5 seconds",
  explanation:
    "The sign-in is still open, but the poll arrived before the interval had passed. From now on, each wait must " +
    "be 5 s longer. Each additional slow_down adds another 5 s to the wait. A common cause is a second program " +
    "that polls with the same code. Another common cause is a timer that starts when the request is sent instead " +
    "of when its response arrives.",
  fix: [
    { text: "add 5 s to the interval, and keep the longer interval for all further polls", safety: "safe to apply" },
  ],
  change: "nothing",
  links: [polling],
  rivals: ["HF-OAUTH-DEVICE-003"],
  find: (facts) => {
    const isBarePoll =
      isTrakt(facts) && facts.purpose === "poll" && facts.answer.error === "" && facts.answer.status === 429
    if (!says(facts, "slow_down") && !isBarePoll && !(facts.purpose === "poll" && means(facts, "tooFast")))
      return undefined
    if (facts.answer.isProxys || (facts.purpose !== "poll" && facts.purpose !== undefined)) return undefined
    const named = facts.answer.interval
    return found({
      confidence: facts.purpose === "poll" && !isBarePoll ? "certain" : "likely",
      detail:
        named === undefined
          ? `The interval is now ${seconds.longer} s longer than before; it was ${seconds.usual} s unless the server specified another one.`
          : `The server now requires an interval of ${named} s between polls.`,
      evidence: word(facts),
    })
  },
})

const tooManyCodes = rule({
  code: "HF-OAUTH-DEVICE-003",
  title: "Too many device codes were requested in a short time",
  explanation:
    "The server rejected the request for a new code because of the request rate, not the content of the request. A " +
    "device that requests a new code after every failure gets this response. Devices that share one IP address can " +
    "also exceed the limit together.",
  fix: [
    {
      text: "keep the issued code until it expires, and back off before you request another one",
      safety: "safe to apply",
    },
  ],
  change: "nothing",
  links: [polling],
  rivals: ["HF-OAUTH-DEVICE-002"],
  find: (facts) =>
    (says(facts, "slow_down", "rate_limit_exceeded") || means(facts, "tooFast")) && facts.purpose === "code"
      ? found({
          confidence: facts.dialect === undefined ? "certain" : "possible",
          detail: "The request for a device code came too soon after earlier requests.",
          evidence: word(facts),
        })
      : undefined,
})

const codeExpired = rule({
  code: "HF-OAUTH-DEVICE-004",
  title: "The device code expired before the sign-in was approved",
  explanation:
    "The user took longer than `expires_in` permits, or the device continued to poll with an old code. The code " +
    "can no longer be approved, so the device must show a new one.",
  fix: [{ text: "when the user is ready, request a new code and show it", safety: "check first" }],
  change: "human",
  links: [polling],
  rivals: [],
  soleCause: "https://www.rfc-editor.org/rfc/rfc8628#section-3.5",
  find: (facts) =>
    (says(facts, "expired_token") || means(facts, "codeExpired") || isBare(facts, "expired_token")) &&
    facts.purpose !== "resource"
      ? found({
          confidence: facts.purpose === "poll" && facts.answer.error !== "" ? "certain" : "likely",
          detail: "The device code and the user code have expired.",
          evidence: [...word(facts), ...shown(facts.field("device_code"))],
        })
      : undefined,
})

/**
 * Whether the message shows beyond doubt that the user declined, which is the only case for which RFC 8628 defines
 * `access_denied`.
 */
const isPersons = (facts: OAuthFacts): boolean =>
  facts.purpose === "poll" &&
  facts.answer.error !== "" &&
  (facts.answer.description === "" || /den(?:y|ied)|declin|cancel|reject|refus/i.test(facts.answer.description))

const declined = rule({
  code: "HF-OAUTH-DEVICE-005",
  title: "The user declined the sign-in",
  explanation:
    "The user who has the code declined the sign-in or canceled it on the page. The code can no longer be used. " +
    "Servers report the refusal once and then report the code as invalid.",
  fix: [{ text: "ask the user before you start again with a new code", safety: "check first" }],
  change: "human",
  links: [polling],
  rivals: [],
  soleCause: "https://www.rfc-editor.org/rfc/rfc8628#section-3.5",
  find: (facts) =>
    (says(facts, "access_denied", "authorization_declined") ||
      means(facts, "declined") ||
      isBare(facts, "access_denied")) &&
    facts.purpose !== "resource" &&
    facts.purpose !== "refresh" &&
    facts.purpose !== "other grant"
      ? found({
          confidence: isPersons(facts) ? "certain" : "likely",
          detail: "The user declined the sign-in, so further polls cannot succeed.",
          evidence: word(facts),
        })
      : undefined,
})

const isMissing = (facts: OAuthFacts): boolean => says(facts, "device_flow_disabled") || means(facts, "flowDisabled")

const flowDisabled = rule({
  code: "HF-OAUTH-DEVICE-006",
  title: "The device flow is not enabled for this client",
  explanation:
    "The server recognizes the client, but the client's registration does not permit sign-in with a device code.",
  fix: [{ text: "enable the device flow in the client's registration", safety: "check first" }],
  change: "human",
  links: ["https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#device-flow"],
  rivals: [],
  soleCause:
    "https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors",
  find: (facts) =>
    isMissing(facts)
      ? found({
          confidence: "certain",
          detail: "The server reports that the device flow is disabled for this client.",
          evidence: word(facts),
        })
      : undefined,
})

/** All rules for the device flow. */
export const device = [pending, pollingTooFast, tooManyCodes, codeExpired, declined, flowDisabled] as const
