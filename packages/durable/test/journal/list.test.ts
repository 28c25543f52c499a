import { assert, describe, it } from "@effect/vitest"
import type { Change, Journal } from "@holdfast/durable/Journal"
import { Effect, Schema } from "effect"
import { TestClock } from "effect/testing"
import * as Journals from "../support/journals.ts"

const Writer = Schema.Literals(["owner", "this process", "another process"])
const Steps = Schema.Array(
  Schema.Struct({ writer: Writer, upload: Schema.Literals([0, 1, 2]), isListed: Schema.Boolean }),
)

/** The changes of the owner, in turn. */
const changes = (id: string): ReadonlyArray<Change> => [
  { _tag: "Creating", id, file: Journals.file },
  { _tag: "Created", id, asset: Journals.asset(id), chunks: 2, chunkSize: 50 },
  { _tag: "PartConfirmed", id, part: Journals.part(0) },
  { _tag: "Failed", id, error: Journals.error },
]

/** What each upload says when it is read by itself. */
const oneByOne = (journal: Journal["Service"], ids: ReadonlyArray<string>) =>
  Effect.map(
    Effect.forEach(ids, (id) => journal.get(id)),
    (records) => records.flatMap((record) => record ?? []),
  )

describe("the list of a journal", () => {
  it.effect.prop(
    "agrees with the database in whatever order the owner, its process and another process write",
    { steps: Steps },
    ({ steps }) =>
      Effect.gen(function* () {
        const directory = yield* Journals.folder
        yield* Journals.using(directory, (journal) =>
          Journals.using(directory, (other) =>
            Effect.gen(function* () {
              const added = yield* journal.add(["/a", "/b", "/c"].map(Journals.upload))
              const ids = added.map(({ id }) => id)
              const owner = yield* journal.own
              for (const [step, { isListed, upload, writer }] of steps.entries()) {
                yield* TestClock.adjust(1000)
                const id = ids[upload] ?? ""
                const change = changes(id)[step % 4]
                if (writer === "owner" && change !== undefined) yield* owner.write(change)
                if (writer === "this process") yield* journal.prioritize([id], step)
                if (writer === "another process") yield* other.prioritize([id], -step)
                if (isListed) assert.deepStrictEqual(yield* journal.list, yield* oneByOne(other, ids))
              }
              assert.deepStrictEqual(yield* journal.list, yield* oneByOne(other, ids))
              assert.deepStrictEqual(yield* other.list, yield* oneByOne(journal, ids))
            }),
          ),
        )
      }).pipe(Effect.scoped),
    // Each run syncs a database, which a slow disk does a few times a second.
    { arbitrary: { runs: 30, seed: 5 }, timeout: 60_000 },
  )
})
