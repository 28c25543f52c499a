/** Compares the measurements with the targets. */
import { median } from "../shared/statistics.ts"
import { type Figures, type Measurements, type Round, summary } from "./measurements.ts"
import { targets, type Target } from "./targets.ts"

export interface Judgement {
  readonly target: Target
  readonly ours: number
  /** The divisor or, if there is none, the subtrahend of our figure. */
  readonly other: number | undefined
  /** The median is compared with `target.atMost`. A time has a figure for each round. */
  readonly figure: Figures
  /** The median in the other harness; absent if the figure is not a ratio of times. */
  readonly again: number | undefined
  readonly met: boolean
  /** Whether both harnesses agree within {@link tolerance}. A figure that is no ratio has nothing to agree with. */
  readonly agreed: boolean
  /** Set if the rounds differ by a factor of {@link doubt}: measure again on an idle machine. */
  readonly noisy: boolean
}

const doubt = 1.5

/** How far two harnesses may differ in a ratio. */
export const tolerance = 0.2

/** What one round, or the medians, say of a target. */
interface Result {
  readonly ours: number
  readonly other: number | undefined
  readonly figure: number
}

/** The result of one target, or `undefined` if one of its cases was not measured. */
const resultOf = (
  { against, floor, floorAgainst, ours }: Target,
  of: (id: string) => number | undefined,
): Result | undefined => {
  const found = [ours, floor, against, floorAgainst].map((id) => (id === undefined ? 0 : of(id)))
  const [mine, below, theirs, theirsBelow] = found
  if (mine === undefined || below === undefined || theirs === undefined || theirsBelow === undefined) return undefined
  return against === undefined
    ? { ours: mine, other: floor === undefined ? undefined : below, figure: mine - below }
    : { ours: mine - below, other: theirs - theirsBelow, figure: (mine - below) / (theirs - theirsBelow) }
}

const inRounds = (target: Target, rounds: ReadonlyArray<Round>): ReadonlyArray<Result> =>
  rounds.flatMap((round) => resultOf(target, (id) => round.get(id)) ?? [])

const figuresOf = (results: ReadonlyArray<Result>): Figures => summary(results.map(({ figure }) => figure))

const results = (target: Target, { compared, hold, size }: Measurements): ReadonlyArray<Result> => {
  const { quantity } = target
  if (quantity === "time") return inRounds(target, compared.get(target)?.time ?? [])
  const found = resultOf(target, (id) => (quantity === "size" ? size.get(id)?.gzip : hold.get(id)?.median))
  return found === undefined ? [] : [found]
}

/** One judgement for each target whose cases were measured. */
export const judge = (measurements: Measurements): ReadonlyArray<Judgement> =>
  targets.flatMap((target) => {
    const found = results(target, measurements)
    if (found.length === 0) return []
    const figure = figuresOf(found)
    const isRatio = target.quantity === "time" && target.against !== undefined
    const again = isRatio ? inRounds(target, measurements.compared.get(target)?.again ?? []) : []
    const inOther = again.length === 0 ? undefined : figuresOf(again).median
    return [
      {
        target,
        ours: median(found.map(({ ours }) => ours)),
        other: found[0]?.other === undefined ? undefined : median(found.map(({ other = 0 }) => other)),
        figure,
        again: inOther,
        agreed: !isRatio || (inOther !== undefined && Math.abs(inOther / figure.median - 1) <= tolerance),
        met: figure.median <= target.atMost,
        noisy: figure.most > doubt * figure.least,
      },
    ]
  })
