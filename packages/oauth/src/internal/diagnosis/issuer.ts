/**
 * Identifies the provider from the host and path of the request, or from provider-specific headers and messages.
 */
import type { Encoding } from "./requestFields.ts"

/** A provider. */
export interface Issuer {
  /** The identifier of the provider. */
  readonly system: string
  /** The name for people. */
  readonly name: string
  /** The formats that the provider's endpoints accept in addition to OAuth's form encoding. */
  readonly takes: ReadonlySet<Encoding>
  /** Whether the provider's documentation requires a form, in which case the provider does not read other body formats. */
  readonly wantsForm: boolean
}

interface Known extends Issuer {
  readonly host?: RegExp
  readonly path?: RegExp
  /** A response header that no other provider sends. */
  readonly header?: string
  /** Matches response text that only this provider sends. */
  readonly words?: RegExp
}

const entry = (
  system: string,
  name: string,
  signs: Pick<Known, "header" | "host" | "path" | "words">,
  takes: ReadonlyArray<Encoding> | "form" = [],
): Known => ({ system, name, ...signs, takes: new Set(takes === "form" ? [] : takes), wantsForm: takes === "form" })

/**
 * The providers. The formats come from the documentation of each provider. Trakt documents JSON, and Facebook documents query
 * parameters. GitHub and GitLab accept both JSON and query parameters. Auth0 uses forms and JSON in its examples.
 */
