/** The steps of a device. Each is one request without retries. */
import { Sandbox } from "@holdfast/sandbox"
import { Effect, Redacted } from "effect"
import { type RawResponse, ask, type Broken, type Options, send } from "./raw.ts"

export const version = { "x-client-version": "2.0.0" }
export const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

export const form = (fields: Readonly<Record<string, string>>): Options => ({
  method: "POST",
  headers: { ...version, "content-type": "application/x-www-form-urlencoded" },
  body: new URLSearchParams({
    client_id: Sandbox.credentials.clientId,
    client_secret: Redacted.value(Sandbox.credentials.clientSecret),
    ...fields,
  }).toString(),
})

export const bearer = (token: string) => ({ ...version, authorization: `Bearer ${token}` })

export const post = (path: string, options: Options) =>
  Effect.flatMap(Sandbox, ({ url }) => send(`${url}${path}`, { method: "POST", ...options }))

export const json = (answer: RawResponse | Broken) =>
  answer._tag === "Response" ? (JSON.parse(answer.body) as Readonly<Record<string, unknown>>) : {}

/** Reads the response to a request for a device code. */
export const deviceCode = (answer: RawResponse) =>
  JSON.parse(answer.body) as {
    readonly device_code: string
    readonly user_code: string
    readonly verification_uri: string
    readonly verification_uri_complete: string
    readonly interval: number
    readonly expires_in: number
  }

export interface Tokens {
  readonly access_token: string
  readonly refresh_token: string
  readonly expires_in: number
}

export const tokens = (answer: RawResponse) => JSON.parse(answer.body) as Tokens

/** Pairs a device; the person agrees at once. */
export const pair = Effect.gen(function* () {
  const { url, approve } = yield* Sandbox
  const code = deviceCode(yield* ask(`${url}/v2/auth/device/code`, form({ scope: "asset_create offline" })))
  yield* approve(code.user_code)
  const fields = { grant_type: deviceGrant, device_code: code.device_code }
  return tokens(yield* ask(`${url}/v2/auth/token`, form(fields)))
})

export const refresh = (token: string) =>
  post("/v2/auth/token", form({ grant_type: "refresh_token", refresh_token: token }))

export const createAsset = (token: string, fields: Readonly<Record<string, unknown>>) =>
  post("/v2/devices/assets", {
    headers: { ...bearer(token), "content-type": "application/json" },
    body: JSON.stringify({ name: "clip.mp4", filetype: "video/mp4", offset: 0, ...fields }),
  })

/** Pairs a device and creates an asset. Returns the asset's id and URLs. */
export const prepare = (filesize: number, name = "clip.mp4") =>
  Effect.gen(function* () {
    const { access_token } = yield* pair
    const answer = yield* createAsset(access_token, { filesize, name })
    if (answer._tag === "Broken") return yield* Effect.die(answer)
    const { id, upload_urls } = JSON.parse(answer.body) as { id: string; upload_urls: Array<string> }
    return { id, urls: upload_urls, token: access_token }
  })

export const chunkHeaders = { "content-type": "video/mp4", "x-amz-acl": "private" }

export const put = (url: string, body: Uint8Array, options: Options = {}) =>
  send(url, {
    method: "PUT",
    body,
    ...options,
    headers: { ...chunkHeaders, "content-length": body.length, ...options.headers },
  })
