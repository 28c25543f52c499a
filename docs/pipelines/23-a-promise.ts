import { Pipeline, Timeline } from "@holdfast/core"
import { Console, Effect } from "effect"

/** The function that you have: here one of a service that resets two connections. */
const countClips = async (attempt: number, signal: AbortSignal): Promise<number> => {
  signal.throwIfAborted()
  if (attempt <= 2) throw new Error("read ECONNRESET")
  return 42
}

const pipeline = Pipeline.makeUnsafe(
  Pipeline.retry({ attempts: 3, backoff: { base: "10 millis" } }),
  Pipeline.timeout("5 seconds"),
)

const program = async (): Promise<string> => {
  const clips = await Pipeline.promise(pipeline, (signal, { number }) => countClips(number, signal))
  const failure = await Pipeline.promise(pipeline, (signal) => countClips(1, signal)).catch((reason: unknown) => reason)
  return `${clips} clips\n${String(failure)}, after ${Timeline.of(failure).length} attempts`
}

export const main = Effect.flatMap(Effect.promise(program), Console.log)

if (import.meta.main) await Effect.runPromise(main)
