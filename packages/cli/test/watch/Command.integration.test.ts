import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as OneRun from "../support/oneRun.ts"
import { scene, within } from "../support/paired.ts"

/** Watches a folder until the output has `count` lines of a type, and interrupts the command. */
const watch = (api: string, folder: string, type: string, count: number, during: Effect.Effect<void> = Effect.void) =>
  Effect.gen(function* () {
    const out: OneRun.Lines = { stdout: [], stderr: [] }
    const args = ["watch", Path.join(folder, "card"), "--quiet-time", "300ms", "--json", "--quiet", "--api", api]
    const fiber = yield* Effect.forkChild(within(folder, OneRun.command(args, 1, out)))
    yield* during
    const has = () => out.stdout.filter((line) => line.includes(`"type":"${type}"`)).length >= count
    while (!has() && fiber.pollUnsafe() === undefined) yield* Effect.sleep("20 millis")
    // Whatever the command still adds would be added by now.
    yield* Effect.sleep("1 second")
    yield* Fiber.interrupt(fiber)
    return out
  })

const ofType = ({ stdout }: OneRun.Lines, type: string) => stdout.filter((line) => line.includes(`"type":"${type}"`))

describe("holdfast watch", () => {
  it.live(
    "uploads each finished file once, also after a restart, and waits for a folder that is missing",
    () =>
      scene((api, folder) =>
        Effect.gen(function* () {
          const card = Path.join(folder, "card")
          Fs.mkdirSync(card)
          Fs.copyFileSync(Path.join(folder, "B.mov"), Path.join(card, "B.mov"))
          Fs.writeFileSync(Path.join(card, ".hidden"), "hidden")
          const later = Effect.andThen(
            Effect.sleep("500 millis"),
            Effect.sync(() => Fs.writeFileSync(Path.join(card, "-new\nclip.mov"), "clip")),
          )
          const first = yield* watch(api, folder, "file", 2, later)
          assert.lengthOf(ofType(first, "created"), 2, first.stderr.join("\n"))
          assert.include(first.stdout.at(-1), '"counts":{"uploaded":2')
          const second = yield* watch(api, folder, "found", 2)
          assert.lengthOf(ofType(second, "created"), 0)
          Fs.renameSync(card, `${card}-away`)
          const third = yield* watch(api, folder, "folder", 1)
          assert.include(ofType(third, "folder")[0], '"state":"missing"')
          assert.match(third.stderr.join("\n"), /waiting for the folder .*card: it does not exist/)
        }),
      ),
    60_000,
  )
})
