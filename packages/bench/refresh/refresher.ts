/**
 * A process that refreshes the token pair of a file whenever its parent asks.
 */
import * as C2c from "@holdfast/c2c/C2c"
import { C2cConfig } from "@holdfast/c2c/C2cConfig"
import { Tokens } from "@holdfast/core/Authorization"
import * as OAuthTokens from "@holdfast/oauth/OAuthTokens"
import { TokenStore } from "@holdfast/oauth/TokenStore"
import * as Credentials from "@holdfast/sandbox/Credentials"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import { createHash } from "node:crypto"
import type { Ask, Reply } from "./Worker.ts"

const [api = "", file = ""] = process.argv.slice(2)

// The waits after a rejected refresh are short, so that a round takes little time.
const Live = OAuthTokens.layerWith({ backoff: { base: "10 millis", cap: "100 millis" } }).pipe(
  Layer.provide(C2c.deviceAuthorization),
  Layer.provide([NodeHttpClient.layerUndici, C2cConfig.layer({ api, clientVersion: "1.0.0", ...Credentials })]),
  Layer.provide(TokenStore.layerFile(file).pipe(Layer.provide(NodeServices.layer))),
)
const runtime = ManagedRuntime.make(Live)

const mark = (token: Redacted.Redacted<string>): string =>
  createHash("sha256").update(Redacted.value(token)).digest("hex").slice(0, 16)

let rejected: Redacted.Redacted<string> | undefined

const reply = (ask: Ask) =>
  Effect.gen(function* () {
    const tokens = yield* Tokens
    if (ask === "read") {
      rejected = yield* tokens.current
      return { token: mark(rejected) }
    }
    return { token: mark(yield* tokens.refresh(rejected ?? (yield* tokens.current))) }
  }).pipe(Effect.catch((error) => Effect.succeed({ ended: `${error.need ?? "sign-in"}: ${error.reason}` })))

process.on("message", (ask: Ask) => {
  void runtime.runPromise(reply(ask)).then((message: Reply) => process.send?.(message))
})
process.on("disconnect", () => process.exit())
process.send?.({ ready: true } satisfies Reply)
