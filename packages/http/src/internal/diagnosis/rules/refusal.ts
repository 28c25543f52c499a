/**
 * Refusals that many APIs word alike: keys, organizations, countries, models, CSRF tokens.
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
    "The API key or token is missing or not valid: mistyped, expired, revoked, or of another account, project or " +
    "environment",
  explanation:
    "The service read a key (an API key, a personal access token, the token of a bot) and does not know it, or " +
    "knows that it was revoked or has expired. A space or a line break that was copied along, a variable that is " +
    "empty on this machine, a key of the test environment or of another region, a key in the wrong header, a part " +
    "of it that is missing, a key of another kind (a token in the header for keys, the id of a key, a publishable " +
    "key where the secret one belongs) and a password in place of a token look the same. An API key is not " +
    "refreshed: the same one stays refused.",
  fix: [
    {
      text: "compare the key that is sent, first and last characters, with the one in the vendor's console",
      safety: "check first",
    },
    { text: "make a new key for this account and environment", safety: "check first" },
  ],
  change: "human",
  links: [openai, google, "https://platform.claude.com/docs/en/api/errors"],
  rivals: [],
  soleCause: openai,
  find: onRefusal("key", (facts) => `${nameOf(facts)} does not accept the API key or credentials.${spoken(facts)}`),
})

const keyLimited = rule({
  code: "HF-HTTP-API-010",
  title: "The API key is restricted to other web sites, IP addresses, apps or APIs",
  explanation:
    "The key is valid, and its owner has limited where it may be used from (HTTP referrers, IP addresses, signed " +
    "apps) or for which APIs. A key with referrer restrictions works in a page and not on a server, and one for " +
    "addresses the other way round.",
  fix: [
    {
      text: "use a key whose restrictions fit this caller: addresses for servers, referrers for pages",
      safety: "check first",
    },
    { text: "add this address, referrer, app or API to the restrictions of the key", safety: "check first" },
  ],
  change: "human",
  links: [`${google}#securing`, "https://developers.google.com/maps/documentation/javascript/error-messages"],
  rivals: [],
  soleCause: `${google}#securing`,
  find: onRefusal(
    "key limited",
    (facts) => `${nameOf(facts)} says that the key may not be used for this.${spoken(facts)}`,
  ),
})

const organization = rule({
  code: "HF-HTTP-API-011",
  title: "The request names another organization or project than that of the key",
  explanation:
    "A header or a parameter (OpenAI-Organization, OpenAI-Project) names an organization or a project, and the key " +
    "belongs to another, or its owner is no member. It often comes from an environment variable of an older set-up.",
  fix: [
    {
      text: "leave the organization and project out, so that those of the key count, or name the right ones",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [openai, "https://platform.openai.com/docs/api-reference/authentication"],
  rivals: [],
  soleCause: openai,
  find: onRefusal(
    "organization",
    (facts) => `${nameOf(facts)} says that organization or project and key do not belong together.${spoken(facts)}`,
  ),
})

const country = rule({
  code: "HF-HTTP-API-012",
  title: "The vendor does not offer this API in the country or region that the request comes from",
  explanation:
    "The vendor decides by the IP address of the caller. A server, a serverless function or a VPN in another " +
    "country is judged by where it stands, not by where its owner lives. The key is not at fault.",
  fix: [{ text: "send from a region that the vendor supports", safety: "check first" }],
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
  title: "The model or deployment that is named does not exist, was retired, or is not open to this key",
  explanation:
    "The name is misspelt, of another vendor or API version, or of a model that was switched off; or the account " +
    "has no access to it yet. Azure wants the name of a deployment in the path, not that of the model.",
  fix: [{ text: "list the models (or deployments) that the key may use, and name one of them", safety: "check first" }],
  change: "plan",
  links: [
    "https://platform.openai.com/docs/models",
    "https://platform.claude.com/docs/en/about-claude/model-deprecations",
  ],
  rivals: [],
  soleCause: openai,
  find: onRefusal("model", (facts) => `${nameOf(facts)} does not know the model for this caller.${spoken(facts)}`),
})

const forgery = rule({
  code: "HF-HTTP-API-014",
  title: "The anti-forgery (CSRF) token is missing or belongs to another session",
  explanation:
    "Web applications protect what changes something with a token that belongs to the session: Django, Rails, " +
    "Laravel (419 Page Expired), Jira (XSRF check). The request has no such token, its session cookie is gone or " +
    "expired, or it comes from an origin that is not trusted. Programs should use the API with a token of its own, " +
    "which needs none.",
  fix: [
    { text: "send the CSRF token with its cookie, or use the API's own authentication", safety: "check first" },
    { text: "behind a proxy, let the application know its public origin", safety: "check first" },
  ],
  change: "plan",
  links: ["https://docs.djangoproject.com/en/stable/ref/csrf/", "https://laravel.com/docs/csrf"],
  find: onRefusal("forgery", (facts) => `${nameOf(facts)} refused the request for its CSRF token.${spoken(facts)}`),
})

/** The rules of this topic. Among equally ranked findings, the first rule comes first. */
export const refusal = [key, keyLimited, organization, country, model, forgery] as const
