import { assert, describe, it } from "@effect/vitest"
import { OAuthError } from "@holdfast/oauth"
import * as Diagnosis from "@holdfast/oauth/Diagnosis"
import { Effect } from "effect"
import * as ByHand from "../../support/requests/byHand.ts"
import { assertHidden } from "../../support/requests/hidden.ts"
import { camera, desktop, deviceGrant, type OidcProvider, start } from "../../support/oidc/OidcProvider.ts"
import * as Person from "../../support/oidc/Person.ts"

type Fields = Readonly<Record<string, string>>

const { clientId, clientSecret, scope } = camera
const client: Fields = { client_id: clientId, client_secret: clientSecret }

const form = (url: string, fields: Fields | string, headers: Fields = {}) =>
  ByHand.ask(url, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    body: typeof fields === "string" ? fields : new URLSearchParams(fields).toString(),
  })

const json = <A>({ response }: ByHand.Answered): A => JSON.parse(response.body) as A

interface Code {
  readonly device_code: string
  readonly user_code: string
  readonly verification_uri: string
}

interface Tokens {
  readonly access_token: string
  readonly refresh_token: string
}

const code = async ({ deviceEndpoint }: OidcProvider) => json<Code>(await form(deviceEndpoint, { ...client, scope }))

const poll = ({ tokenEndpoint }: OidcProvider, device_code: string, more: Fields = {}) =>
  form(tokenEndpoint, { grant_type: deviceGrant, ...client, device_code, ...more })

const refresh = ({ tokenEndpoint }: OidcProvider, refresh_token: string, more: Fields = {}) =>
  form(tokenEndpoint, { grant_type: "refresh_token", ...client, refresh_token, ...more })

const signIn = async (provider: OidcProvider) => {
  const { device_code, user_code, verification_uri } = await code(provider)
  await Person.approve({ userCode: user_code, verificationUri: verification_uri }, "alice")
  return { device_code, ...json<Tokens>(await poll(provider, device_code)) }
}

interface Wrong {
  readonly what: string
  readonly tag: OAuthError["_tag"]
  readonly code: string
  readonly ask: (provider: OidcProvider) => Promise<ByHand.Answered>
}

