import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Actions from "../../src/queue/Actions.ts"
import { record } from "../support/uploadRecords.ts"

const failed = record({ id: "7f3a11111111", state: "failed" })
const canceled = record({ id: "7f3b22222222", state: "canceled" })
const uncertain = record({ id: "90aa33333333", state: "uncertain" })
const done = record({ id: "a0aa44444444", state: "done" })
const records = [failed, canceled, uncertain, done]

const problem = (ids: ReadonlyArray<string>) =>
  Effect.map(Effect.flip(Actions.choose(records, ids, Actions.canRetry)), ({ message }) => message)

describe("The uploads that an action of the queue concerns", () => {
  it.effect("are found by the first characters of their ids", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* Actions.choose(records, ["7f3b", "9"], Actions.canRetry), [canceled, uncertain])
    }),
  )

  it.effect("do not include canceled and uncertain uploads unless a person names them", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* Actions.choose(records, [], Actions.canRetry), [failed])
    }),
  )

  it.effect("are rejected if an id is unknown, empty, ambiguous or has ended", () =>
    Effect.gen(function* () {
      assert.match(yield* problem(["zzz"]), /^no upload has the id zzz/)
      assert.match(yield* problem([""]), /^no upload has the id/)
      assert.match(yield* problem(["7f3"]), /^several uploads have an id that begins with 7f3/)
      assert.match(yield* problem(["a0aa"]), /^a0aa44444444 is done/)
    }),
  )

  it("are sent later if they are open or a person wants a retry that is possible", () => {
    const sent = (changes: Parameters<typeof record>[0]) => Actions.willBeSent(record(changes))
    assert.isTrue(sent({ state: "sending" }))
    assert.isFalse(sent({ state: "sending", wanted: "cancel" }))
    assert.isTrue(sent({ state: "failed", wanted: "retry" }))
    assert.isFalse(sent({ state: "failed" }))
    assert.isFalse(sent({ state: "uncertain", wanted: "retry" }))
    assert.isTrue(sent({ state: "uncertain", wanted: "retry-create-again" }))
  })
})
