/**
 * Rules for refusals that many APIs express in similar words. The rules concern keys, organizations, countries, models and
 * CSRF tokens.
 */
import type { HttpFacts } from "../facts.ts"
import { hostOf, onRefusal, spoken, starting, topic } from "../rule.ts"

const rule = topic("refusal")

const openai = "https://platform.openai.com/docs/guides/error-codes/api-errors"
const google = "https://docs.cloud.google.com/docs/authentication/api-keys"

const nameOf = (facts: HttpFacts): string => starting(facts.vendor?.name ?? hostOf(facts))

const key = rule({
  code: "HF-HTTP-API-009",
  title:
    "The API key or token is missing or invalid: it may be mistyped, expired, revoked, or from another account, " +
    "project or environment",
  explanation:
    "The service does not recognize the key (an API key, a personal access token or a bot token), or the key was " +
    "revoked or has expired. A space or line break copied with the key causes the same error. Other causes are a " +
    "variable that is empty on this machine, a key of the test environment or of another region, a key in the " +
    "wrong header and an incomplete key. The key may also be of another kind: a token in the header for keys, the " +
    "id of a key, a publishable key where the secret one belongs, or a password in place of a token. An API key " +
    "cannot be refreshed: the service continues to refuse the same key.",
  fix: [
    {
      text: "compare the first and last characters of the key that is sent with those shown in the vendor's console",
      safety: "check first",
    },
    { text: "create a new key for this account and environment", safety: "check first" },
  ],
  change: "human",
  links: [openai, google, "https://platform.claude.com/docs/en/api/errors"],
  rivals: [],
  soleCause: openai,
  find: onRefusal("key", (facts) => `${nameOf(facts)} does not accept the API key or credentials.${spoken(facts)}`),
})

const keyLimited = rule({
  code: "HF-HTTP-API-010",
  title: "The API key is restricted to other websites, IP addresses, apps or APIs",
  explanation:
    "The key is valid, but its owner has restricted it to certain callers (HTTP referrers, IP addresses, signed " +
    "apps) or APIs. A key with referrer restrictions works in a page but not on a server. A key with address " +
    "restrictions works on a server but not in a page.",
  fix: [
    {
      text: "use a key whose restrictions allow this caller: addresses for servers, referrers for pages",
      safety: "check first",
    },
    { text: "allow this address, referrer, app or API in the restrictions of the key", safety: "check first" },
  ],
  change: "human",
  links: [`${google}#securing`, "https://developers.google.com/maps/documentation/javascript/error-messages"],
  rivals: [],
  soleCause: `${google}#securing`,
  find: onRefusal(
    "key limited",
    (facts) => `${nameOf(facts)} reports that the key is not allowed for this request.${spoken(facts)}`,
  ),
})

const organization = rule({
  code: "HF-HTTP-API-011",
  title: "The request specifies an organization or project that the key does not belong to",
  explanation:
    "A header or parameter (OpenAI-Organization, OpenAI-Project) specifies an organization or project, but the key " +
    "belongs to another one, or the key's owner is not a member. The value often comes from an environment " +
    "variable that remains from an earlier setup.",
  fix: [
    {
      text: "omit the organization and project so that the server uses those of the key, or specify the correct ones",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [openai, "https://platform.openai.com/docs/api-reference/authentication"],
  rivals: [],
  soleCause: openai,
  find: onRefusal(
    "organization",
    (facts) => `${nameOf(facts)} reports that the key does not belong to this organization or project.${spoken(facts)}`,
  ),
})

const country = rule({
  code: "HF-HTTP-API-012",
  title: "The vendor does not offer this API in the country or region from which the request was sent",
  explanation:
    "The vendor determines the location from the caller's IP address. The vendor checks the location of the " +
    "server, serverless function or VPN that sends the request. The location of the key's owner does not matter. " +
    "The key is not at fault.",
  fix: [{ text: "send the request from a region that the vendor supports", safety: "check first" }],
  change: "human",
  links: [
    "https://developers.openai.com/api/docs/supported-countries",
    "https://ai.google.dev/gemini-api/docs/available-regions",
  ],
  rivals: [],
  soleCause: "https://developers.openai.com/api/docs/supported-countries",
  find: onRefusal("country", (facts) => `${nameOf(facts)} does not serve the location of the caller.${spoken(facts)}`),
})

const model = rule({
  code: "HF-HTTP-API-013",
  title: "The requested model or deployment does not exist, was retired, or is not available to this key",
  explanation:
    "The name may be misspelled, belong to another vendor or API version, or identify a retired model. The account " +
    "may also lack access to the model. At Azure, the path must contain the name of a deployment, not the name of " +
    "a model.",
  fix: [
    { text: "list the models (or deployments) that the key can use, and specify one of them", safety: "check first" },
  ],
  change: "plan",
  links: [
    "https://platform.openai.com/docs/models",
    "https://platform.claude.com/docs/en/about-claude/model-deprecations",
  ],
  rivals: [],
  soleCause: openai,
  find: onRefusal("model", (facts) => `${nameOf(facts)} does not recognize the model for this caller.${spoken(facts)}`),
})

const forgery = rule({
  code: "HF-HTTP-API-014",
  title: "The anti-forgery (CSRF) token is missing or belongs to another session",
  explanation:
    "Web applications protect requests that change data with a token that belongs to the session. Examples are " +
    "Django, Rails, Laravel (419 Page Expired) and Jira (XSRF check). The request may lack the CSRF token, its " +
    "session cookie may be missing or expired, or its origin may be untrusted. Programs should use the API and its " +
    "own authentication. An API with token authentication does not need a CSRF token.",
  fix: [
    { text: "send the CSRF token with its cookie, or use the API's own authentication", safety: "check first" },
    { text: "behind a proxy, configure the application's public origin", safety: "check first" },
  ],
  change: "plan",
  links: ["https://docs.djangoproject.com/en/stable/ref/csrf/", "https://laravel.com/docs/csrf"],
  find: onRefusal(
    "forgery",
    (facts) => `${nameOf(facts)} refused the request because of its CSRF token.${spoken(facts)}`,
  ),
})

/**
 * All rules about refusals that many APIs share. Findings of equal rank are sorted in the order in which their rules are
 * listed.
 */
export const refusal = [key, keyLimited, organization, country, model, forgery] as const
