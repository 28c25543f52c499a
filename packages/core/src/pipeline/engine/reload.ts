/**
 * Parts of a pipeline whose options a reload may change.
 */
import * as InvalidPolicy from "../InvalidPolicy.ts"

/** A part of a pipeline whose options can be changed while it works; both get the options as they were decoded. */
export interface Reloadable<in Options> {
  /**
   * What is wrong with the options, if anything is.
   *
   * @internal
   */
  readonly check: (options: Options) => InvalidPolicy.InvalidPolicy | undefined
  /**
   * Takes the options, which have been checked; windows, streaks, balances and queues stay.
   *
   * @internal
   */
  readonly apply: (options: Options) => void
}

/** A part that reads its options and takes what it has read. */
export const reloadable = <Input, Checked>(
  read: (input: Input) => Checked,
  apply: (checked: Checked) => void,
): Reloadable<Input> => ({
  check: (input) => InvalidPolicy.problem(() => read(input)),
  apply: (input) => apply(read(input)),
})

/** The parts by their key; a key that several have is for none of them, since settings name a policy by its kind alone. */
export const partsOf = (
  parts: ReadonlyArray<readonly [key: string, part: Reloadable<unknown>]>,
): Readonly<Record<string, Reloadable<unknown>>> => {
  const byKey: Record<string, Reloadable<unknown>> = {}
  for (const [key, part] of parts) byKey[key] = (byKey[key] ?? part) === part ? part : several(key)
  return byKey
}

const several = (option: string): Reloadable<unknown> => ({
  check: () => {
    const allowed = "the key of one policy: there are several of this kind, and each has its own reload"
    return new InvalidPolicy.InvalidPolicy({ policy: "Pipeline", option, value: "an ambiguous key", allowed })
  },
  apply: () => undefined,
})
