import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, type Scope } from "effect"
import { TestClock } from "effect/testing"
import * as Path from "node:path"
import * as Access from "../../src/internal/journal/access.ts"
import type { Ballast } from "../../src/internal/journal/ballast.ts"
import * as JournalLayer from "../../src/internal/journal/layer.ts"
import * as Migrate from "../../src/internal/journal/migrate.ts"
import * as Placement from "../../src/internal/journal/placement.ts"
import * as Sqlite from "../../src/internal/journal/sqlite.ts"
import * as Verify from "../../src/internal/journal/verify.ts"
import type { JournalService } from "../../src/internal/journal/types.ts"
import * as Journals from "../support/journals.ts"

/** A journal on a disk whose free space the test sets, in pages of 4 KiB beyond the pages that are used now. */
const onDisk = <A, E>(
  body: (journal: JournalService, free: (pages: number) => Effect.Effect<void>) => Effect.Effect<A, E, Scope.Scope>,
  ballastPages = 0,
) =>
  Effect.gen(function* () {
    const directory = yield* Journals.folder
    const { sql } = yield* Sqlite.open({
      file: Path.join(directory, "journal.db"),
      pragmas: "PRAGMA journal_mode = WAL",
    })
    const free = (pages: number) =>
      sql`PRAGMA page_count`.values.pipe(
        Effect.flatMap(([row]) => sql.unsafe(`PRAGMA max_page_count = ${Number(row?.[0]) + pages}`)),
        Effect.orDie,
        Effect.asVoid,
      )
    let held = ballastPages > 0
    const ballast: Ballast = {
      hold: Effect.void,
      drop: Effect.suspend(() => {
        const had = held
        held = false
        return Effect.as(had ? free(ballastPages) : Effect.void, had)
      }),
    }
    const access = Access.make(sql)
    yield* Migrate.run(access)
    const journal = yield* JournalLayer.make({
      path: "journal.db",
      access,
      damaged: undefined,
      verified: yield* access.read((run) => Verify.journal(access, run)),
      replaced: () => false,
      generation: () => 1,
      exclusive: Effect.succeed(() => Effect.void),
      placement: Placement.anywhere,
      ballast,
    })
    return yield* body(journal, free)
  }).pipe(Effect.scoped)

/** Runs a write that waits between its attempts. */
const patiently = <A, E>(write: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(Effect.result(write), { startImmediately: true })
    while (fiber.pollUnsafe() === undefined) yield* TestClock.adjust("100 millis")
    return yield* Fiber.join(fiber)
  })

const long = "x".repeat(3000)

describe("a full disk", () => {
  it.effect("fails each write that has no space, and changes nothing", () =>
    onDisk((journal, free) =>
      Effect.gen(function* () {
        const [added] = yield* journal.add([Journals.upload("/a")])
        const id = added?.id ?? ""
        const { write } = yield* journal.own
        const error = { ...Journals.error, message: long }
        yield* write({ _tag: "Created", id, asset: Journals.asset("one"), chunks: 2, chunkSize: 50 })
        const changes = [
          () => write({ _tag: "Failed", id, error }),
          () => write({ _tag: "Event", id, kind: "note", detail: long }),
          () => Effect.asVoid(journal.add(Array.from({ length: 30 }, (_, n) => Journals.upload(`/${n}/${long}`)))),
        ]
        yield* free(0)
        for (const change of changes) {
          const before = yield* Journals.contents(journal)
          let full = yield* patiently(change())
          for (let n = 0; full._tag === "Success" && n < 5; n++) full = yield* patiently(change())
          if (full._tag === "Success") throw new Error("the disk did not become full")
          assert.deepInclude(full.failure, { _tag: "JournalUnwritable", detail: "no space left on the disk" })
          assert.deepInclude(full.failure, { action: "free some space" })
          assert.strictEqual((yield* journal.list).length, before.uploads.length)
          yield* free(100)
          assert.strictEqual((yield* patiently(change()))._tag, "Success")
          yield* free(0)
        }
        assert.strictEqual((yield* journal.list).length, 31)
      }),
    ),
  )

  it.effect("records the outcome of an upload in the space that is kept in reserve, and begins nothing", () =>
    onDisk(
      (journal, free) =>
        Effect.gen(function* () {
          const added = yield* journal.add(["/a", "/b", "/c"].map(Journals.upload))
          const [a = "", b = "", c = ""] = added.map(({ id }) => id)
          const { write } = yield* journal.own
          yield* free(0)
          const fill = write({ _tag: "Event", id: c, kind: "note", detail: long })
          while ((yield* patiently(fill))._tag === "Success");
          const results = yield* Effect.all(
            [
              patiently(write({ _tag: "Failed", id: a, error: { ...Journals.error, message: long } })),
              patiently(
                write(
                  { _tag: "Creating", id: b, file: Journals.file },
                  { _tag: "Event", id: b, kind: "x", detail: long },
                ),
              ),
            ],
            { concurrency: 2 },
          )
          assert.deepStrictEqual(
            results.map(({ _tag }) => _tag),
            ["Success", "Failure"],
          )
          assert.deepStrictEqual(
            (yield* journal.list).map(({ state }) => state),
            ["failed", "queued", "queued"],
          )
        }),
      10,
    ),
  )
})
