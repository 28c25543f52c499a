/** The tables of a journal and their checksums, whatever the database is. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { meta, seal } from "../../../src/internal/journal/rows.ts"
import * as Schema from "../../../src/internal/journal/schema.ts"
import * as Journals from "../journals.ts"
import type { Backend, Place } from "./backend.ts"

/** Adds an upload with one confirmed part, and another part in flight. */
const sending = (place: Place) =>
  place.using((journal) =>
    Effect.gen(function* () {
      const [added] = yield* journal.add([Journals.upload("/a")])
      const id = added?.id ?? ""
      const { write } = yield* journal.own
      yield* write({ _tag: "Created", id, asset: Journals.asset("one"), chunks: 2, chunkSize: 50 })
      yield* write({ _tag: "PartConfirmed", id, part: Journals.part(0) })
      yield* write({ _tag: "PartSending", id, chunk: Journals.chunk(1) })
      return id
    }),
  )

export const schemaContract = (backend: Backend) =>
  describe(`the tables of a journal on ${backend.name}`, () => {
    it.effect("are created once by processes that open the journal at the same time", () =>
      Effect.gen(function* () {
        const place = yield* backend.place
        const added = yield* Effect.forEach(
          ["/a", "/b", "/c", "/d"],
          (path) => place.using((journal) => journal.add([Journals.upload(path)])),
          { concurrency: "unbounded" },
        )
        assert.deepStrictEqual(added.flatMap((records) => records.map(({ seq }) => seq)).toSorted(), [1, 2, 3, 4])
        const listed = yield* place.using((journal) => journal.list)
        assert.deepStrictEqual(listed.map(({ path }) => path).toSorted(), ["/a", "/b", "/c", "/d"])
      }),
    )

    for (const change of ["length = length + 1", "md5 = 'other'", "confirmed_at = NULL", "sum = sum + 1"]) {
      it.effect(`are not believed where a part was changed (${change})`, () =>
        Effect.gen(function* () {
          const place = yield* backend.place
          const id = yield* sending(place)
          yield* place.execute(`UPDATE part SET ${change} WHERE n = 0`)
          yield* place.using((journal) =>
            Effect.gen(function* () {
              assert.strictEqual(journal.opening.damagedParts, 1)
              yield* journal.own
              assert.deepStrictEqual(yield* journal.parts(id), [{ ...Journals.chunk(1), state: "sending" }])
              assert.deepInclude(yield* journal.get(id), { state: "sending", confirmed: 0 })
            }),
          )
        }),
      )
    }

    it.effect("are not believed where an upload URL was changed", () =>
      Effect.gen(function* () {
        const place = yield* backend.place
        const id = yield* sending(place)
        yield* place.execute("UPDATE secret SET urls = '[]'")
        assert.isUndefined(yield* place.using((journal) => journal.asset(id)))
      }),
    )

    it.effect("are not changed if a newer version wrote them", () =>
      Effect.gen(function* () {
        const place = yield* backend.place
        yield* sending(place)
        const newer = Schema.version + 1
        const sum = seal(meta, ["schema", String(newer)]).at(-1)
        yield* place.execute(`UPDATE meta SET value = '${newer}', sum = ${sum} WHERE name = 'schema'`)
        const error = yield* Effect.flip(place.using(({ list }) => list))
        assert.strictEqual(error._tag, "JournalTooNew")
        assert.include(error.message, `its version is ${newer}, and this program knows versions up to ${newer - 1}`)
      }),
    )
  })
