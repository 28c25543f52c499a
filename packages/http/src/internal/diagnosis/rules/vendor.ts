/**
 * Rules for refusals by well-known APIs and for messages from unknown APIs.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import * as Needed from "../answer/needed.ts"
import * as Known from "../answer/known.ts"
import { quote, type HttpFacts } from "../facts.ts"
import { byAuthor } from "../remarks.ts"
import { answered, hostOf, onPage, onRefusal, spoken, starting, topic, told } from "../rule.ts"

const rule = topic("vendor")

const troubleshooting = "https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api"

const nameOf = (facts: HttpFacts): string => starting(facts.vendor?.name ?? hostOf(facts))

const signOn = rule({
  code: "HF-HTTP-API-001",
  title: "The organization requires single sign-on (SAML), and the token is not authorized for it",
  explanation:
    "The token is valid, but the organization that owns the resource accepts only tokens that were authorized " +
    "through its single sign-on. The X-GitHub-SSO header in GitHub's response contains the address of the page on " +
    "which the token can be authorized. A new token with the same scopes is rejected as well.",
  fix: [
    {
      text: "open the address in X-GitHub-SSO, or authorize the token for the organization in the token's settings",
      safety: "check first",
    },
  ],
  change: "human",
  links: [
    "https://docs.github.com/en/enterprise-cloud@latest/authentication/authenticating-with-single-sign-on/about-authentication-with-single-sign-on",
    troubleshooting,
  ],
  rivals: [],
  soleCause:
    "https://docs.github.com/en/enterprise-cloud@latest/authentication/authenticating-with-single-sign-on/about-authentication-with-single-sign-on",
  find: onRefusal(
    "sign-on",
    (facts) => `${nameOf(facts)} requires a token that is authorized for SAML single sign-on.`,
  ),
})

const userAgent = rule({
  code: "HF-HTTP-API-002",
  title: "The request lacks a User-Agent header that the API accepts",
  explanation:
    "GitHub rejects every request without a User-Agent, regardless of the token's permissions. Standard libraries " +
    "and embedded clients often do not send a User-Agent.",
  fix: [
    { text: "send a User-Agent that contains the name of the program or of its GitHub account", safety: "check first" },
  ],
  change: "plan",
  links: ["https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api#user-agent"],
  rivals: [],
  soleCause: "https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api#user-agent",
  find: onRefusal("user agent", (facts) => `${nameOf(facts)} asks for a User-Agent header.`),
})

const scope = rule({
  code: "HF-HTTP-API-003",
  title: "The token lacks the scope or permission for the request, or has no access to the resource",
  explanation:
    "The credentials are valid but do not permit this request. A scope was not granted, the app or bot has no " +
    "access to the repository, page or channel, or the role lacks the permission. GitHub and Notion respond with " +
    "404 for a resource that the token cannot access, to hide whether a private resource exists.",
  fix: [
    {
      text: "grant the token the scope, or the app the permission, that the method's documentation lists",
      safety: "check first",
    },
    { text: "ask the owner to share the resource with the app", safety: "check first" },
  ],
  change: "human",
  links: [troubleshooting, "https://developers.notion.com/reference/status-codes"],
  rivals: [],
  soleCause: troubleshooting,
  find: (facts) => {
    const said = onRefusal(
      "scope",
      (one) => `${nameOf(one)} reports that the token does not permit this request.${needed(one)}${spoken(one)}`,
    )(facts)
    if (said !== undefined || facts.vendor?.id !== "github" || facts.status !== 404 || facts.isPage) return said
    const [given, wanted] = ["x-oauth-scopes", "x-accepted-oauth-scopes"].map(facts.answerHeader)
    const isShort = wanted !== undefined && wanted.trim() !== "" && !shares(given ?? "", wanted)
    return found({
      confidence: isShort ? "likely" : "possible",
      detail: isShort
        ? `The token has the scopes "${given ?? ""}"; the method accepts "${wanted}".`
        : "GitHub responds with 404, not 403, for a private resource that the token cannot access.",
      evidence: [...answered(facts), ...told(facts, "x-oauth-scopes"), ...told(facts, "x-accepted-oauth-scopes")],
    })
  },
})

/** Returns a sentence with the scopes that the response lists. */
const needed = ({ answerHeader, words }: HttpFacts): string => {
  const scopes = Needed.scopesIn(words, answerHeader("www-authenticate"))
  return scopes.length === 0
    ? ""
    : ` The request needs ${scopes.length === 1 ? "the scope" : "scopes"} ${scopes.join(", ")}.`
}

const shares = (given: string, wanted: string): boolean => {
  const all = new Set(given.split(",").map((one) => one.trim()))
  return wanted.split(",").some((one) => all.has(one.trim()))
}

const off = rule({
  code: "HF-HTTP-API-004",
  title: "The API is not enabled in the project to which the credentials belong",
  explanation:
    "Google APIs are enabled per project. The API must be enabled in the project of the key or the client, not in " +
    "the user's project. A change may need several minutes to take effect.",
  fix: [
    {
      text: "enable the API in the project that the error message identifies, and try again a few minutes later",
      safety: "check first",
    },
  ],
  change: "human",
  links: ["https://docs.cloud.google.com/service-usage/docs/enable-disable", "https://google.aip.dev/193"],
  rivals: [],
  soleCause: "https://google.aip.dev/193",
  find: onRefusal("api off", (facts) => `${nameOf(facts)} reports that the API is not enabled for this project.`),
})

