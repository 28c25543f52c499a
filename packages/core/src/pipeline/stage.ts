/**
 * Defines a stage of a pipeline: how the stage is built, and what it requires of the stages inside it.
 */
import type { RetryBudget } from "../policies/budget/budget.ts"
import type { Step } from "./engine/call.ts"
import type { Around } from "./engine/direct.ts"
import type { guardedBy, ReloadableGuard } from "./engine/guard.ts"
import type { Reloadable } from "./engine/reload.ts"
import type { StageData } from "./data.ts"
import type { StageName } from "./order.ts"
import type { Settings } from "./settings.ts"

declare const Types: unique symbol

/** One layer of a pipeline. `E` is the type of the errors that the layer adds. */
export interface Stage<out Name extends StageName = StageName, out E = unknown> {
  readonly name: Name
  readonly [Types]?: { readonly error: E }
  /**
   * Builds the stage for one pipeline; throws an `InvalidPolicy` if an option is invalid.
   *
   * @internal
   */
  readonly build: () => Built
}

/** The requirements that outer stages place on inner stages. */
export interface Surroundings {
  /** Whether an outer stage needs the time at which an attempt was sent. */
  readonly dated: boolean
  /** Whether an outer stage receives every failure and closes the gates. */
  readonly retried: boolean
  /** The budget in which an outer stage records calls and successes. */
  readonly budget: RetryBudget | undefined
}

/** A stage that has been built for one pipeline. */
export interface Built {
  /** Wraps the inner step; absent for stages that consist of guards. */
  readonly around?: (inner: Step, surroundings: Surroundings) => Step
  /** The same for calls without a fiber; absent if the stage cannot do without one. */
  readonly direct?: (inner: Step) => Around
  /** The guards of the stage. Guards of adjacent stages share one step. */
  readonly guards?: ReadonlyArray<ReloadableGuard>
  /** Wraps the inner step in guards; absent for stages without guards, so that only pipelines with guards contain its code. */
  readonly guardedBy?: typeof guardedBy
  /** The requirements that this stage places on the stages inside it. */
  readonly asks?: Partial<Surroundings>
  /** The stage as data, from which its description and worst case are built. */
  readonly data: () => StageData
  /** The parts whose options a reload can change, each with its key in the settings; absent if there are none. */
  readonly parts?: () => ReadonlyArray<
    {
      readonly [Key in keyof Settings]-?: readonly [key: Key, part: Reloadable<NonNullable<Settings[Key]>>]
    }[keyof Settings]
  >
}
