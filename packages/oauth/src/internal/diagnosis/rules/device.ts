/**
 * The device flow while a person has to approve it (RFC 8628).
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import type { OAuthFacts } from "../facts.ts"
import { means, rfc, says, shown, topic, word } from "../rule.ts"

const rule = topic("device")

const polling = rfc(8628, "3.5")

/** Seconds between polls where the server named none (RFC 8628, section 3.2), and by how much `slow_down` lengthens them. */
const seconds = { usual: 5, longer: 5 } as const

/** Whether a poll was answered with a status alone, which stands for this code. */
const isBare = ({ answer, purpose }: OAuthFacts, key: string): boolean =>
  purpose === "poll" && answer.error === "" && !answer.isProxys && answer.status >= 400 && answer.key === key

const isTrakt = ({ issuer }: OAuthFacts): boolean => issuer?.system === "trakt"

/** Waiting for the person. */
const pending = rule({
  code: "HF-OAUTH-DEVICE-001",
  title: "The sign-in is not approved yet: keep polling",
  explanation:
    "This is not a failure. The person has not entered the code, or has not finished signing in. The server says so to every poll " +
    "until they have, or until the code runs out.",
  fix: [
    { text: "poll again after the interval, 5 s unless the server named another", safety: "safe to apply" },
    { text: "show the person the code and the address once more", safety: "check first" },
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
            ? "Trakt answers a poll with a bare 400 until the person has approved."
            : "A poll without an error code: some servers answer so until the person has approved.",
          evidence: word(facts),
        })
      : says(facts, "authorization_pending") || means(facts, "pending")
        ? found({
            confidence: "certain",
            detail: "The server waits for the person to enter the code and approve.",
            evidence: word(facts),
          })
        : undefined,
})

/** Polling too fast. */
const pollingTooFast = rule({
  code: "HF-OAUTH-DEVICE-002",
  title: "The device polls too often: the interval grows by 5 seconds for good",
  explanation:
    "The sign-in is still open, and the poll came before the interval had passed. From now on every wait has to be 5 s longer than " +
    "before, for the rest of this sign-in and for every further slow_down again. A second program that polls with the same code, or " +
    "a timer that starts when the request leaves and not when its answer came, is a usual reason.",
  fix: [{ text: "add 5 s to the interval and keep it so", safety: "safe to apply" }],
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
          ? `The interval, ${seconds.usual} s unless the server named another, is now ${seconds.longer} s longer.`
          : `The server now asks for ${named} s between polls.`,
      evidence: word(facts),
    })
  },
})

/** Asking for codes too often. */
const tooManyCodes = rule({
  code: "HF-OAUTH-DEVICE-003",
  title: "Too many device codes were asked for in a short time",
  explanation:
    "The request for a new code was refused for its pace, not for what it says. A device that asks for a new code at every failure, " +
    "or many devices behind one address, get this answer.",
  fix: [
    {
      text: "keep the code that was issued until it runs out; back off before asking for another",
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
          detail: "The request for a device code came too soon after others.",
          evidence: word(facts),
        })
      : undefined,
})

/** Too late. */
const codeExpired = rule({
  code: "HF-OAUTH-DEVICE-004",
  title: "The device code ran out before it was approved",
  explanation:
    "The person took longer than `expires_in` allows, or the device went on polling an old code. Approving it now is not possible; a " +
    "new code has to be shown.",
  fix: [{ text: "ask for a new code when the person is ready, and show it", safety: "check first" }],
  change: "human",
  links: [polling],
  rivals: [],
  soleCause: "https://www.rfc-editor.org/rfc/rfc8628#section-3.5",
  find: (facts) =>
    (says(facts, "expired_token") || means(facts, "codeExpired") || isBare(facts, "expired_token")) &&
    facts.purpose !== "resource"
      ? found({
          confidence: facts.purpose === "poll" && facts.answer.error !== "" ? "certain" : "likely",
          detail: "The device code and the code that was shown are past their time.",
          evidence: [...word(facts), ...shown(facts.field("device_code"))],
        })
      : undefined,
})

/** Whether the words leave no doubt that it was the person who refused: RFC 8628 has `access_denied` for that alone. */
const isPersons = (facts: OAuthFacts): boolean =>
  facts.purpose === "poll" &&
  facts.answer.error !== "" &&
  (facts.answer.description === "" || /den(?:y|ied)|declin|cancel|reject|refus/i.test(facts.answer.description))

/** No, says the person. */
const declined = rule({
  code: "HF-OAUTH-DEVICE-005",
  title: "The person declined the sign-in",
  explanation:
    "The person who had the code in front of them refused, or left the page by its cancel button. The code is spent: servers say " +
    "this once, and call the code invalid afterwards.",
  fix: [{ text: "ask the person, then start again with a new code", safety: "check first" }],
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
          detail: "The approval was refused; polling on is of no use.",
          evidence: word(facts),
        })
      : undefined,
})

const isMissing = (facts: OAuthFacts): boolean => says(facts, "device_flow_disabled") || means(facts, "flowDisabled")

/** Switched off. */
const flowDisabled = rule({
  code: "HF-OAUTH-DEVICE-006",
  title: "The device flow is not switched on for this client",
  explanation: "The client is known, but its registration does not permit to sign in with a device code.",
  fix: [{ text: "switch the device flow on in the client's registration", safety: "check first" }],
  change: "human",
  links: ["https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#device-flow"],
  rivals: [],
  soleCause:
    "https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors",
  find: (facts) =>
    isMissing(facts)
      ? found({ confidence: "certain", detail: "The server says so of this client.", evidence: word(facts) })
      : undefined,
})

/** The topic's rules. */
export const device = [pending, pollingTooFast, tooManyCodes, codeExpired, declined, flowDisabled] as const