const mode = rule({
  code: "HF-HTTP-API-005",
  title: "The object belongs to the other mode: test and live keys cannot access each other's objects",
  explanation:
    "Stripe separates the objects of test mode from those of live mode. An id created with a key of one mode does " +
    "not exist for a key of the other mode.",
  fix: [
    {
      text: "use a key of the mode in which the object was created, or upload the object again in the mode of the current key",
      safety: "check first",
    },
  ],
  change: "plan",
  links: ["https://docs.stripe.com/keys#test-live-modes", "https://docs.stripe.com/error-codes#resource-missing"],
  rivals: [],
  soleCause: "https://docs.stripe.com/keys#test-live-modes",
  find: onRefusal(
    "mode",
    (facts) => `${nameOf(facts)} stores the object in a different mode (test or live) than that of the key.`,
  ),
})

const keyReused = rule({
  code: "HF-HTTP-API-006",
  title: "The idempotency key has already been used for a request with different parameters",
  explanation:
    "An idempotency key identifies one request with one set of parameters, and the server stores its first result. " +
    "The server rejects the same key with different parameters. This prevents a mistake from returning the result " +
    "of a different request.",
  fix: [
    {
      text: "create a new key for each new request, and reuse the key only for retries of that request",
      safety: "check first",
    },
  ],
  change: "plan",
  links: ["https://docs.stripe.com/api/idempotent_requests"],
  rivals: [],
  soleCause: "https://docs.stripe.com/api/idempotent_requests",
  find: onRefusal(
    "key reused",
    (facts) => `${nameOf(facts)} has already received another request with this idempotency key.`,
  ),
})

const allowList = rule({
  code: "HF-HTTP-API-007",
  title: "The account permits requests only from certain IP addresses, and the client's address is not one of them",
  explanation:
    "An administrator restricted access to the account or organization to a list of IP addresses. The token is " +
    "valid but is rejected from this address. A build server or a home network often has an address that is not on " +
    "the list.",
  fix: [
    {
      text: "send the request from a listed address, or ask an administrator to add the current address",
      safety: "check first",
    },
  ],
  change: "human",
  links: [
    "https://docs.github.com/en/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/managing-allowed-ip-addresses-for-your-organization",
  ],
  rivals: [],
  soleCause:
    "https://docs.github.com/en/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/managing-allowed-ip-addresses-for-your-organization",
  find: (facts) =>
    onPage(["address"])(facts) ??
    onRefusal(
      "address",
      (one) => `${nameOf(one)} rejects the address from which the request was sent.${spoken(one)}`,
    )(facts),
})

const ownWords = rule({
  code: "HF-HTTP-API-008",
  title: "The API refused the request and gave the reason in its own words",
  explanation:
    "The response is an API error (a JSON document with a code or a message, problem details as defined in RFC " +
    "9457, or a sentence), so the service itself handled the request. The message is shown as received; no rule " +
    "explains it further. If the status is 200, only the body reveals the failure.",
  fix: [{ text: "look up the code and the message in the API documentation", safety: "check first" }],
  change: "plan",
  links: ["https://www.rfc-editor.org/rfc/rfc9457", ...Known.links],
  find: (facts) => {
    const { body, isForToken, isPage, limit, page, refusal, saysFailure, status, words } = facts
    const isText = words.json === undefined && !isPage && isSentence(body, status)
    if (
      !(isText || (words.json !== undefined && words.isWorded)) ||
      isForToken ||
      page !== undefined ||
      limit !== undefined ||
      refusal !== undefined
    )
      return undefined
    const known = Known.read(words.codes)
    if (!saysFailure && (status < 400 || (known === undefined && !isUnnamed(status)))) return undefined
    if (!isText && words.message === "" && words.codes.length === 0) return undefined
    const said = isText ? body : words.more === "" ? words.message : `${words.message}: ${words.more}`
    const text = said === "" ? (words.codes[0] ?? "") : quote(said, 240)
    const code = words.codes[0] === undefined || words.codes[0] === text ? "" : ` (${words.codes[0]})`
    return found({
      confidence: known === undefined ? "possible" : "likely",
      detail: `${nameOf(facts)} answered ${status} with "${text}"${code}.${known === undefined ? "" : ` ${known.code} means that ${known.means}.`}${byAuthor(facts)}`,
      evidence: [...answered(facts), { at: "response.body", name: "body", observed: quote(facts.body, 200) }],
    })
  },
})

/** Whether the text is prose that contains more than the name of the status. */
const isSentence = (body: string, status: number): boolean => {
  const text = quote(body, 400)
    .replace(new RegExp(`^${status}\\b`), "")
    .trim()
  return (text.match(/[\p{L}\d'-]+/gu) ?? []).length > 2 && !/^\s*[<{[]/.test(body) && !plain.test(text)
}

/** Matches status names that servers send as the entire text of a response. */
const plain =
  /^(?:bad request|unprocessable (?:entity|content)|conflict|precondition (?:failed|required)|payment required|locked|failed dependency|error|invalid request|the request (?:is|was) invalid)\W{0,3}$/i

/** Whether no other rule explains the status better. */
const isUnnamed = (status: number): boolean => [400, 402, 409, 412, 422, 423, 424, 428].includes(status)

/**
 * All rules about well-known and unknown APIs. Findings of equal rank are sorted in the order in which their rules are
 * listed.
 */
export const vendor = [signOn, userAgent, scope, off, mode, keyReused, allowList, ownWords] as const
