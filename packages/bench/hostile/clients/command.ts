/**
 * The command line.
 */
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Verdict } from "@holdfast/core"
import { TokenStore } from "@holdfast/oauth"
import { ConfigProvider, Data, Effect, Layer, Redacted } from "effect"
import { join } from "node:path"
import * as OneRun from "../../../cli/test/support/oneRun.ts"
import { secret } from "../spellings.ts"
import type { Client } from "./Client.ts"

/** The command's output as an error: its exit code is not 0. */
class Exited extends Data.TaggedError("Exited")<{ readonly exitCode: number; readonly lines: ReadonlyArray<string> }> {
  readonly verdict = Verdict.never()
}

/** Runs a command line, with a home that contains a token pair. */
export const command = (home: string, args: ReadonlyArray<string>): Client => ({
  name: `holdfast ${args[0]}`,
  command: true,
  run: (url, n) => {
    const secrets = [secret("token", n), secret("refresh", n), secret("clientsecret", n)]
    const api = url.replace(/\/(\d+)$/, "/honest$1")
    const state = join(home, `${n}`)
    const file = join(state, "tokens", `${new URL(api).host.replace(/[^a-zA-Z0-9.-]/g, "_")}.json`)
    const pair = {
      accessToken: Redacted.make(secret("token", n)),
      refreshToken: Redacted.make(secret("refresh", n)),
      expiresAt: 8_000_000_000_000_000,
    }
    const written =
      args[0] === "pair"
        ? Effect.void
        : TokenStore.use(({ save }) => save(pair)).pipe(
            Effect.provide(TokenStore.layerFile(file).pipe(Layer.provide(NodeServices.layer))),
          )
    const env = {
      HOLDFAST_HOME: state,
      HOLDFAST_CLIENT_ID: "device-1",
      HOLDFAST_CLIENT_SECRET: secret("clientsecret", n),
    }
    return {
      secrets,
      effect: Effect.andThen(written, OneRun.bare([...args, "--api", api])).pipe(
        Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env })),
        Effect.flatMap(({ exitCode, stderr, stdout }) => {
          const lines = [...stdout, ...stderr]
          return exitCode === 0 ? Effect.succeed(lines) : Effect.fail(new Exited({ exitCode, lines }))
        }),
      ),
    }
  },
})
