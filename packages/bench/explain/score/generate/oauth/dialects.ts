/**
 * Sign-in servers: their addresses, and the format of their tokens and errors.
 *
 * Sources: RFC 6749, 6750, 7009 and 8628, and the vendors' pages: learn.microsoft.com/entra/identity-platform
 * (reference-error-codes, v2-oauth2-device-code), developers.google.com/identity/protocols/oauth2/limited-input-device,
 * docs.github.com/apps/oauth-apps (authorizing, troubleshooting), docs.gitlab.com/api/oauth2, docs.slack.dev (oauth.v2.access,
 * token rotation), developer.okta.com/docs/api/openapi/okta-oauth, auth0.com/docs (device flow, rate limits),
 * www.keycloak.org (TokenEndpoint of its sources), dev.twitch.tv/docs/authentication, trakt.docs.apiary.io,
 * developers.facebook.com/docs/facebook-login/for-devices, developer.adobe.com (IMS).
 */
import * as Chance from "../chance.ts"
import type { Random } from "../chance.ts"
import { rfc, type Said, type Words } from "./said.ts"
import type { Kind, Step } from "./steps.ts"
import { words } from "./words.ts"

/** A response before it is encoded. */
export interface Answer {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body?: string
}

/** The properties of one server. */
export interface Dialect {
  readonly name: string
  /** The addresses of its endpoints. */
  readonly urls: Partial<Readonly<Record<Kind, string>>>
  /** How its clients encode their fields. */
  readonly json: boolean
  /** Whether its clients have a secret. */
  readonly secret: boolean
  readonly headers: (random: Random) => Readonly<Record<string, string>>
  readonly words: Words
  /** The format of an error. */
  readonly write: (said: Said, random: Random, now: number) => Omit<Answer, "headers">
  /** The format of tokens, beyond the RFC. */
  readonly token: Readonly<Record<string, unknown>>
}

const json = ({ description, error, more = {}, status }: Said) => ({
  status,
  body: JSON.stringify({ error, ...(description === "" ? {} : { error_description: description }), ...more }),
})

const none = () => ({})

const at = (base: string, paths: Partial<Record<Kind, string>>): Dialect["urls"] =>
  Object.fromEntries(
    Object.entries(paths).map(([kind, path]) => [kind, path.startsWith("http") ? path : `${base}${path}`]),
  )

const dialect = (name: string, urls: Dialect["urls"], more: Partial<Dialect> = {}): Dialect => ({
  name,
  urls,
  json: false,
  secret: true,
  headers: none,
  words: {},
  write: json,
  token: {},
  ...more,
})

const tenant = "11111111-2222-3333-4444-555555555555"

/** Entra puts a number before each sentence and a trace after it. */
const entra: Dialect["write"] = ({ description, error, status }, random, now) => {
  const [, number = ""] = /^AADSTS(\d+)/.exec(description) ?? []
  const trace = Chance.uuid(random)
  const time = Chance.isoDate(now).replace("T", " ")
  return {
    status,
    body: JSON.stringify({
      error,
      error_description: `${description} Trace ID: ${trace} Correlation ID: ${Chance.uuid(random)} Timestamp: ${time}`,
      ...(number === "" ? {} : { error_codes: [Number(number)] }),
      timestamp: time,
      trace_id: trace,
      ...(number === "" ? {} : { error_uri: `https://login.microsoftonline.com/error?code=${number}` }),
    }),
  }
}

