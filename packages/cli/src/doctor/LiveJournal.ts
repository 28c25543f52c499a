/**
 * Examines the journal of the durable package. Only `doctor` imports this module, and only when it runs.
 */
import type { JournalError } from "@holdfast/durable/JournalError"
import * as JournalInspection from "@holdfast/durable/JournalInspection"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs/promises"
import * as HomeRemedy from "../process/HomeRemedy.ts"
import { LocalProblem } from "../process/PersonError.ts"
import type { JournalHealth, QueueOwner } from "./JournalHealth.ts"

const inspect = (directory: string) =>
  Effect.mapError(
    JournalInspection.inspect(directory),
    ({ action, message }: JournalError) => new LocalProblem({ problem: message, remedy: HomeRemedy.of(action) }),
  )

export const health = (directory: string): Effect.Effect<JournalHealth | undefined, LocalProblem> =>
  Effect.map(inspect(directory), (found) => {
    if (found === undefined) return undefined
    const { bytes, damage, damagedParts, path, states } = found
    return { path, bytes, damage, damagedParts, states }
  })

/** The file that lists the locks of all processes, which only Linux provides. */
const listed = "/proc/locks"

/**
 * Returns the process that holds the lock of the queue. The lock is not acquired, because another process that starts at the
 * same moment would find it taken.
 */
export const owner = (directory: string): Effect.Effect<QueueOwner | undefined, LocalProblem> =>
  Effect.flatMap(inspect(directory), (found) => {
    if (found?.ownedSince === undefined) return Effect.undefined
    const since = found.ownedSince
    return Effect.map(holderOf(found.ownerFile), (holder) => (holder === undefined ? undefined : { holder, since }))
  })

/** Returns the holder of a lock, or `undefined` if there is none. Without a list of locks, the holder is not known. */
const holderOf = (file: string): Effect.Effect<string | undefined> =>
  Effect.promise(async () => {
    try {
      const { ino } = await Fs.stat(file)
      const lines = (await Fs.readFile(listed, "utf8")).split("\n").map((line) => line.trim().split(/\s+/))
      const line = lines.find(([, kind, , , , place = ""]) => kind === "POSIX" && place.endsWith(`:${ino}`))
      return line === undefined ? undefined : `process ${line[4]}`
    } catch {
      return "a process that may have ended"
    }
  })
