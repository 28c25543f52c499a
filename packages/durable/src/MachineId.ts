/**
 * Identifies the machine, so that a journal that was copied to another machine is detected.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import * as Fs from "node:fs"

/**
 * Returns a string that differs between machines, or `undefined` if the machine has no ID. Without this string, a copied
 * journal is not detected.
 *
 * **Details**
 *
 * The default is a hash of `/etc/machine-id`, because the ID itself should not leave the machine (`machine-id(5)`).
 */
export const MachineId = Context.Reference<Effect.Effect<string | undefined>>("@holdfast/durable/MachineId", {
  defaultValue: () => fromFile("/etc/machine-id"),
})

const fromFile = (file: string): Effect.Effect<string | undefined> =>
  Effect.sync(() => {
    try {
      const content = Fs.readFileSync(file, "utf8").trim()
      return content === "" ? undefined : createHash("sha256").update(`holdfast ${content}`).digest("hex").slice(0, 32)
    } catch {
      return undefined
    }
  })
