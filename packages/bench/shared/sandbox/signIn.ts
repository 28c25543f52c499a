/**
 * Signs a device in without a person, and reads the saved tokens.
 */
import { TokenStore } from "@holdfast/oauth/TokenStore"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { statSync } from "node:fs"
import { join } from "node:path"
import type { Sandbox } from "./Server.ts"

/** The file in which the command keeps the token pair for an API. */
export const tokenFile = (home: string, api: string): string =>
  join(home, "tokens", `${new URL(api).host.replace(/[^a-zA-Z0-9.-]/g, "_")}.json`)

const storeOf = (file: string) => TokenStore.layerFile(file).pipe(Layer.provide(NodeServices.layer))

/** Writes the token pair that `holdfast pair --api <api>` would write. */
export const signIn = async (home: string, api: string, sandbox: Sandbox): Promise<void> => {
  const tokens = await sandbox.pair()
  const pair = {
    accessToken: Redacted.make(tokens.accessToken),
    refreshToken: Redacted.make(tokens.refreshToken),
    expiresAt: tokens.expiresAt,
  }
  await Effect.runPromise(TokenStore.use(({ save }) => save(pair)).pipe(Effect.provide(storeOf(tokenFile(home, api)))))
}

/** A token file. `savedAt` is in epoch milliseconds. */
export interface SavedTokens {
  /** The number of the pair, in the order in which the sandbox issued the pairs. */
  readonly pair: number
  /** The record beside the pair: whether its refresh token may be spent. */
  readonly spent: "maybe" | "yes" | undefined
  readonly savedAt: number
}

/** Reads a token file; the result is `undefined` if the file is missing or damaged. */
export const savedTokens = async (file: string, sandbox: Sandbox): Promise<SavedTokens | undefined> => {
  const load = TokenStore.use((store) => store.load).pipe(Effect.provide(storeOf(file)))
  const set = await Effect.runPromise(Effect.orElseSucceed(load, () => undefined))
  if (set?.refreshToken === undefined) return undefined
  const savedAt = statSync(file).mtimeMs
  return { pair: await sandbox.pairOf(Redacted.value(set.refreshToken)), spent: set.spent, savedAt }
}
