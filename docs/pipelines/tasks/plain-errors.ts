import { NodeRuntime } from "@effect/platform-node"
import { Pipeline, Verdict } from "@holdfast/core"
import { Console, Data, Effect, Random } from "effect"

/** The class that you have: no tag and no verdict. */
class ApiError extends Error {
  readonly status: number
  constructor(status: number) {
    super(`status ${status}`)
    this.status = status
  }
}

/** The function that you have: here one of a service that is busy twice, and does not know one of the reels. */
const statuses = [503, 429]
const countClips = async (reel: string, signal: AbortSignal): Promise<number> => {
  signal.throwIfAborted()
  const status = reel === "A001" ? statuses.shift() : 404
  if (status !== undefined) throw new ApiError(status)
  return 42
}

/** What the pipeline and its caller see in its place. */
class CountFailed extends Data.TaggedError("CountFailed")<{
  readonly cause: unknown
  readonly verdict: Verdict.Verdict
}> {}

/** A promise can reject with anything, so everything gets a verdict. */
const verdictOf = (reason: unknown): Verdict.Verdict => {
  if (!(reason instanceof ApiError)) return Verdict.never()
  const { status } = reason
  if (status === 429) return Verdict.always({ pace: "throttled" })
  return Verdict.withStatus(status >= 500 ? Verdict.always() : Verdict.never(), status)
}

const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 4 }), Pipeline.timeout("5 seconds"))

const count = (reel: string) =>
  Effect.tryPromise({
    try: (signal) => countClips(reel, signal),
    catch: (reason) => new CountFailed({ cause: reason, verdict: verdictOf(reason) }),
  }).pipe(Pipeline.wrap(pipeline))

export const main = Effect.gen(function* () {
  yield* Console.log(`${yield* count("A001")} clips`)
  const text = yield* count("B002").pipe(
    Effect.catchTag("CountFailed", ({ cause, verdict }) => Effect.succeed(`${String(cause)}, retry ${verdict.retry}`)),
  )
  yield* Console.log(text)
}).pipe(Random.withSeed("docs"))

if (import.meta.main) NodeRuntime.runMain(main)
