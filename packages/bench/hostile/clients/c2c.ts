/**
 * The calls of the C2C client.
 */
import { type AssetRequest, C2cClient, C2cConfig } from "@holdfast/c2c"
import { Authorization, Tokens } from "@holdfast/core"
import { Effect, Layer, Redacted, Stream } from "effect"
import { secret } from "../spellings.ts"
import { type Client, healthy, undici } from "./Client.ts"

/** Calls that need a token pair: every token is finally rejected, and each refresh returns another. */
const signedIn = (token: Redacted.Redacted<string>) =>
  Authorization.layer.pipe(
    Layer.provide(
      Layer.succeed(Tokens, {
        current: Effect.succeed(token),
        refresh: () => Effect.succeed(token),
        renewed: Stream.never,
      } as never),
    ),
  )

export const c2c = (name: string, call: (client: C2cClient["Service"]) => Effect.Effect<unknown, unknown>): Client => ({
  name,
  run: (url, n) => ({
    secrets: [secret("token", n), secret("clientsecret", n)],
    effect: Effect.flatMap(C2cClient, call).pipe(
      Effect.provide(
        C2cClient.layer.pipe(
          Layer.provide([
            undici,
            healthy,
            signedIn(Redacted.make(secret("token", n))),
            C2cConfig.layer({
              api: url,
              clientVersion: "1.0.0",
              clientId: "device-1",
              clientSecret: Redacted.make(secret("clientsecret", n)),
            }),
          ]),
        ),
      ),
    ),
  }),
})

export const clip = { name: "A001.mov", filetype: "video/quicktime", filesize: 100 } satisfies AssetRequest.AssetRequest
