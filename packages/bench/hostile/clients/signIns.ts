/**
 * The calls of a sign-in: device code, poll, refresh and revocation.
 */
import { DeviceAuthorization } from "@holdfast/oauth"
import { Effect, Layer, Redacted } from "effect"
import { secret } from "../spellings.ts"
import { type Client, undici } from "./Client.ts"

export const signIn = (
  name: string,
  call: (service: DeviceAuthorization["Service"], n: number) => Effect.Effect<unknown, unknown>,
): Client => ({
  name,
  run: (url, n) => ({
    secrets: [secret("clientsecret", n), secret("refresh", n), secret("devicecode", n), secret("access", n)],
    effect: Effect.flatMap(DeviceAuthorization, (service) => call(service, n)).pipe(
      Effect.provide(
        DeviceAuthorization.layer({
          deviceEndpoint: `${url}/device`,
          tokenEndpoint: `${url}/token`,
          revokeEndpoint: `${url}/revoke`,
          clientId: "device-1",
          clientSecret: Redacted.make(secret("clientsecret", n)),
          scope: "offline",
          encoding: n % 2 === 0 ? "form" : "multipart",
        }).pipe(Layer.provide(undici)),
      ),
    ),
  }),
})

export const pair = (n: number) => ({
  accessToken: Redacted.make(secret("access", n)),
  refreshToken: Redacted.make(secret("refresh", n)),
  expiresAt: 0,
})
