/**
 * Signs a device in without a person.
 */
import { TokenStore } from "@holdfast/oauth/TokenStore"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { join } from "node:path"
import type { Sandbox } from "./Server.ts"

/** The file in which the command keeps the token pair for an API. */
export const tokenFile = (home: string, api: string): string =>
  join(home, "tokens", `${new URL(api).host.replace(/[^a-zA-Z0-9.-]/g, "_")}.json`)

/** Writes the token pair that `holdfast pair --api <api>` would write. */
export const signIn = async (home: string, api: string, sandbox: Sandbox): Promise<void> => {
  const tokens = await sandbox.pair()
  const pair = {
    accessToken: Redacted.make(tokens.accessToken),
    refreshToken: Redacted.make(tokens.refreshToken),
    expiresAt: tokens.expiresAt,
  }
  const store = TokenStore.layerFile(tokenFile(home, api)).pipe(Layer.provide(NodeServices.layer))
  await Effect.runPromise(TokenStore.use(({ save }) => save(pair)).pipe(Effect.provide(store)))
}