const wrong: ReadonlyArray<Wrong> = [
  {
    what: "the person has not approved yet",
    tag: "AuthorizationPending",
    code: "HF-OAUTH-DEVICE-001",
    ask: async (provider) => poll(provider, (await code(provider)).device_code),
  },
  {
    what: "the person declined",
    tag: "AccessDenied",
    code: "HF-OAUTH-DEVICE-005",
    ask: async (provider) => {
      const { device_code, user_code, verification_uri } = await code(provider)
      await Person.refuse({ userCode: user_code, verificationUri: verification_uri })
      return poll(provider, device_code)
    },
  },
  {
    what: "the code is unknown",
    tag: "InvalidGrant",
    code: "HF-OAUTH-GRANT-002",
    ask: (provider) => poll(provider, "nobody-gave-this-code"),
  },
  {
    what: "the code has already been used",
    tag: "InvalidGrant",
    code: "HF-OAUTH-GRANT-002",
    ask: async (provider) => poll(provider, (await signIn(provider)).device_code),
  },
  {
    what: "the refresh token has already been used",
    tag: "InvalidGrant",
    code: "HF-OAUTH-GRANT-003",
    ask: async (provider) => {
      const { refresh_token } = await signIn(provider)
      await refresh(provider, refresh_token)
      return refresh(provider, refresh_token)
    },
  },
  {
    what: "the refresh requests a wider scope",
    tag: "InvalidScope",
    code: "HF-OAUTH-REQUEST-008",
    ask: async (provider) =>
      refresh(provider, (await signIn(provider)).refresh_token, { scope: "openid offline_access everything" }),
  },
  {
    what: "the secret is wrong",
    tag: "InvalidClient",
    code: "HF-OAUTH-CLIENT-002",
    ask: (provider) => form(provider.deviceEndpoint, { client_id: clientId, client_secret: "wrong", scope }),
  },
  {
    what: "the client is unknown",
    tag: "InvalidClient",
    code: "HF-OAUTH-CLIENT-003",
    ask: (provider) => form(provider.deviceEndpoint, { client_id: "nobody", scope }),
  },
  {
    // The provider sends invalid_request. Its words are those of unauthorized_client (RFC 6749 section 5.2).
    what: "the client is not allowed to use the grant",
    tag: "UnauthorizedClient",
    code: "HF-OAUTH-CLIENT-006",
    ask: (provider) =>
      form(provider.tokenEndpoint, {
        grant_type: deviceGrant,
        client_id: desktop.clientId,
        client_secret: desktop.clientSecret,
        device_code: "any",
      }),
  },
  {
    what: "the body is multipart",
    tag: "InvalidRequest",
    code: "HF-OAUTH-REQUEST-001",
    ask: (provider) =>
      ByHand.post(provider.tokenEndpoint, Object.entries({ grant_type: deviceGrant, ...client, device_code: "any" })),
  },
  {
    what: "the body is JSON",
    tag: "InvalidRequest",
    code: "HF-OAUTH-REQUEST-001",
    ask: (provider) =>
      form(provider.tokenEndpoint, JSON.stringify({ grant_type: deviceGrant, ...client }), {
        "content-type": "application/json",
      }),
  },
  {
    what: "a field occurs twice",
    tag: "InvalidRequest",
    code: "HF-OAUTH-REQUEST-002",
    ask: (provider) =>
      form(provider.deviceEndpoint, `${new URLSearchParams({ ...client, scope }).toString()}&scope=openid`),
  },
  {
    what: "the grant type is missing",
    tag: "InvalidRequest",
    code: "HF-OAUTH-REQUEST-003",
    ask: (provider) => form(provider.tokenEndpoint, { ...client, device_code: "any" }),
  },
  {
    what: "the client id is missing",
    tag: "InvalidRequest",
    code: "HF-OAUTH-REQUEST-004",
    ask: (provider) => form(provider.deviceEndpoint, { scope }),
  },
  {
    what: "the device code is missing",
    tag: "InvalidRequest",
    code: "HF-OAUTH-REQUEST-005",
    ask: (provider) => form(provider.tokenEndpoint, { grant_type: deviceGrant, ...client }),
  },
  {
    what: "the refresh token is missing",
    tag: "InvalidRequest",
    code: "HF-OAUTH-REQUEST-006",
    ask: (provider) => form(provider.tokenEndpoint, { grant_type: "refresh_token", ...client }),
  },
  {
    what: "the grant type is misspelled",
    tag: "UnsupportedGrantType",
    code: "HF-OAUTH-REQUEST-007",
    ask: (provider) => form(provider.tokenEndpoint, { grant_type: "device_code", ...client, device_code: "any" }),
  },
  {
    what: "the method is GET",
    tag: "NotFound",
    code: "HF-OAUTH-REQUEST-009",
    ask: (provider) => ByHand.ask(provider.tokenEndpoint, { method: "GET" }),
  },
  {
    what: "the Accept header requests a page",
    tag: "UnknownOAuthError",
    code: "HF-OAUTH-REQUEST-010",
    ask: (provider) =>
      form(provider.tokenEndpoint, { grant_type: deviceGrant, ...client, device_code: "any" }, { accept: "text/html" }),
  },
  {
    what: "the endpoint does not exist",
    tag: "NotFound",
    code: "HF-OAUTH-SERVER-004",
    ask: (provider) =>
      form(`${provider.issuer}/oauth/token`, { grant_type: deviceGrant, ...client, device_code: "any" }),
  },
  {
    what: "the access token is missing",
    tag: "InvalidGrant",
    code: "HF-OAUTH-BEARER-001",
    ask: ({ issuer }) => ByHand.ask(`${issuer}/me`, { method: "GET" }),
  },
  {
    what: "the access token is unknown",
    tag: "InvalidGrant",
    code: "HF-OAUTH-BEARER-003",
    ask: ({ issuer }) =>
      ByHand.ask(`${issuer}/me`, { method: "GET", headers: { authorization: "Bearer nobody-gave-this-token" } }),
  },
]

describe.concurrent("an invalid sign-in request, sent to oidc-provider", () => {
  for (const { ask, code, tag, what } of wrong) {
    it.live(`reports ${tag} and explains ${code} if ${what}`, () =>
      Effect.gen(function* () {
        const provider = yield* start()
        const exchange = yield* Effect.promise(() => ask(provider))
        assert.strictEqual(OAuthError.fromResponse(exchange.response)._tag, tag)
        const explanation = Diagnosis.explain(exchange)
        assert.strictEqual(explanation.code, code)
        assertHidden([clientSecret, desktop.clientSecret], explanation)
      }).pipe(Effect.scoped),
    )
  }
})
