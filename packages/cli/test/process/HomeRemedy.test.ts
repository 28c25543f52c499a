import { assert, describe, it } from "@effect/vitest"
import { Journal } from "@holdfast/durable"
import { Effect, Layer } from "effect"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as HomeRemedy from "../../src/process/HomeRemedy.ts"
import * as Place from "../../src/queue/Place.ts"

describe("the remedy for a folder that cannot be used", () => {
  it("keeps a remedy that does not concern the choice of a folder", () => {
    assert.strictEqual(HomeRemedy.of("free some space"), "free some space")
  })

  it("names a local disk if the library does", () => {
    assert.strictEqual(
      HomeRemedy.of("choose a folder on a local disk"),
      "set HOLDFAST_HOME to a directory on a local disk",
    )
  })

  it.live("names HOLDFAST_HOME where the library says to choose another folder", () =>
    Effect.gen(function* () {
      const folder = yield* Effect.acquireRelease(
        Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-home-"))),
        (path) => Effect.sync(() => Fs.rmSync(path, { recursive: true, force: true })),
      )
      const directory = Path.join(folder, "x".repeat(300))
      const library = yield* Effect.flip(Layer.build(Journal.layer({ directory, marks: Path.join(folder, "marks") })))
      assert.include(library.action, "choose another folder")
      const command = yield* Effect.flip(Layer.build(Place.layer(directory)))
      assert.include(command.message, "set HOLDFAST_HOME to another directory")
      assert.notInclude(command.message, "choose another folder")
    }),
  )
})
