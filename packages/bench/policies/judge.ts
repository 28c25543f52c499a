/** Compares the measurements with the targets. */
import type { Measurements } from "./measurements.ts"
import { targets, type Target } from "./plan.ts"

export interface Judgement {
  readonly target: Target
  readonly ours: number
  /** The divisor or subtrahend of our figure. */
  readonly other: number | undefined
  /** The value that is compared with `target.atMost`. */
  readonly figure: number
  readonly met: boolean
  /** Set if the processes differ by a factor of {@link doubt}: measure again on an idle machine. */
  readonly noisy: boolean
}

const doubt = 1.5

const value = (measurements: Measurements, quantity: Target["quantity"], id: string): number | undefined =>
  quantity === "size" ? measurements.size.get(id)?.gzip : measurements[quantity].get(id)?.median

/** One judgement for each target whose cases were measured. */
export const judge = (measurements: Measurements): ReadonlyArray<Judgement> =>
  targets.flatMap((target) => {
    const ours = value(measurements, target.quantity, target.ours)
    const otherId = target.against ?? target.floor
    const other = otherId === undefined ? undefined : value(measurements, target.quantity, otherId)
    if (ours === undefined || (otherId !== undefined && other === undefined)) return []
    const figure = other === undefined ? ours : target.against === undefined ? ours - other : ours / other
    const noisy = [target.ours, otherId].some((id) => {
      const figures = target.quantity === "size" || id === undefined ? undefined : measurements[target.quantity].get(id)
      return figures !== undefined && figures.most > doubt * figures.least
    })
    return [{ target, ours, other, figure, met: figure <= target.atMost, noisy }]
  })
