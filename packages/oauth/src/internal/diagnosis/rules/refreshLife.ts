/**
 * The lifetimes of refresh tokens at providers that document them, which show the usual reason of a rejection without a
 * message.
 */
import type { OAuthFacts } from "../facts.ts"

/**
 * The usual reasons by provider.
 *
 * Sources: developers.google.com/identity/protocols/oauth2#expiration, learn.microsoft.com/entra/identity-platform/refresh-tokens,
 * docs.gitlab.com/api/oauth2, developer.okta.com/docs/guides/refresh-tokens, auth0.com/docs/secure/tokens/refresh-tokens,
 * help.salesforce.com (OAuth policies), developers.zoom.us/docs/integrations/oauth, dev.twitch.tv/docs/authentication/refresh-tokens,
 * docs.aws.amazon.com/cognito (refresh token), www.keycloak.org/docs (timeouts), docs.slack.dev/authentication/using-token-rotation.
 */
const lives: Readonly<Record<string, string>> = {
  Google:
    "Google revokes them 7 days after a sign-in while the app is in Testing, after six months without use, when " +
    "the password changes, when access is removed, and beyond 100 for an account and client.",
  "Microsoft Entra":
    "Entra revokes them after 90 days, when the password changes, and when an administrator revokes the sessions.",
  GitLab: "GitLab's are valid for one use: a parallel or repeated refresh presents one that was already replaced.",
  GitHub: "GitHub's are valid for six months, and each refresh replaces them.",
  Okta: "Okta's expire after 7 days without use (by default), and each refresh replaces them if rotation is on.",
  Auth0: "Auth0's have idle and absolute lifetimes, and the reuse of a rotated one revokes the whole family.",
  Keycloak: "Keycloak's end with the person's session (idle and maximum timeouts), or when it is revoked.",
  Salesforce:
    "Salesforce revokes them by the policy of the connected app, when a person revokes access, and beyond five " +
    "approvals for a person and app.",
  Zoom: "Each refresh replaces Zoom's, which live 90 days: only the newest one is valid.",
  Twitch:
    "Twitch revokes them when the password changes or the app is disconnected; those of public clients are valid " +
    "for one use within 30 days.",
  Slack: "Slack's are valid for one use: each refresh issues a new one.",
  Discord: "Each refresh replaces Discord's.",
  Spotify:
    "Spotify revokes them when the person removes the app, and replaces those of PKCE clients with each refresh.",
  "Amazon Cognito":
    "Cognito's have expired or were revoked, belong to another app client, or need the DEVICE_KEY of a remembered device.",
  Trakt: "Each refresh replaces Trakt's, and they belong to the redirect address of their sign-in.",
}

/** The usual reason why this provider rejects a refresh token; empty if it is not known. */
export const usual = ({ issuer }: OAuthFacts): string => {
  const life = lives[issuer?.name ?? ""]
  return life === undefined ? "" : ` ${life}`
}
