/**
 * Checks the journal of uploads: its size, its integrity, and the number of uploads in each state.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Format from "../../terminal/Format.ts"
import * as Finding from "../Finding.ts"
import type { JournalHealth } from "../JournalHealth.ts"
import { JournalProbe } from "../JournalProbe.ts"
import type { Check } from "../Subject.ts"

const found = ({ bytes, damage, damagedParts, path, states }: JournalHealth): Finding.Finding => {
  const details = { path, bytes, damagedParts, ...states }
  if (damage !== undefined) {
    const remedy = "run holdfast queue list, which sets the journal aside and recovers its readable records"
    return Finding.problem("local", `${path} is damaged: ${damage}`, remedy, details)
  }
  const counts = Object.entries(states).map(([state, count]) => `${count} ${state}`)
  const text = `${counts.length === 0 ? "no uploads" : counts.join(", ")}; ${Format.bytes(bytes)}, intact`
  if (damagedParts > 0) {
    const parts = Format.count(damagedParts, "part is", "parts are")
    return Finding.warning(`${text}, but ${parts} damaged`, "those parts are sent again; check the disk", details)
  }
  if ((states["uncertain"] ?? 0) > 0) {
    return Finding.warning(
      text,
      "check Frame.io for an empty asset, then run holdfast queue retry ID --create-again",
      details,
    )
  }
  return (states["failed"] ?? 0) > 0
    ? Finding.warning(text, "holdfast queue list shows why uploads failed", details)
    : Finding.ok(text, details)
}

export const check: Check = {
  name: "journal",
  timeoutMs: 20_000,
  late: Finding.warning("the journal could not be examined in 20 s", "check the disk of the saved files"),
  run: ({ saved }) =>
    Effect.gen(function* () {
      if (Result.isFailure(saved)) return Finding.skipped("there is no directory for saved files")
      const health = yield* Effect.result((yield* JournalProbe).health(saved.success.queue))
      if (Result.isFailure(health)) return Finding.fromError(health.failure)
      return health.success === undefined ? Finding.ok("no uploads are recorded") : found(health.success)
    }),
}
