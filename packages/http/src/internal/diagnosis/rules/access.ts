/**
 * Rules for requests that fail because a valid token, an application or an account lacks access.
 */
import type { HttpFacts } from "../facts.ts"
import { hostOf, onRefusal, spoken, starting, topic } from "../rule.ts"

const rule = topic("access")

const nameOf = (facts: HttpFacts): string => starting(facts.vendor?.name ?? hostOf(facts))

const graph = "https://learn.microsoft.com/en-us/graph/auth/auth-concepts#access-scenarios"
const spotify = "https://developer.spotify.com/documentation/web-api/concepts/quota-modes"

const tokenKind = rule({
  code: "HF-HTTP-API-020",
  title:
    "The token is of the wrong kind: the request requires a user's token instead of an application's token, or " +
    "vice versa",
  explanation:
    "APIs issue several kinds of tokens. Some tokens belong to the application itself (client credentials, " +
    "app-only, a bot), and some belong to a signed-in user (user context or delegated). Other tokens belong to a " +
    "page or to a whole team. Each API method accepts only some kinds of tokens and rejects the other kinds " +
    "regardless of their scopes. An address that contains `me` requires a user's token.",
  fix: [
    {
      text: "obtain the token through the sign-in flow that the response or the method's documentation specifies: let a user sign in to access the user's data, and use client credentials to access the application's data",
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
    (facts) =>
      `${nameOf(facts)} does not accept this kind of access token or authentication for this request.${spoken(facts)}`,
  ),
})

const approval = rule({
  code: "HF-HTTP-API-021",
  title:
    "The application is not approved for this request: it is in development mode, is not reviewed, or lacks a " +
    "product or access level",
  explanation:
    "The token is good. The vendor or an administrator limits what the application is allowed to do. Until it " +
    "passes a review or audit, the application can use only the products and the plan (access level, project) for " +
    "which it is registered. In development mode, the application can access only the accounts on its own list of " +
    "users, testers or private accounts. A different token for this application does not solve the problem.",
  fix: [
    {
      text: "check the application's mode, products and access level in the vendor's developer console, and apply for anything that is missing",
      safety: "check first",
    },
    {
      text: "in development mode, add this user or account to the application's list of permitted accounts",
      safety: "check first",
    },
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
  find: onRefusal(
    "approval",
    (facts) => `${nameOf(facts)} does not allow this application to make the request yet.${spoken(facts)}`,
  ),
})

const account = rule({
  code: "HF-HTTP-API-022",
  title:
    "The account is locked or lacks something that the request requires: a plan, a license, a channel or a mailbox",
  explanation:
    "The method requires more than a valid token. Some methods require a paid plan (Spotify Premium, Zoom Pro) or " +
    "a license and a mailbox (Microsoft 365, Google Workspace). Other methods require a channel (YouTube) or an " +
    "active subscription (QuickBooks). A service account has no mailbox of its own and can act for a user only " +
    "through domain-wide delegation with that user as the subject. The signed-in account lacks what the method " +
    "requires, or the account is locked or suspended. The application and its scopes are not the cause.",
  fix: [
    {
      text: "ask the account's owner to add the missing plan, license or channel, or sign in with an account that already has it",
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
  find: onRefusal("account", (facts) => `${nameOf(facts)} rejects the request because of the account.${spoken(facts)}`),
})

/**
 * All rules about valid tokens, applications or accounts that lack access to a resource. Findings of equal rank are sorted in
 * the order in which their rules are listed.
 */
export const access = [tokenKind, approval, account] as const
