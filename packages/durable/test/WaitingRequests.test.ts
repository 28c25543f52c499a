import { assert, describe, it } from "@effect/vitest"
import { WaitingRequests } from "@holdfast/durable"
import { Effect } from "effect"
import { asset, file, folder, upload, using } from "./support/journals.ts"

describe("WaitingRequests", () => {
  it.live("cancels and retries uploads of a queue without an owner, and deletes the upload URLs", () =>
    Effect.gen(function* () {
      const directory = yield* folder
      yield* using(directory, (journal) =>
        Effect.gen(function* () {
          const [a, b] = yield* journal.add([upload("/media/A.mov"), upload("/media/B.mov")])
          const [first = "", second = ""] = [a?.id, b?.id]
          yield* Effect.scoped(
            Effect.flatMap(journal.own, ({ write }) =>
              write(
                { _tag: "Creating", id: first, file },
                { _tag: "Created", id: first, asset: asset("one"), chunks: 2, chunkSize: 50 },
              ),
            ),
          )
          yield* journal.want([first], "cancel")
          yield* WaitingRequests.carryOut(journal)
          const states = Effect.map(journal.list, (records) => records.map(({ state, wanted }) => [state, wanted]))
          assert.deepStrictEqual(yield* states, [
            ["canceled", undefined],
            ["queued", undefined],
          ])
          assert.isUndefined(yield* journal.asset(first))
          yield* journal.want([first], "retry")
          yield* WaitingRequests.carryOut(journal)
          assert.deepStrictEqual((yield* states)[0], ["queued", undefined])
          // The owner carries the requests out itself.
          yield* Effect.scoped(
            Effect.gen(function* () {
              yield* journal.own
              yield* journal.want([second], "cancel")
              yield* WaitingRequests.carryOut(journal)
              assert.deepStrictEqual((yield* states)[1], ["queued", "cancel"])
            }),
          )
        }),
      )
    }).pipe(Effect.scoped),
  )
})
