/** The values that a journal returns unchanged, whatever the database is. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import * as Journals from "../journals.ts"
import type { Backend } from "./backend.ts"

const names = [
  "a\nb\rc.mov",
  `it's "quoted" \`here\`; DROP TABLE upload; --`,
  "-rf",
  "--",
  "x".repeat(4096),
  "\ud800lone.mov",
  "lone\udfff",
  "nul\0inside",
  "\u0001marked",
  "\u0001",
  "",
  "clip-🎬-\u200f\u202e.mov",
  "?1 $1 :name",
]

export const valuesContract = (backend: Backend) =>
  describe(`the values in a journal on ${backend.name}`, () => {
    it.effect("are read back unchanged, whatever the names are", () =>
      Effect.gen(function* () {
        const place = yield* backend.place
        const added = yield* place.using((journal) =>
          Effect.gen(function* () {
            const added = yield* journal.add(
              names.map((name) => ({ ...Journals.upload(`/${name}`), name, filetype: name })),
            )
            const { write } = yield* journal.own
            for (const { id, path } of added) {
              yield* write({ _tag: "Failed", id, error: { tag: "X", message: path, exitCode: 1 } })
            }
            return added
          }),
        )
        yield* place.using((journal) =>
          Effect.gen(function* () {
            const found = yield* journal.list
            assert.deepStrictEqual(
              found.map(({ filetype, name, path }) => [path, name, filetype]),
              names.map((name) => [`/${name}`, name, name]),
            )
            assert.deepStrictEqual(
              found.map(({ error }) => error?.message),
              names.map((name) => `/${name}`),
            )
            assert.deepStrictEqual(yield* journal.get(added[3]?.id ?? ""), found[3])
          }),
        )
      }),
    )

    it.effect("keep their order if the clock is set back or forward", () =>
      Effect.gen(function* () {
        const place = yield* backend.place
        for (const [path, time] of [
          ["/now", 1_800_000_000_000],
          ["/back", 1_799_996_400_000],
          ["/forward", 1_800_172_800_000],
          ["/zero", 0],
        ] as const) {
          yield* TestClock.setTime(time)
          yield* place.using((journal) =>
            Effect.gen(function* () {
              const [added] = yield* journal.add([Journals.upload(path)])
              const id = added?.id ?? ""
              assert.strictEqual(added?.addedAt, time)
              const { write } = yield* journal.own
              yield* write({ _tag: "Created", id, asset: Journals.asset(path), chunks: 2, chunkSize: 50 })
              yield* write({ _tag: "PartConfirmed", id, part: Journals.part(0) })
            }),
          )
        }
        yield* place.using((journal) =>
          Effect.gen(function* () {
            yield* journal.own
            assert.deepStrictEqual(
              (yield* journal.list).map(({ confirmed, crashes, path, state }) => [path, state, confirmed, crashes]),
              ["/now", "/back", "/forward", "/zero"].map((path) => [path, "sending", 50, 0]),
            )
          }),
        )
      }),
    )
  })
