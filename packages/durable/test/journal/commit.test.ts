import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { failingJournal, patiently } from "../support/contract/commits.ts"
import { sqlite } from "../support/contract/sqlite.ts"
import * as Journals from "../support/journals.ts"

describe("a transaction while another process recovers the journal", () => {
  it.effect("is repeated until the recovery has ended, and changes nothing twice", () => {
    let looks = 0
    return failingJournal(
      sqlite,
      (journal) =>
        Effect.gen(function* () {
          assert.strictEqual((yield* patiently(journal.add([Journals.upload("/a")]))).length, 1)
          assert.strictEqual(looks, 4)
          assert.strictEqual((yield* journal.list).length, 1)
        }),
      () => ++looks < 4,
    )
  })

  it.effect("fails after 5 seconds", () =>
    failingJournal(
      sqlite,
      (journal) =>
        Effect.gen(function* () {
          const error = yield* patiently(Effect.flip(journal.setPaused(true)))
          assert.deepInclude(error, {
            _tag: "JournalUnwritable",
            detail: "another process is recovering it after damage",
          })
          assert.strictEqual(error.verdict.retry, "always")
        }),
      () => true,
    ),
  )
})
