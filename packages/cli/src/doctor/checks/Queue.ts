/**
 * Checks whether a process works through the queue.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Format from "../../terminal/Format.ts"
import * as Finding from "../Finding.ts"
import { JournalProbe } from "../JournalProbe.ts"
import type { Check } from "../Subject.ts"
import * as Subject from "../Subject.ts"

export const check: Check = {
  name: "queue",
  timeoutMs: Subject.localMs,
  late: Finding.warning("the owner of the queue could not be determined in 5 s", "check the disk of the saved files"),
  run: ({ saved }) =>
    Effect.gen(function* () {
      if (Result.isFailure(saved)) return Finding.skipped("there is no directory for saved files")
      const owner = yield* Effect.result((yield* JournalProbe).owner(saved.success.queue))
      if (Result.isFailure(owner)) return Finding.fromError(owner.failure)
      if (owner.success === undefined) return Finding.ok("no process works through the queue")
      const { holder, since } = owner.success
      const now = yield* Clock.currentTimeMillis
      const duration = since === undefined ? "" : ` for ${Format.longSpan(Math.max(0, now - since))}`
      return Finding.ok(`${holder} has worked through the queue${duration}`, { holder, since: since ?? null })
    }),
}
