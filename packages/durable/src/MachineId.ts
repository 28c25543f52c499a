/**
 * Identifies the machine, so that a journal that was copied to another machine is detected.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Machine from "./internal/machine/id.ts"

/**
 * Returns a string that differs between machines, or `undefined` if the machine has no ID. Without this string, a copied
 * journal is not detected.
 *
 * **Details**
 *
 * The default is a hash of the ID that the operating system states: `/etc/machine-id`, on macOS the `IOPlatformUUID` that
 * `ioreg` prints, and on Windows the `MachineGuid` of the registry. It is a hash because the ID itself should not leave the
 * machine (`machine-id(5)`).
 */
export const MachineId = Context.Reference<Effect.Effect<string | undefined>>("@holdfast/durable/MachineId", {
  defaultValue: () => Machine.idOf(Machine.host),
})
