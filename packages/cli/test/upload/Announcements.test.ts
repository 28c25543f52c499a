import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Output } from "holdfast/Output"
import * as Announcements from "../../src/upload/Announcements.ts"

describe("the announcements of a run", () => {
  it.effect("the announcements state why upload URLs are replaced and are suppressed by --quiet", () =>
    Effect.gen(function* () {
      const lines = { stdout: new Array<string>(), stderr: new Array<string>() }
      const output = yield* Effect.provide(Output, Output.layerMemory(lines))
      const event = { _tag: "Recreated", reason: "Request has expired." } as const
      yield* Announcements.make(output, false)(event)
      assert.deepStrictEqual(lines.stderr, [
        "holdfast: the storage rejects the upload URLs (Request has expired); sending the file again with new URLs",
      ])
      yield* Announcements.make(output, true)(event)
      assert.lengthOf(lines.stderr, 1)
    }),
  )
})
