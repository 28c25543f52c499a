import { assert, describe, it } from "@effect/vitest"
import { Authorization, Gate } from "@holdfast/core"
import { Duration, Effect, Fiber, Latch, Layer, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { Output } from "holdfast/Output"
import * as ExitCode from "../../src/process/ExitCode.ts"
import { Person } from "../../src/signIn/Person.ts"
import * as SignIn from "../../src/upload/SignIn.ts"
import * as UploadState from "../../src/upload/State.ts"

/** The end of a run without a terminal that waits 10 min for a person. */
const ending = (need: Gate.Need, action: string) =>
  Effect.gen(function* () {
    const gate = yield* Gate.make("authorization", {
      initial: { _tag: "NeedsHuman", reason: "The token cannot be used", action, since: 0, need },
    })
    const layer = Layer.mergeAll(
      Layer.succeed(Authorization, {
        gate,
        token: Effect.succeed(Redacted.make("token")),
        reject: () => Effect.void,
      }),
      Person.layerAbsent("holdfast pair"),
      Output.layerMemory({ stdout: [], stderr: [] }),
    )
    return yield* Effect.gen(function* () {
      const run = yield* UploadState.make({ paths: ["a.mov"], json: false, output: yield* Output })
      const fiber = yield* Effect.forkChild(
        Effect.flip(
          SignIn.attend(run, {
            pair: true,
            pairWait: Duration.minutes(10),
            embedded: false,
            needed: yield* Latch.make(true),
          }),
        ),
      )
      for (let turn = 0; turn < 20; turn++) yield* TestClock.adjust(0)
      const atOnce = fiber.pollUnsafe() !== undefined
      yield* TestClock.adjust("10 minutes")
      const error = yield* Fiber.join(fiber)
      return { atOnce, exitCode: ExitCode.code(error.outcome), message: error.message, tag: error._tag }
    }).pipe(Effect.provide(layer))
  })

describe("a run that needs a person", () => {
  it.effect("exits with 7 and states the remedy if the disk is full", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* ending("machine", "free some space"), {
        atOnce: false,
        exitCode: 7,
        message: "The token cannot be used (waited 10 min 00 s); free some space, then run the command again",
        tag: "LocalProblem",
      })
    }),
  )

  it.effect(
    "exits immediately with 6 if the program's settings are wrong, because settings cannot change during the run",
    () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* ending("settings", "check the client id"), {
          atOnce: true,
          exitCode: 6,
          message: "The token cannot be used; check the client id, then run the command again",
          tag: "Refused",
        })
      }),
  )

  it.effect("exits with 4 and prints the pairing command if only a new sign-in can resolve the problem", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* ending("sign-in", "sign in"), {
        atOnce: false,
        exitCode: 4,
        message: "The token cannot be used (waited 10 min 00 s); run holdfast pair, then run this command again",
        tag: "PairingNeeded",
      })
    }),
  )
})
