/**
 * How long refresh tokens live at providers that document it: what a refusal without words usually means there.
 */
import type { OAuthFacts } from "../facts.ts"

/**
 * By the name of the provider.
 *
 * Sources: developers.google.com/identity/protocols/oauth2#expiration, learn.microsoft.com/entra/identity-platform/refresh-tokens,
 * docs.gitlab.com/api/oauth2, developer.okta.com/docs/guides/refresh-tokens, auth0.com/docs/secure/tokens/refresh-tokens,
 * help.salesforce.com (OAuth policies), developers.zoom.us/docs/integrations/oauth, dev.twitch.tv/docs/authentication/refresh-tokens,
 * docs.aws.amazon.com/cognito (refresh token), www.keycloak.org/docs (timeouts), docs.slack.dev/authentication/using-token-rotation.
 */
const lives: Readonly<Record<string, string>> = {
  Google:
    "Google ends them 7 days after a sign-in while the app is in Testing, after six months without use, with a changed password, when access is removed, and beyond 100 for an account and client.",
  "Microsoft Entra":
    "Entra ends them after 90 days, with a changed password, and when an administrator revokes the sessions.",
  GitLab: "GitLab's are good for one use: a parallel or repeated refresh brings one that was replaced already.",
  GitHub: "GitHub's live six months, and are replaced by each refresh.",
  Okta: "Okta ends them when they are not used for 7 days (by default), and replaces them where rotation is on.",
  Auth0:
    "Auth0 ends them by idle and absolute lifetimes, and the whole family when one that was rotated is used again.",
  Keycloak: "Keycloak ends them with the session of the person (idle and maximum timeouts), or when it is revoked.",
  Salesforce:
    "Salesforce ends them by the policy of the connected app, when a person revokes access, and beyond five approvals for a person and app.",
  Zoom: "Zoom's are replaced by each refresh and live 90 days: only the newest one is good.",
  Twitch:
    "Twitch ends them with a changed password or a disconnected app; those of public clients are good for one use within 30 days.",
  Slack: "Slack's are good for one use: each refresh brings a new one.",
  Discord: "Discord's are replaced by each refresh.",
  Spotify: "Spotify ends them when the person removes the app, and replaces those of PKCE clients with each refresh.",
  "Amazon Cognito":
    "Cognito's have expired or were revoked, belong to another app client, or need the DEVICE_KEY of a remembered device.",
  Trakt: "Trakt's are replaced by each refresh, and belong to the redirect address of their sign-in.",
}

/** What a refusal of a refresh token usually means at this provider; empty if it is not known. */
export const usual = ({ issuer }: OAuthFacts): string => {
  const life = lives[issuer?.name ?? ""]
  return life === undefined ? "" : ` ${life}`
}
