/**
 * Repairs generated exchanges, and sends the repaired requests to the model of the server again.
 */
import * as Explain from "@holdfast/explain/Explain"
import { sources } from "./generated.ts"
import type { Options } from "./generate/Generated.ts"

/** The results of repairs that changed a request. */
export interface Repaired {
  readonly accepted: number
  /** Rejected for another cause: there were two. */
  readonly another: number
  /** Rejected for the cause that was repaired. */
  readonly same: ReadonlyArray<string>
  /** The repaired cause was not the true one, and the response is the same. The scorer counts these explanations. */
  readonly mistaken: ReadonlyArray<string>
}

/**
 * Repairs this many exchanges of each generator with a model of its server. One in three has two defects unless `defects` says
 * otherwise.
 */
export const run = ({
  count,
  defects,
  seed,
}: {
  readonly count: number
  readonly seed: number
  readonly defects?: Options["defects"]
}): Repaired => {
  let accepted = 0
  let another = 0
  const same: Array<string> = []
  const mistaken: Array<string> = []
  for (const { source } of sources) {
    for (let n = 0; source.again !== undefined && n < count; n++) {
      const at = seed * 30_000_001 + n
      const options: Options = { defects: defects ?? (n % 3 === 2 ? 2 : 1) }
      const made = source.make(at, options)
      const bare = Explain.repair(made.exchange)
      if (bare === undefined || (bare.changes.length === 0 && bare.needs === undefined)) continue
      const exchange = source.again(at, options, bare.request, bare.needs !== undefined)
      if (exchange === undefined) continue
      const next = Explain.explain(exchange)
      if (next.outcome === "succeeded") accepted++
      else if (next.code !== bare.code) another++
      else
        (made.truth.includes(bare.code) ? same : mistaken).push(
          `${source.system}:${options.defects}:${at} (${made.defects.join(" and ")} at ${made.dialect}): ${bare.code}`,
        )
    }
  }
  return { accepted, another, same, mistaken }
}