/** All servers. */
export const dialects: ReadonlyArray<Dialect> = [
  dialect(
    "oauth",
    at("https://idp.example", {
      device: "/device/auth",
      poll: "/token",
      refresh: "/token",
      client: "/token",
      revoke: "/token/revocation",
      api: "https://api.example/v1/reels",
    }),
  ),
  dialect(
    "entra",
    at(`https://login.microsoftonline.com/${tenant}/oauth2/v2.0`, {
      device: "/devicecode",
      poll: "/token",
      refresh: "/token",
      client: "/token",
    }),
    {
      secret: false,
      headers: (random) => ({ "x-ms-request-id": Chance.uuid(random), "x-ms-ests-server": "2.1.19492.4 - WEULR1" }),
      words: words.entra,
      write: entra,
      token: { scope: "User.Read", ext_expires_in: 3599 },
    },
  ),
  dialect(
    "google",
    at("https://oauth2.googleapis.com", {
      device: "/device/code",
      poll: "/token",
      refresh: "/token",
      revoke: "/revoke",
      api: "https://www.googleapis.com/drive/v3/files",
    }),
    { headers: () => ({ Server: "scaffolding on HTTPServer2", "X-XSS-Protection": "0" }), words: words.google },
  ),
  dialect(
    "github",
    at("https://github.com/login", {
      device: "/device/code",
      poll: "/oauth/access_token",
      refresh: "/oauth/access_token",
      api: "https://api.github.com/user",
    }),
    {
      headers: (random) => ({
        Server: "GitHub.com",
        "X-GitHub-Request-Id": `${Chance.hex(random, 4).toUpperCase()}:1F2A:3B`,
      }),
      words: words.github,
      write: (said) =>
        said.error === ""
          ? {
              status: said.status,
              body: JSON.stringify({ message: said.description, documentation_url: "https://docs.github.com/rest" }),
            }
          : json({ ...said, more: { ...said.more, error_uri: "https://docs.github.com" } }),
      token: { scope: "", refresh_token_expires_in: 15_897_600 },
    },
  ),
  dialect(
    "gitlab",
    at("https://gitlab.com/oauth", {
      device: "/authorize_device",
      poll: "/token",
      refresh: "/token",
      revoke: "/revoke",
      api: "https://gitlab.com/api/v4/user",
    }),
    {
      headers: (random) => ({ "X-Request-Id": Chance.letters(random, 26, Chance.upper), Server: "cloudflare" }),
      words: words.gitlab,
      write: (said) =>
        said.error === "" ? { status: said.status, body: JSON.stringify({ message: said.description }) } : json(said),
    },
  ),
  dialect(
    "slack",
    at("https://slack.com/api", { refresh: "/oauth.v2.access", revoke: "/auth.revoke", api: "/conversations.list" }),
    {
      headers: (random) => ({ "x-slack-req-id": Chance.hex(random, 32), server: "Apache" }),
      words: words.slack,
      write: ({ error, more = {}, status }) => ({ status, body: JSON.stringify({ ok: false, error, ...more }) }),
      token: { ok: true },
    },
  ),
  dialect(
    "okta",
    at("https://dev-00000000.okta.com/oauth2/default/v1", {
      device: "/device/authorize",
      poll: "/token",
      refresh: "/token",
      client: "/token",
      revoke: "/revoke",
    }),
    {
      headers: (random) => ({ "x-okta-request-id": Chance.hex(random, 32) }),
      words: words.okta,
      write: (said) =>
        /^E\d+$/.test(said.error)
          ? {
              status: said.status,
              body: JSON.stringify({
                errorCode: said.error,
                errorSummary: said.description,
                errorLink: said.error,
                errorCauses: [],
              }),
            }
          : json(said),
    },
  ),
  dialect(
    "auth0",
    at("https://tenant.eu.auth0.com/oauth", {
      device: "/device/code",
      poll: "/token",
      refresh: "/token",
      client: "/token",
      revoke: "/revoke",
    }),
    { headers: () => ({ Server: "cloudflare", "x-auth0-requestid": "5f0e1a2b3c4d" }), words: words.auth0 },
  ),
  dialect(
    "keycloak",
    at("https://sso.example/realms/studio/protocol/openid-connect", {
      device: "/auth/device",
      poll: "/token",
      refresh: "/token",
      client: "/token",
      revoke: "/revoke",
      api: "/userinfo",
    }),
    { words: words.keycloak, token: { refresh_expires_in: 1800, "not-before-policy": 0, session_state: tenant } },
  ),
  dialect(
    "twitch",
    at("https://id.twitch.tv/oauth2", {
      device: "/device",
      poll: "/token",
      refresh: "/token",
      client: "/token",
      revoke: "/revoke",
      api: "https://api.twitch.tv/helix/users",
    }),
    {
      words: words.twitch,
      write: ({ description, status }) => ({
        status,
        body: JSON.stringify({ status, message: description, ...(status === 401 ? { error: "Unauthorized" } : {}) }),
      }),
      token: { scope: ["chat:read"] },
    },
  ),
  dialect(
    "trakt",
    at("https://api.trakt.tv", {
      device: "/oauth/device/code",
      poll: "/oauth/device/token",
      refresh: "/oauth/token",
      revoke: "/oauth/revoke",
      api: "/users/settings",
    }),
    {
      json: true,
      headers: () => ({ Server: "cloudflare" }),
      words: words.trakt,
      write: (said) => (said.error === "" ? { status: said.status } : json(said)),
      token: { scope: "public", created_at: 1_795_000_000 },
    },
  ),
  dialect(
    "facebook",
    at("https://graph.facebook.com/v19.0", { device: "/device/login", poll: "/device/login_status", api: "/me" }),
    {
      secret: false,
      headers: (random) => ({
        "x-fb-trace-id": Chance.letters(random, 11, Chance.plain),
        "x-fb-request-id": Chance.uuid(random),
      }),
      words: words.facebook,
      write: ({ description, more = {}, status }, random) => ({
        status,
        body: JSON.stringify({
          error: {
            message: description,
            type: "OAuthException",
            ...more,
            fbtrace_id: Chance.letters(random, 11, Chance.plain),
          },
        }),
      }),
    },
  ),
  dialect(
    "adobe",
    at("https://ims-na1.adobelogin.com/ims", { refresh: "/token/v3", client: "/token/v3", revoke: "/revoke" }),
    { headers: (random) => ({ "x-debug-id": Chance.uuid(random) }), words: words.adobe },
  ),
]

/** The server's response if a check fails. */
export const said = ({ words: own }: Dialect, step: Step): Said => own[step] ?? rfc[step]
