/**
 * Checks whether this machine runs on its battery, because a machine without power suspends or stops during an upload.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "node:path"
import * as Finding from "../Finding.ts"
import { Machine } from "../Machine.ts"
import type { Check } from "../Subject.ts"
import * as Subject from "../Subject.ts"

/** Reads an attribute of a power supply; a missing attribute is the empty string. */
const read = (folder: string, name: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    return (yield* Effect.orElseSucceed(fs.readFileString(Path.join(folder, name)), () => "")).trim()
  })

const supply = (folder: string) =>
  Effect.all({
    // A battery of a mouse or a keyboard has the scope "Device".
    scope: read(folder, "scope"),
    type: read(folder, "type"),
    status: read(folder, "status"),
    percent: read(folder, "capacity"),
  })

/** The remedy for a machine that runs on its battery. */
export const remedy =
  "connect it to power, and prevent a suspend with systemd-inhibit --what=sleep:idle:handle-lid-switch holdfast …"

export const check: Check = {
  name: "power",
  timeoutMs: Subject.localMs,
  late: Finding.skipped("the system did not state its power supply"),
  run: () =>
    Effect.gen(function* () {
      const { platform, powerSupplies } = yield* Machine
      if (platform !== "linux") return Finding.skipped("this system is not Linux")
      const fs = yield* FileSystem.FileSystem
      const names = yield* Effect.orElseSucceed(fs.readDirectory(powerSupplies), () => [])
      const all = yield* Effect.forEach(names, (name) => supply(Path.join(powerSupplies, name)))
      const battery = all.find(({ scope, type }) => type === "Battery" && scope !== "Device")
      if (battery === undefined) return Finding.ok("this machine has no battery")
      const percent = /^\d{1,3}$/.test(battery.percent) ? Number(battery.percent) : null
      const details = { percent, discharging: battery.status === "Discharging" }
      const level = percent === null ? "" : ` (${percent} %)`
      return details.discharging
        ? Finding.warning(`this machine runs on its battery${level}`, remedy, details)
        : Finding.ok(`this machine is connected to power${level}`, details)
    }),
}
