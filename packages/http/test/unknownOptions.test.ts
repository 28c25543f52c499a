import { assert, describe, it } from "@effect/vitest"
import { InvalidPolicy, Pipeline } from "@holdfast/core"
import { HttpPipeline, ResilientClient } from "@holdfast/http"
import { decode, scripted } from "./support/clients.ts"

/** Options from an untyped program. */
const untyped = (options: object) => options as never

const pipeline = Pipeline.makeUnsafe()
const { client } = scripted()

describe("a misspelled option of a client", () => {
  it.each([
    [() => HttpPipeline.client(pipeline, client, untyped({ idempotant: true })), "idempotant", "idempotent"],
    [() => HttpPipeline.fetch(pipeline, undefined, untyped({ onstatus: "reject" })), "onstatus", "onStatus"],
    [() => ResilientClient.make(client, untyped({ decode, timeOut: 5 })), "timeOut", "timeout"],
  ] as const)("rejects the option and suggests the intended name: %#", (build, option, allowed) => {
    try {
      build()
      assert.fail("it was built")
    } catch (error) {
      assert.instanceOf(error, InvalidPolicy)
      assert.deepInclude({ ...(error as InvalidPolicy) }, { option, value: "an unknown option", allowed })
    }
  })

  it("rejects options passed in place of the fetch function", () => {
    assert.throws(
      () => HttpPipeline.fetch(pipeline, untyped({ onStatus: "reject" })),
      "HttpPipeline.fetch: fetch must be a function: pass options as the third argument (got a plain object)",
    )
  })

  it.each([
    [() => HttpPipeline.fetch(pipeline, undefined, untyped({ onStatus: "rejct" })), "onStatus"],
    [() => HttpPipeline.fetch(pipeline, undefined, untyped({ deadlineHeader: "x-timeout" })), "deadlineHeader"],
    [() => HttpPipeline.client(pipeline, client, untyped({ deadlineHeader: "x-timeout" })), "deadlineHeader"],
  ] as const)("rejects a value that is not one of the allowed words: %#", (build, option) => {
    try {
      build()
      assert.fail("it was built")
    } catch (error) {
      assert.instanceOf(error, InvalidPolicy)
      assert.strictEqual((error as InvalidPolicy).option, option)
    }
  })
})
