/**
 * Valid tokens, applications and accounts that lack access.
 */
import type { HttpFacts } from "../facts.ts"
import { hostOf, onRefusal, spoken, starting, topic } from "../rule.ts"

const rule = topic("access")

const nameOf = (facts: HttpFacts): string => starting(facts.vendor?.name ?? hostOf(facts))

const graph = "https://learn.microsoft.com/en-us/graph/auth/auth-concepts#access-scenarios"
const spotify = "https://developer.spotify.com/documentation/web-api/concepts/quota-modes"

const tokenKind = rule({
  code: "HF-HTTP-API-020",
  title: "The token is of the wrong kind for this: of the application instead of a person, or the other way round",
  explanation:
    "APIs give tokens of several kinds: of the application itself (client credentials, app-only, a bot), of a " +
    "person who signed in (user context, delegated), of a page or a whole team. Each method takes some of them, " +
    "and refuses the others whatever scopes they have. An address with `me` needs a person.",
  fix: [
    {
      text: "get the token by the way of signing in that the answer or the method's documentation names: let a person sign in for what is a person's, use client credentials for what is the application's",
      safety: "check first",
    },
  ],
  change: "token",
  links: [
    "https://docs.x.com/fundamentals/authentication/overview",
    "https://docs.slack.dev/authentication/tokens",
    graph,
  ],
  rivals: [],
  soleCause: graph,
  find: onRefusal(
    "token kind",
    (facts) => `${nameOf(facts)} does not take this kind of access token or authentication here.${spoken(facts)}`,
  ),
})

const approval = rule({
  code: "HF-HTTP-API-021",
  title:
    "The application is not approved for this: in development mode, not reviewed, or without the product or access " +
    "level",
  explanation:
    "The token is good. The vendor, or an administrator, limits what the application may do: until a review or an " +
    "audit, to the products and the plan (access level, project) it is registered for, and in development mode to " +
    "the accounts on the application's own list of users, testers or private accounts. Another token of this " +
    "application changes nothing.",
  fix: [
    {
      text: "look at the application's mode, products and access level in the vendor's developer console, and apply for what is missing",
      safety: "check first",
    },
    { text: "in development mode: add this user or account to the application's list", safety: "check first" },
  ],
  change: "human",
  links: [
    "https://docs.x.com/x-api/getting-started/about-x-api",
    spotify,
    "https://developers.facebook.com/docs/development/build-and-test/app-modes",
    "https://developers.tiktok.com/doc/content-sharing-guidelines",
  ],
  rivals: [],
  soleCause: spotify,
  find: onRefusal("approval", (facts) => `${nameOf(facts)} does not let this application do it yet.${spoken(facts)}`),
})

const account = rule({
  code: "HF-HTTP-API-022",
  title: "The account lacks what this needs: a plan, a licence, a channel or mailbox, or it is locked",
  explanation:
    "The method needs more than a valid token: a paid plan (Spotify Premium, Zoom Pro), a licence and a mailbox " +
    "(Microsoft 365, Google Workspace), a channel (YouTube), an active subscription (QuickBooks). A service " +
    "account has no mailbox of its own, and acts for a user only by domain-wide delegation with that user as " +
    "subject. The account that signed in has none, or is locked or suspended. The application and its scopes are " +
    "not at fault.",
  fix: [
    {
      text: "let the owner of the account add the plan, licence or channel, or sign in with an account that has it",
      safety: "check first",
    },
  ],
  change: "human",
  links: [
    "https://developers.google.com/youtube/v3/docs/errors",
    "https://developer.spotify.com/documentation/web-api/reference/start-a-users-playback",
    "https://learn.microsoft.com/en-us/graph/resolve-auth-errors",
  ],
  rivals: [],
  soleCause: "https://developers.google.com/youtube/v3/docs/errors",
  find: onRefusal("account", (facts) => `${nameOf(facts)} refuses because of the account.${spoken(facts)}`),
})

/** The rules of this topic. Among equally ranked findings, the first rule comes first. */
export const access = [tokenKind, approval, account] as const
