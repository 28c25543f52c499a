/** Compares the measurements with the targets. */
import type { Measurements } from "./measurements.ts"
import { targets, type Target } from "./targets.ts"

export interface Judgement {
  readonly target: Target
  readonly ours: number
  /** The divisor or, if there is none, the subtrahend of our figure. */
  readonly other: number | undefined
  /** The value that is compared with `target.atMost`. */
  readonly figure: number
  /** The same value in the other harness; absent if it is not a time. */
  readonly again: number | undefined
  readonly met: boolean
  /** Whether both harnesses agree within {@link tolerance}. A figure that is no ratio has nothing to agree with. */
  readonly agreed: boolean
  /** Set if the processes differ by a factor of {@link doubt}: measure again on an idle machine. */
  readonly noisy: boolean
}

const doubt = 1.5

/** How far two harnesses may differ in a ratio. */
export const tolerance = 0.2

type Medians = (id: string) => number | undefined

/** The figures of one target, or `undefined` if one of its cases was not measured. */
const figures = (
  { against, floor, floorAgainst, ours }: Target,
  of: Medians,
): Pick<Judgement, "ours" | "other" | "figure"> | undefined => {
  const found = [ours, floor, against, floorAgainst].map((id) => (id === undefined ? 0 : of(id)))
  const [mine, below, theirs, theirsBelow] = found
  if (mine === undefined || below === undefined || theirs === undefined || theirsBelow === undefined) return undefined
  return against === undefined
    ? { ours: mine, other: floor === undefined ? undefined : below, figure: mine - below }
    : { ours: mine - below, other: theirs - theirsBelow, figure: (mine - below) / (theirs - theirsBelow) }
}

/** One judgement for each target whose cases were measured. */
export const judge = (measurements: Measurements): ReadonlyArray<Judgement> =>
  targets.flatMap((target) => {
    const { quantity } = target
    const found = figures(target, (id) =>
      quantity === "size" ? measurements.size.get(id)?.gzip : measurements[quantity].get(id)?.median,
    )
    if (found === undefined) return []
    const isRatio = quantity === "time" && target.against !== undefined
    const again = isRatio ? figures(target, (id) => measurements.again.get(id)?.median)?.figure : undefined
    const noisy = [target.ours, target.against].some((id) => {
      const spread = quantity === "size" || id === undefined ? undefined : measurements[quantity].get(id)
      return spread !== undefined && spread.most > doubt * spread.least
    })
    const { figure } = found
    const agreed = !isRatio || (again !== undefined && Math.abs(again / figure - 1) <= tolerance)
    return [{ target, ...found, again, agreed, met: figure <= target.atMost, noisy }]
  })
