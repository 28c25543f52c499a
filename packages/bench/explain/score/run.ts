/**
 * A complete run: captures, generated exchanges, the three forms of input, and the time.
 */
import * as Calibration from "./calibration.ts"
import * as Figures from "./Figures.ts"
import * as Generated from "./generated.ts"
import * as Print from "./print.ts"
import * as Sets from "./sets.ts"
import * as Time from "./time.ts"

/** The options of a run. */
export interface Options {
  readonly only: Sets.System | undefined
  readonly list: boolean
  readonly reveal: boolean
  readonly write: boolean
  readonly captures: boolean
  readonly seed: number
  readonly count: number
  /** The number of valid exchanges for each dialect. */
  readonly valid: number
  /** How many generated exchanges are explained in three forms. */
  readonly differences: number
  readonly defect: string | undefined
  readonly dialect: string | undefined
}

/** How many percent of the likely explanations must be right. */
const likelyShare = 85

/** The missed figures, and those of them that are worse than before or were never missed. */
export interface Verdict {
  readonly missed: ReadonlyArray<string>
  readonly fallen: ReadonlyArray<string>
}

/** Runs everything, prints the results, and returns the missed figures. */
export const run = (options: Options): Verdict => {
  const missed: Array<string> = []
  const known: Array<string> = []
  const began = process.cpuUsage()
  const rows = [
    ...(options.captures ? captures(options, missed, known) : []),
    ...(options.only === "pastes" ? [] : generated(options, missed)),
  ]
  console.log("")
  Print.calibration(rows)
  if (options.captures) times()
  const { system, user } = process.cpuUsage(began)
  console.log(`\n${((system + user) / 1e6).toFixed(0)} s of CPU`)
  if (options.write) Calibration.write(rows)
  return { missed: [...known, ...missed], fallen: missed }
}

const captures = (
  { list, only, reveal }: Options,
  missed: Array<string>,
  known: Array<string>,
): ReadonlyArray<Print.Row> => {
  const sets = Sets.read(only)
  const rows = sets.map(({ judged, name, reached, wanted }): Print.Row => {
    const figures = Figures.of(judged)
    const { certainWrong, first, total } = figures
    const isKept = (figure: boolean | undefined) => (only === undefined && figure === true ? known : missed)
    const wrongs = isKept(reached && certainWrong.length <= reached.certainWrong)
    if (certainWrong.length > 0) wrongs.push(`${name}: certain and wrong ${certainWrong.length} times`)
    if (wanted !== undefined && first * 100 < wanted * total) {
      isKept(reached && first * 100 >= reached.first * total).push(
        `${name}: right first ${Figures.share(first, total)}, ${wanted} % required`,
      )
    }
    return [name, figures]
  })
  Print.places("errors of others", rows)
  for (const { hidden, judged, name } of sets) if (list && (!hidden || reveal)) Print.wrong(name, judged)
  console.log("")
  return rows
}

const generated = (options: Options, missed: Array<string>): ReadonlyArray<Print.Row> => {
  const { count, only, seed, valid: each } = options
  const judged = Generated.withDefects(only, options)
  if (judged.length === 0) return []
  const systems = [...new Set(judged.map(({ system }) => system))]
  const rows = systems.map((system): Print.Row => [
    `${system}, generated`,
    Figures.of(judged.filter((one) => one.system === system)),
  ])
  Print.places(`generated, seed ${seed}`, rows)
  const all = Figures.of(judged)
  if (all.certainWrong.length > 0) {
    missed.push(`generated: certain and wrong ${all.certainWrong.length} times of ${count}`)
    console.log("\ncertain and wrong (again with --show NAME):")
    Print.confusions(judged, options.list ? 1000 : 20, true)
  }
  for (const [name, { calibration }] of rows) {
    const { right, said } = calibration.likely
    if (right * 100 < likelyShare * said) {
      missed.push(`${name}: likely is right in ${Figures.share(right, said)}, ${likelyShare} % required`)
    }
  }
  if (options.list) {
    console.log("\nnot right first:")
    Print.confusions(judged, 60, false)
  }
  if (each > 0) {
    const sound = Generated.valid(only, { ...options, count: each })
    const blamed = sound.filter(({ place }) => place !== 0)
    console.log(`\nvalid exchanges: ${sound.length}, blamed: ${blamed.length}`)
    if (blamed.length > 0) {
      missed.push(`valid exchanges blamed: ${blamed.length} of ${sound.length}`)
      Print.confusions(blamed, 20, false)
    }
  }
  const unlike = Generated.differences(only, options)
  console.log(`live, saved and pasted: ${unlike.tried} exchanges, explained differently: ${unlike.found.length}`)
  if (unlike.found.length > 0) {
    missed.push(`explained differently live, saved and pasted: ${unlike.found.length} of ${unlike.tried}`)
    for (const line of unlike.found.slice(0, options.list ? 1000 : 5)) console.log(`  ${line}`)
  }
  return rows
}

const times = (): void => {
  console.log("\n64 KiB, ms of CPU (aim 50)")
  for (const { millis, name, read } of Time.measure()) {
    console.log(`  ${millis.toFixed(1).padStart(6)}  ${name}${read ? "" : " (not recognised)"}`)
  }
}
