/** Runs single checks of `holdfast doctor` on a scripted machine. */
import * as NodeServices from "@effect/platform-node/NodeServices"
import type { C2cError } from "@holdfast/c2c/C2cError"
import * as TransportCause from "@holdfast/http/TransportCause"
import type { TransportError } from "@holdfast/http/TransportError"
import { ConfigProvider, Effect, Result } from "effect"
import { HttpClientRequest } from "effect/http"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import type * as Finding from "../../src/doctor/Finding.ts"
import type * as Health from "../../src/doctor/Health.ts"
import { Machine } from "../../src/doctor/Machine.ts"
import type { Check, Subject } from "../../src/doctor/Subject.ts"
import * as Target from "../../src/network/Target.ts"
import type { UsageError } from "../../src/process/PersonError.ts"

/** A machine on which every check finds nothing to do. */
export const machine: typeof Machine.Service = {
  platform: "linux",
  nodeVersion: "24.21.0",
  user: process.getuid?.(),
  powerSupplies: "/nonexistent",
  systemAuthorities: Effect.succeed(140),
  addresses: () => Effect.succeed(["192.0.2.1", "192.0.2.2"]),
  fileSystem: () => Effect.succeed({ freeBytes: 50_000_000_000, freeFiles: 1_000_000, type: 0xef53 }),
}

export interface Scene {
  readonly api?: string
  readonly env?: Record<string, string>
  readonly machine?: Partial<typeof Machine.Service>
  readonly health?: Partial<Health.Health>
  readonly asked?: UsageError
  /** Prepares the directory of saved files, which exists and has mode 0700. */
  readonly prepare?: (home: string, tokenFile: string) => void
}

const credentials = { HOLDFAST_CLIENT_ID: "cam-1", HOLDFAST_CLIENT_SECRET: "hush" }

/** Runs a check. The paths in its result begin with `~` instead of the temporary directory. */
export const run = (check: Check, scene: Scene = {}): Effect.Effect<Finding.Finding> =>
  Effect.acquireUseRelease(
    Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-doctor-"))),
    (home) =>
      Effect.gen(function* () {
        const { missing, target } = yield* Effect.orDie(Target.inspect(scene.api ?? "https://api.frame.io"))
        const tokenFile = Path.join(home, "tokens", "api.frame.io.json")
        scene.prepare?.(home, tokenFile)
        const health = { result: Result.void, tookMs: 120, aheadMs: 0, ...scene.health }
        const subject: Subject = {
          target,
          missing,
          saved: Result.succeed({ home, tokenFile, queue: Path.join(home, "queue", "api.frame.io") }),
          asked: Effect.succeed(scene.asked === undefined ? Result.succeed(health) : Result.fail(scene.asked)),
        }
        const found = yield* Effect.provide(check.run(subject), NodeServices.layer)
        const short = (text: string) => text.replaceAll(home, "~")
        return {
          ...found,
          text: short(found.text),
          ...(found.remedy === undefined ? undefined : { remedy: short(found.remedy) }),
        }
      }).pipe(
        Effect.provideService(Machine, { ...machine, ...scene.machine }),
        Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env: scene.env ?? credentials })),
      ),
    (home) => Effect.sync(() => Fs.rmSync(home, { recursive: true, force: true })),
  )

/** A failed health check. */
export const failed = (error: C2cError | TransportError): Partial<Health.Health> => ({
  result: Result.fail(error),
  aheadMs: undefined,
})

/** The failure of a connection with an error code of Node, or a row of the table of transport errors. */
export const transport = (code: string): TransportError => {
  const request = HttpClientRequest.get("https://api.frame.io/health")
  return code === "CaptivePortal"
    ? TransportCause.make(code, request)
    : TransportCause.fromCause(request, Object.assign(new Error(code), { code }))
}

/** A token file, written when it was last refreshed. */
export const token = (tokenFile: string, ageMs: number, more: object = {}): void => {
  Fs.mkdirSync(Path.dirname(tokenFile), { mode: 0o700 })
  const pair = { version: 1, accessToken: "access-1", refreshToken: "refresh-1", expiresAt: 1000, ...more }
  Fs.writeFileSync(tokenFile, JSON.stringify(pair), { mode: 0o600 })
  const at = (now - ageMs) / 1000
  Fs.utimesSync(tokenFile, at, at)
}

/** The time of the tests in epoch milliseconds. */
export const now = 1_800_000_000_000
