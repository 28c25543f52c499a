/**
 * A stage of a pipeline: how it is built, and what it requires of the stages inside.
 */
import type { RetryBudget } from "../policies/budget/budget.ts"
import type { Step } from "./engine/call.ts"
import type { ReloadableGuard } from "./engine/guard.ts"
import type { Reloadable } from "./engine/reload.ts"
import type { StageData } from "./data.ts"
import type { StageName } from "./order.ts"
import type { Settings } from "./settings.ts"

declare const Types: unique symbol

/** One layer of a pipeline. `E` is the type of the errors that it adds. */
export interface Stage<out Name extends StageName = StageName, out E = unknown> {
  readonly name: Name
  readonly [Types]?: { readonly error: E }
  /**
   * Builds the stage for one pipeline; throws an `InvalidPolicy`.
   *
   * @internal
   */
  readonly build: () => Built
}

/** What outer stages require of inner ones. */
export interface Surroundings {
  /** Whether an outer stage needs the time at which an attempt was sent. */
  readonly dated: boolean
  /** Whether an outer stage sees every failure and closes the gates. */
  readonly retried: boolean
  /** The budget to which an outer stage reports calls and successes. */
  readonly budget: RetryBudget | undefined
}

/** A stage of one pipeline. */
export interface Built {
  /** Wraps the inner steps; absent for stages that are guards. */
  readonly around?: (inner: Step, surroundings: Surroundings) => Step
  /** The guards of the stage. Guards of adjacent stages share one step. */
  readonly guards?: ReadonlyArray<ReloadableGuard>
  /** What it requires of the stages inside it. */
  readonly asks?: Partial<Surroundings>
  /** The stage as data, for its description and worst case. */
  readonly data: () => StageData
  /** The parts whose options a reload can change. */
  readonly parts: Partial<{ readonly [Key in keyof Settings]: Reloadable<NonNullable<Settings[Key]>> }>
}
