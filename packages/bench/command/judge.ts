/**
 * Compares the results of a scenario with the expected ones.
 */
import type { Expected, Figure, Outcome } from "./Scenario.ts"
import type { Route } from "./front.ts"
import type { Ended } from "./process.ts"

/** A file as listed in a summary. */
export interface File {
  readonly path: string
  readonly outcome?: Outcome
  readonly verified: boolean
  readonly assetId?: string
}

/** The results of a scenario. */
export interface Observed {
  readonly ended: ReadonlyArray<Ended>
  readonly files: ReadonlyArray<File>
  readonly assets: number
  /** The IDs of the assets that contain a complete file. */
  readonly whole: ReadonlyArray<string>
  readonly sent: number
  readonly storedBytes: number
  readonly calls: Readonly<Record<Route, number>>
}

/** The files in the last line of a process, if that is a summary. */
export const filesOf = ({ stdout }: Ended): ReadonlyArray<File> => {
  try {
    const last = JSON.parse(stdout.at(-1) ?? "") as { readonly type?: string; readonly files?: ReadonlyArray<File> }
    return last.type === "summary" ? (last.files ?? []) : []
  } catch {
    return []
  }
}

const fits = (value: number, figure: Figure): boolean =>
  typeof figure === "number" ? value === figure : value >= figure[0] && value <= figure[1]

const figure = (expected: Figure): string =>
  typeof expected === "number" ? `${expected}` : `${expected[0]} to ${expected[1]}`

/** The differences, one per line; empty if there are none. */
export const differences = (expected: Expected, observed: Observed): ReadonlyArray<string> => {
  const found: Array<string> = []
  const compare = (name: string, value: number, right: Figure | undefined) => {
    if (right !== undefined && !fits(value, right)) found.push(`${name}: ${value}, expected ${figure(right)}`)
  }
  if (expected.exit.length !== observed.ended.length) {
    found.push(`processes: ${observed.ended.length}, expected ${expected.exit.length}`)
  }
  for (const [at, right] of expected.exit.entries()) {
    const exit = observed.ended[at]?.exit ?? "none"
    const allowed = Array.isArray(right) ? right : [right]
    if (!allowed.includes(exit)) found.push(`exit: ${exit}, expected ${allowed.join(" or ")}`)
  }
  compare("assets", observed.assets, expected.assets)
  compare("stored whole", observed.whole.length, expected.stored)
  compare("bytes sent", observed.sent, expected.sent)
  for (const [route, right] of Object.entries(expected.calls ?? {}) as Array<[Route, Figure]>) {
    compare(`requests of ${route}`, observed.calls[route], right)
  }
  if (expected.outcomes !== undefined) {
    const outcomes = observed.files.map(({ outcome }) => outcome ?? "none").join(", ")
    const right = expected.outcomes.join(", ")
    if (outcomes !== right) found.push(`outcomes: ${outcomes || "none"}, expected ${right}`)
  }
  const said = observed.ended.flatMap(({ stderr }) => stderr).join("\n")
  for (const words of expected.says ?? []) if (!words.test(said)) found.push(`does not say ${words}`)
  for (const words of expected.saysNot ?? []) if (words.test(said)) found.push(`says ${words}`)
  for (const { millis } of observed.ended) {
    if (expected.within !== undefined && millis > expected.within) {
      found.push(`time: ${Math.round(millis)} ms, expected at most ${expected.within}`)
    }
  }
  return [...found, ...lies(observed)]
}

/** Finds proofs of files that the server does not have, which no scenario may produce. */
const lies = ({ files, whole }: Observed): ReadonlyArray<string> =>
  files
    .filter((file) => (file.outcome === "uploaded" || file.verified) && !whole.includes(file.assetId ?? ""))
    .map(({ path }) => `states a false proof: ${JSON.stringify(path)}`)