const providers: ReadonlyArray<Known> = [
  entry(
    "entra",
    "Microsoft Entra",
    {
      host: /^login\.(?:microsoftonline\.(?:com|us|de)|partner\.microsoftonline\.cn|microsoft\.com|windows\.net|live\.com|chinacloudapi\.cn)$|\.(?:b2clogin|ciamlogin)\.com$|^sts\.windows\.net$/i,
      header: "x-ms-ests-server",
      words: /\bAADSTS\d{4,8}\b|\bAADB2C\d{4,8}\b/,
    },
    "form",
  ),
  entry("google", "Google", { host: /(?:^|\.)googleapis\.com$|^accounts\.google\.com$/i }, ["json", "query"]),
  entry("github", "GitHub", { host: /^(?:api\.)?github\.com$/i, header: "x-github-request-id" }, ["json", "query"]),
  entry("gitlab", "GitLab", { host: /^gitlab\.com$/i, header: "x-gitlab-meta" }, ["json", "query", "multipart"]),
  entry("slack", "Slack", { host: /(?:^|\.)slack\.com$/i, header: "x-slack-req-id" }, ["query", "multipart"]),
  entry(
    "okta",
    "Okta",
    { host: /\.(?:okta|oktapreview|okta-emea|okta-gov)\.com$/i, header: "x-okta-request-id" },
    "form",
  ),
  entry("auth0", "Auth0", { host: /\.auth0\.com$/i, header: "x-auth0-requestid" }, ["json"]),
  entry("keycloak", "Keycloak", { path: /\/realms\/[^/]{1,80}\/(?:protocol|broker|clients-registrations)\// }, "form"),
  entry("twitch", "Twitch", { host: /(?:^|\.)twitch\.tv$/i }, ["query"]),
  entry("trakt", "Trakt", { host: /(?:^|\.)trakt\.tv$/i }, ["json"]),
  entry(
    "facebook",
    "Facebook",
    { host: /(?:^|\.)(?:facebook|instagram)\.com$/i, header: "x-fb-trace-id", words: /"fbtrace_id"\s*:/ },
    ["json", "query", "multipart"],
  ),
  entry("adobe", "Adobe", { host: /\.(?:adobelogin\.com|adobe\.io)$/i }, ["query", "multipart"]),
  entry("oauth", "Spotify", { host: /^(?:accounts|api)\.spotify\.com$/i }, "form"),
  entry("oauth", "Dropbox", { host: /\.(?:dropboxapi|dropbox)\.com$/i, header: "x-dropbox-request-id" }, ["query"]),
  entry("oauth", "Salesforce", { host: /\.(?:salesforce|force|cloudforce)\.com$/i }, ["query"]),
  entry("oauth", "Zoom", { host: /^(?:api\.)?zoom\.us$/i }, ["query"]),
  entry("oauth", "Discord", { host: /^(?:ptb\.|canary\.)?discord(?:app)?\.com$/i }, "form"),
  entry("oauth", "Amazon Cognito", { host: /\.amazoncognito\.com$|^cognito-idp\.[a-z0-9-]+\.amazonaws\.com$/i }, [
    "json",
  ]),
  entry("oauth", "AWS IAM Identity Center", { host: /^oidc\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/i }, ["json"]),
  entry("oauth", "Atlassian", { host: /^(?:auth|api)\.atlassian\.com$/i }, ["json"]),
  entry("oauth", "Amazon", { host: /^api\.amazon\.(?:com|co\.uk|co\.jp)$/i }, ["json"]),
  entry("oauth", "Apple", { host: /^(?:appleid|account)\.apple\.com$/i }, "form"),
  entry("oauth", "LinkedIn", { host: /^(?:www|api)\.linkedin\.com$/i }, ["query"]),
  entry("oauth", "HubSpot", { host: /^api\.(?:hubapi|hubspot)\.com$/i }, ["query"]),
  entry("oauth", "Zoho", { host: /^accounts\.zoho(?:cloud)?\.[a-z.]{2,6}$|\.zohoapis\.[a-z.]{2,6}$/i }, [
    "query",
    "multipart",
  ]),
  entry("oauth", "Xero", { host: /^(?:identity|api)\.xero\.com$/i }, "form"),
  entry(
    "oauth",
    "Strava",
    {
      host: /(?:^|\.)strava\.com$/i,
      words:
        /"errors"\s*:\s*\[\s*\{\s*"resource"\s*:\s*"(?:Athlete|AccessToken|RefreshToken|AuthorizationCode|Application|Authorize)"/,
    },
    ["json", "query", "multipart"],
  ),
  entry("oauth", "Atlassian", { host: /(?:^|\.)(?:atlassian\.(?:com|net)|bitbucket\.org)$/i }, ["json"]),
  entry(
    "oauth",
    "X",
    { host: /^(?:api|upload)\.(?:twitter|x)\.com$/i, words: /"https:\/\/api\.(?:twitter|x)\.com\/2\/problems\// },
    "form",
  ),
  entry("oauth", "Reddit", { host: /(?:^|\.)reddit\.com$/i }, "form"),
  entry("oauth", "TikTok", { host: /(?:^|\.)(?:tiktokapis|tiktok)\.com$/i }, "form"),
  entry("oauth", "Fitbit", { host: /^(?:api|www)\.fitbit\.com$/i, words: /dev\.fitbit\.com\/docs/ }, "form"),
  entry("oauth", "Withings", { host: /^wbsapi\.withings\.net$/i }, "form"),
  entry("oauth", "Vimeo", { host: /^api\.vimeo\.com$/i, words: /"developer_message"\s*:/ }, ["json"]),
  entry("oauth", "Patreon", { host: /^(?:www|api)\.patreon\.com$/i }, ["query"]),
  entry("oauth", "Box", { host: /^(?:api|upload|account)\.box\.com$/i, header: "box-request-id" }, "form"),
  entry("oauth", "Intuit", { host: /\.intuit\.com$/i, header: "intuit_tid" }, "form"),
  entry("oauth", "Notion", { host: /^api\.notion\.com$/i, header: "x-notion-request-id" }, ["json"]),
  entry("oauth", "Shopify", { host: /\.myshopify\.com$/i }, ["json", "query"]),
  entry("oauth", "Yahoo", { host: /(?:^|\.)(?:login|yahooapis)\.yahoo(?:apis)?\.com$/i }, "form"),
  entry("oauth", "Pinterest", { host: /^api(?:-sandbox)?\.pinterest\.com$/i }, "form"),
  entry("oauth", "Figma", { host: /^(?:api|www)\.figma\.com$/i }, "form"),
  entry(
    "oauth",
    "Ping Identity",
    { host: /\.(?:pingone|pingidentity)\.[a-z.]{2,6}$/i, path: /\/as\/token\.oauth2$/ },
    "form",
  ),
]

/** Returns the provider, or `undefined` if nothing in the exchange identifies the provider. */
export const find = (
  url: URL | undefined,
  answerHeader: (name: string) => string | undefined,
  body: string,
): Issuer | undefined => {
  const beginning = body.slice(0, 4096)
  return (
    (url === undefined
      ? undefined
      : providers.find(({ host, path }) => host?.test(url.hostname) === true || path?.test(url.pathname) === true)) ??
    providers.find(
      ({ header, words }) =>
        (header !== undefined && answerHeader(header) !== undefined) || words?.test(beginning) === true,
    )
  )
}
