/**
 * Faults that `oidc-provider` rejects.
 */
import type { Exchange, Request } from "@holdfast/diagnosis/Exchange"
import { createHash, generateKeyPairSync, randomUUID, sign } from "node:crypto"
import { setTimeout as sleep } from "node:timers/promises"
import { camera, desktop, deviceGrant, kiosk, type OidcProvider } from "../oidc/OidcProvider.ts"
import * as Person from "../oidc/Person.ts"
import type { Case } from "./proof.ts"
import * as Wire from "./wire.ts"

type Fields = Readonly<Record<string, string>>

const client: Fields = { client_id: camera.clientId, client_secret: camera.clientSecret }
const application: Fields = {
  grant_type: "client_credentials",
  client_id: desktop.clientId,
  client_secret: desktop.clientSecret,
}

const encoded = (fields: Fields): string => new URLSearchParams(fields).toString()

const formType = { "Content-Type": "application/x-www-form-urlencoded" }

const form = (url: string, fields: Fields | string, headers: Fields = {}): Request => ({
  method: "POST",
  url,
  headers: { Accept: "application/json", ...formType, ...headers },
  body: typeof fields === "string" ? fields : encoded(fields),
})

const json = <A>({ response }: Exchange): A => JSON.parse(response?.body ?? "{}") as A

interface Code {
  readonly device_code: string
  readonly user_code: string
  readonly verification_uri: string
}

interface Tokens {
  readonly access_token: string
  readonly refresh_token: string
}

const newCode = async ({ deviceEndpoint }: OidcProvider): Promise<Code> =>
  json<Code>(await Wire.send(form(deviceEndpoint, { ...client, scope: camera.scope })))

const approve = ({ user_code, verification_uri }: Code) =>
  Person.approve({ userCode: user_code, verificationUri: verification_uri }, "alice")

const poll = ({ tokenEndpoint }: OidcProvider, { device_code }: Code, headers: Fields = {}): Request =>
  form(tokenEndpoint, { grant_type: deviceGrant, ...client, device_code }, headers)

const signIn = async (provider: OidcProvider): Promise<Tokens> => {
  const code = await newCode(provider)
  await approve(code)
  return json<Tokens>(await Wire.send(poll(provider, code)))
}

const refresh = ({ tokenEndpoint }: OidcProvider, { refresh_token }: Tokens, more: Fields = {}): Request =>
  form(tokenEndpoint, { grant_type: "refresh_token", ...client, refresh_token, ...more })

/** A proof of possession (RFC 9449) with the server's nonce. */
const proven = async (request: Request, nonce: string | undefined): Promise<Request> => {
  const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url")
  const header = { typ: "dpop+jwt", alg: "ES256", jwk: publicKey.export({ format: "jwk" }) }
  const payload = {
    jti: randomUUID(),
    htm: request.method,
    htu: request.url,
    iat: Math.floor(Date.now() / 1000),
    ...(nonce === undefined ? {} : { nonce }),
  }
  const text = `${base64(header)}.${base64(payload)}`
  const signature = sign("sha256", Buffer.from(text), { key: privateKey, dsaEncoding: "ieee-p1363" })
  return { ...request, headers: { ...request.headers, DPoP: `${text}.${signature.toString("base64url")}` } }
}

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })

/** The cases; `slow` is a provider that answers the first poll with `slow_down`. */
export const cases = (provider: OidcProvider, slow: OidcProvider): ReadonlyArray<Case> => {
  const { deviceEndpoint, issuer, tokenEndpoint } = provider
  const one = (code: string, request: () => Request | Promise<Request>, more: Partial<Case> = {}): Case => ({
    code,
    peer: "oidc-provider",
    provoke: async () => Wire.send(await request()),
    again: (repaired) => Wire.send(repaired),
    token: async () => (await signIn(provider)).access_token,
    ...more,
  })
  /** Lets the person approve before the next poll. */
  const approved = (at: OidcProvider, code: string, headers: Fields, wait = 0): Case => {
    let pending: Code | undefined
    return one(
      code,
      async () => {
        pending = await newCode(at)
        return poll(at, pending, headers)
      },
      {
        again: async (repaired) => {
          if (pending !== undefined) await approve(pending)
          await sleep(wait)
          return Wire.send(repaired)
        },
      },
    )
  }
  const me: Request = { method: "GET", url: `${issuer}/me`, headers: { Accept: "application/json" } }
  return [
    one("HF-OAUTH-REQUEST-001", () =>
      form(deviceEndpoint, JSON.stringify({ ...client, scope: camera.scope }), { "Content-Type": "application/json" }),
    ),
    one("HF-OAUTH-REQUEST-002", () => form(deviceEndpoint, `${encoded({ ...client, scope: "openid" })}&scope=openid`)),
    one("HF-OAUTH-REQUEST-008", async () =>
      refresh(provider, await signIn(provider), { scope: `${camera.scope} everything` }),
    ),
    one("HF-OAUTH-REQUEST-009", () => ({
      method: "GET",
      url: `${tokenEndpoint}?${encoded(application)}`,
      headers: {},
    })),
    approved(provider, "HF-OAUTH-REQUEST-010", { Accept: "text/html" }),
    one("HF-OAUTH-CLIENT-001", () =>
      form(
        tokenEndpoint,
        { grant_type: "client_credentials", client_id: kiosk.clientId, client_secret: kiosk.clientSecret },
        { Authorization: `Basic ${btoa(`${kiosk.clientId}:${kiosk.clientSecret}`)}` },
      ),
    ),
    one("HF-OAUTH-GRANT-006", async () => {
      const tokens = await signIn(provider)
      return refresh(provider, { ...tokens, refresh_token: `${tokens.refresh_token}\n` })
    }),
    one("HF-OAUTH-BEARER-001", () => me),
    one("HF-OAUTH-BEARER-003", () => ({
      ...me,
      headers: { ...me.headers, Authorization: `Bearer ${createHash("sha256").update("ended").digest("base64url")}` },
    })),
    one("HF-OAUTH-BEARER-008", () => proven(form(tokenEndpoint, application), undefined), {
      sign: (request, { nonce }) => proven(request, nonce),
    }),
    approved(provider, "HF-OAUTH-DEVICE-001", {}),
    approved(slow, "HF-OAUTH-DEVICE-002", {}, 6500),
  ]
}
