/**
 * The lifetimes of refresh tokens at providers that document them. The lifetimes suggest the usual reason when a provider
 * rejects a refresh token without a message.
 */
import type { OAuthFacts } from "../facts.ts"

/**
 * The usual reasons why each provider rejects a refresh token.
 *
 * Sources: developers.google.com/identity/protocols/oauth2#expiration, learn.microsoft.com/entra/identity-platform/refresh-tokens,
 * docs.gitlab.com/api/oauth2, developer.okta.com/docs/guides/refresh-tokens, auth0.com/docs/secure/tokens/refresh-tokens,
 * help.salesforce.com (OAuth policies), developers.zoom.us/docs/integrations/oauth, dev.twitch.tv/docs/authentication/refresh-tokens,
 * docs.aws.amazon.com/cognito (refresh token), www.keycloak.org/docs (timeouts), docs.slack.dev/authentication/using-token-rotation.
 */
const lives: Readonly<Record<string, string>> = {
  Google:
    "Google revokes refresh tokens 7 days after a sign-in if the app is in Testing, and after six months without " +
    "use. Google also revokes refresh tokens when the password changes, when access is removed, and when an " +
    "account has more than 100 refresh tokens for a client.",
  "Microsoft Entra":
    "Entra revokes refresh tokens after 90 days, when the password changes, and when an administrator revokes the " +
    "sessions.",
  GitLab:
    "GitLab's refresh tokens are valid for one use, so a parallel or repeated refresh presents a token that has " +
    "already been replaced.",
  GitHub: "GitHub's refresh tokens are valid for six months, and each refresh replaces the token.",
  Okta: "Okta's refresh tokens expire after 7 days without use (by default), and each refresh replaces the token if rotation is enabled.",
  Auth0:
    "Auth0's refresh tokens have idle and absolute lifetimes, and the reuse of a rotated token revokes the whole " +
    "token family.",
  Keycloak:
    "Keycloak's refresh tokens expire with the user's session (idle and maximum timeouts) or when the session is " +
    "revoked.",
  Salesforce:
    "Salesforce revokes refresh tokens according to the policy of the connected app, and when a user revokes " +
    "access. Salesforce also revokes refresh tokens if a user approves the same app more than five times.",
  Zoom: "Zoom's refresh tokens are valid for 90 days, and each refresh replaces the token, so only the newest token is valid.",
  Twitch:
    "Twitch revokes refresh tokens when the password changes or the app is disconnected. Twitch refresh tokens for " +
    "public clients are valid for one use within 30 days.",
  Slack: "Slack's refresh tokens are valid for one use, and each refresh issues a new token.",
  Discord: "Each refresh replaces Discord's.",
  Spotify:
    "Spotify revokes refresh tokens when the user removes the app, and each refresh replaces the token of a PKCE " +
    "client.",
  "Amazon Cognito":
    "The Cognito refresh token has expired, was revoked, belongs to another app client, or needs the DEVICE_KEY of " +
    "a remembered device.",
  Trakt: "Each refresh replaces Trakt's refresh token, which is valid only with the redirect address of its sign-in.",
}

/** The usual reason why this provider rejects a refresh token; empty if the reason is not known. */
export const usual = ({ issuer }: OAuthFacts): string => {
  const life = lives[issuer?.name ?? ""]
  return life === undefined ? "" : ` ${life}`
}
