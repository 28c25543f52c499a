/** Holds the measurements against the targets. */
import type { Measurements } from "./measurements.ts"
import { targets, type Target } from "./plan.ts"

export interface Judgement {
  readonly target: Target
  readonly ours: number
  /** What ours was divided by, or what was subtracted from it. */
  readonly other: number | undefined
  /** What is held against `target.atMost`. */
  readonly figure: number
  readonly met: boolean
}

const value = (measurements: Measurements, quantity: Target["quantity"], id: string): number | undefined =>
  quantity === "size" ? measurements.size.get(id)?.gzip : measurements[quantity].get(id)?.median

/** One judgement for every target whose cases were measured. */
export const judge = (measurements: Measurements): ReadonlyArray<Judgement> =>
  targets.flatMap((target) => {
    const ours = value(measurements, target.quantity, target.ours)
    const otherId = target.against ?? target.floor
    const other = otherId === undefined ? undefined : value(measurements, target.quantity, otherId)
    if (ours === undefined || (otherId !== undefined && other === undefined)) return []
    const figure = other === undefined ? ours : target.against === undefined ? ours - other : ours / other
    return [{ target, ours, other, figure, met: figure <= target.atMost }]
  })
