/** Runs the programs of `docs/pipelines` and returns what they print. */
import { Clock, Effect, Fiber } from "effect"
import { TestClock, TestConsole } from "effect/testing"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { docs } from "./pages.ts"
import * as ScaledClock from "../../cli/test/support/ScaledClock.ts"

/** What a program exports. */
interface Program {
  readonly main: Effect.Effect<unknown, unknown>
}

/**
 * Whether a program uses sockets, disks, the platform's cryptography or promises, which do not follow virtual time. It then
 * runs by a clock that is only faster.
 */
const usesPlatform = (file: string): boolean =>
  /@holdfast\/sandbox|PresignedPost\.sign|Pipeline\.promise|HttpPipeline\.fetch|node:http/.test(
    readFileSync(join(docs, file), "utf8"),
  )

const load = (file: string): Effect.Effect<Program> =>
  Effect.promise((): Promise<Program> => import(pathToFileURL(join(docs, file)).href))

const hour = 3_600_000

/** Advances the test clock until the program has ended, for at most an hour of virtual time. */
const inVirtualTime = (main: Program["main"]) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(main)
    while (fiber.pollUnsafe() === undefined && (yield* Clock.currentTimeMillis) < hour) {
      yield* TestClock.adjust("1 second")
    }
    if (fiber.pollUnsafe() === undefined) return yield* Effect.die(new Error("still running after an hour"))
    return yield* Fiber.join(fiber)
  }).pipe(Effect.provide(TestClock.layer()))

/** The output of the program in this file, relative to `docs`. */
export const run = (file: string): Effect.Effect<string, unknown> =>
  Effect.gen(function* () {
    const { main } = yield* load(file)
    yield* usesPlatform(file) ? ScaledClock.provide(10)(main) : inVirtualTime(main)
    const lines = yield* TestConsole.logLines
    return lines.map((line) => `${String(line)}\n`).join("")
  }).pipe(Effect.provide(TestConsole.layer))
