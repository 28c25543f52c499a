import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Output } from "holdfast/Output"
import * as Announcements from "../../src/upload/Announcements.ts"

describe("the announcements of a run", () => {
  it.effect("name the reason of the storage for upload URLs that are replaced, and nothing with --quiet", () =>
    Effect.gen(function* () {
      const lines = { stdout: new Array<string>(), stderr: new Array<string>() }
      const output = yield* Effect.provide(Output, Output.layerMemory(lines))
      const event = { _tag: "Recreated", reason: "Request has expired." } as const
      yield* Announcements.make(output, false)(event)
      assert.deepStrictEqual(lines.stderr, [
        "holdfast: the storage refuses the upload URLs (Request has expired); sending the file again to new ones",
      ])
      yield* Announcements.make(output, true)(event)
      assert.lengthOf(lines.stderr, 1)
    }),
  )
})
