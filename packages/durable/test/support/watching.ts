import { Effect, Fiber, Stream } from "effect"
import { TestClock } from "effect/testing"
import { type WatchEvent, WatchFolder } from "@holdfast/durable"
import { WatchFiles } from "../../src/internal/watch/watchFiles.ts"
import { ScriptedDisk } from "./scriptedDisk.ts"

/** One line for each event: the tag, the path from the root, and the reason. */
export const line = (event: WatchEvent): string => {
  if ("file" in event) return `${event._tag} ${event.file.relative}`
  const path = event.path.replace(/^\/card\/?/, "")
  return [event._tag, path, "reason" in event ? event.reason : ""].filter((part) => part !== "").join(" ")
}

/** Watches a scripted disk, and runs a scenario beside it. */
export const watching = <A>(
  options: WatchFolder.Options,
  scenario: (run: {
    readonly disk: ScriptedDisk
    /** All events so far. */
    readonly events: ReadonlyArray<WatchEvent>
    /** Advances the clock, and returns the events of this time. */
    readonly after: (
      time: `${number} ${"millis" | "seconds" | "minutes" | "hours"}`,
    ) => Effect.Effect<ReadonlyArray<string>>
    readonly stop: Effect.Effect<void>
  }) => Effect.Effect<A>,
  prepare: (disk: ScriptedDisk) => void = () => {},
  /** What the consumer does with each event. */
  consume: Effect.Effect<void> = Effect.void,
): Effect.Effect<A> =>
  Effect.gen(function* () {
    const disk = new ScriptedDisk()
    prepare(disk)
    const events: Array<WatchEvent> = []
    const fiber = yield* WatchFolder.watch("/card", options).pipe(
      Stream.runForEach((event) =>
        Effect.andThen(
          Effect.sync(() => events.push(event)),
          consume,
        ),
      ),
      Effect.provideService(WatchFiles, disk.files),
      Effect.orDie,
      Effect.forkChild({ startImmediately: true }),
    )
    let seen = 0
    const after = (time: Parameters<typeof TestClock.adjust>[0]) =>
      Effect.map(TestClock.adjust(time), () => {
        const since = events.slice(seen)
        seen = events.length
        return since.map(line)
      })
    return yield* scenario({ disk, events, after, stop: Effect.asVoid(Fiber.interrupt(fiber)) })
  })
