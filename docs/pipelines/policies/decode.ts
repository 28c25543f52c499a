import { NodeRuntime } from "@effect/platform-node"
import { Pipeline, Verdict } from "@holdfast/core"
import { Console, Data, Effect, Random } from "effect"

// #region example
/** What the request fails with, and the error that the policies and the caller see. */
class HttpFailure extends Data.TaggedError("HttpFailure")<{ readonly status: number }> {}
class ApiError extends Data.TaggedError("ApiError")<{ readonly status: number; readonly verdict: Verdict.Verdict }> {}
class JobBusy extends Data.TaggedError("JobBusy") {
  readonly verdict = Verdict.always()
}

const decode = ({ status }: HttpFailure) => {
  const verdict = status >= 500 ? Verdict.always() : Verdict.never()
  return new ApiError({ status, verdict: Verdict.withStatus(verdict, status) })
}
const failWhen = (job: { readonly state: string }) => (job.state === "busy" ? new JobBusy() : undefined)

const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 4 }), Pipeline.decode(decode, { failWhen }))

/** A server that fails, is busy with status 200, and is done. */
const answers = [Effect.fail(new HttpFailure({ status: 503 })), Effect.succeed({ state: "busy" })]
const send = ({ number }: Pipeline.Attempt) =>
  answers[number - 1] ?? Effect.succeed({ state: `done, at attempt ${number}` })

export const main = Effect.gen(function* () {
  yield* Console.log((yield* Pipeline.run(pipeline, send)).state)
  const { applied, outcome, retry } = decode(new HttpFailure({ status: 404 })).verdict
  yield* Console.log(`404: retry ${retry}, outcome ${outcome}, applied ${applied}`)
}).pipe(Random.withSeed("decode"))
// #endregion

if (import.meta.main) NodeRuntime.runMain(main)
