/**
 * Parts of a pipeline whose options a reload may change.
 */
import * as InvalidPolicy from "../InvalidPolicy.ts"

/** A part of a pipeline whose options can change while it runs. Both methods receive decoded options. */
export interface Reloadable<in Options> {
  /**
   * Returns the problem with the options, if there is one.
   *
   * @internal
   */
  readonly check: (options: Options) => InvalidPolicy.InvalidPolicy | undefined
  /**
   * Applies options that have been checked. The existing windows, streaks, balances and queues are kept.
   *
   * @internal
   */
  readonly apply: (options: Options) => void
}

/** Builds a reloadable part from a function that reads options and a function that applies them. */
export const reloadable = <Input, Checked>(
  read: (input: Input) => Checked,
  apply: (checked: Checked) => void,
): Reloadable<Input> => ({
  check: (input) => InvalidPolicy.problem(() => read(input)),
  apply: (input) => apply(read(input)),
})

/**
 * Groups the parts by key. If several parts share a key, none of them can be reloaded through that key, because settings
 * identify a policy only by its kind.
 */
export const partsOf = (
  parts: ReadonlyArray<readonly [key: string, part: Reloadable<unknown>]>,
): Readonly<Record<string, Reloadable<unknown>>> => {
  const byKey: Record<string, Reloadable<unknown>> = {}
  for (const [key, part] of parts) byKey[key] = (byKey[key] ?? part) === part ? part : several(key)
  return byKey
}

const several = (option: string): Reloadable<unknown> => ({
  check: () => {
    const allowed =
      "the key of a single policy: the pipeline has several policies of this kind, and each has its own reload function"
    return new InvalidPolicy.InvalidPolicy({ policy: "Pipeline", option, value: "an ambiguous key", allowed })
  },
  apply: () => undefined,
})
