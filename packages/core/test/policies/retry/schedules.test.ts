import { assert, describe, it } from "@effect/vitest"
import type { Classified } from "@holdfast/core"
import * as Deadline from "@holdfast/core/Deadline"
import { InvalidPolicy } from "@holdfast/core/InvalidPolicy"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as Retry from "@holdfast/core/Retry"
import * as Timeline from "@holdfast/core/Timeline"
import * as Verdict from "@holdfast/core/Verdict"
import { Duration, Effect, type Exit, Schedule } from "effect"
import { World } from "../../support/virtual.ts"

const asked = (hint: Duration.Input): Classified => ({
  _tag: "Asked",
  verdict: Verdict.always({ retryAfter: Duration.fromInputUnsafe(hint) }),
})

/** When the attempts of a failing call were sent, in seconds, and how the call ended. */
const played = (
  stages: ReadonlyArray<Pipeline.Stage>,
  error: Classified,
  around = (call: Effect.Effect<unknown, unknown>) => call,
) => {
  const world = new World()
  const times: Array<number> = []
  const send = Effect.suspend(() => {
    times.push(world.now / 1000)
    return Effect.fail(error)
  })
  const pipeline = (Pipeline.makeUnsafe as (...stages: ReadonlyArray<Pipeline.Stage>) => Pipeline.Pipeline)(...stages)
  let exit: Exit.Exit<unknown, unknown> | undefined
  world
    .start(around(Pipeline.run(pipeline, send) as Effect.Effect<unknown, unknown>))
    .addObserver((ended) => (exit = ended))
  world.end()
  const [reason] = exit?._tag === "Failure" ? exit.cause.reasons : []
  const failed = reason?._tag === "Fail" ? reason.error : reason?._tag === "Die" ? reason.defect : undefined
  return { times, failed, endedAt: world.now / 1000, decidedBy: Timeline.of(failed).at(-1)?.decidedBy }
}

describe("the hint cap of a policy inside a schedule", () => {
  const policy = (settings: Retry.Settings) =>
    Retry.policy({
      attempts: 3,
      backoff: { base: "1 second", factor: 1, cap: "1 second", jitter: "none" },
      ...settings,
    })
  const composed = (settings: Retry.Settings) => Schedule.tap(policy(settings), () => Effect.void)

  it("applies the hint cap of a policy inside a schedule, whether that cap is shorter or longer than the pipeline's cap", () => {
    const clamped = composed({ hintCap: "2 seconds", beyondHintCap: "clamp" })
    assert.deepStrictEqual(played([Pipeline.retry(clamped)], asked("1 hour")).times, [0, 2, 4])
    const patient = composed({ hintCap: "1 hour" })
    assert.deepStrictEqual(played([Pipeline.retry(patient)], asked("10 minutes")).times, [0, 600, 1200])
  })

  it("ends the call if the hint exceeds the cap, and includes the hint in the error", () => {
    const { decidedBy, failed, times } = played(
      [Pipeline.retry(composed({ hintCap: "2 seconds" }))],
      asked("3 seconds"),
    )
    assert.deepStrictEqual(times, [0])
    assert.strictEqual(decidedBy, "hint")
    assert.deepStrictEqual(Verdict.isClassified(failed) && failed.verdict.retryAfter, Duration.seconds(3))
  })

  it("applies the hint cap of a policy that uses a schedule for its waits or is combined with another schedule", () => {
    const spaced = Retry.policy({
      attempts: 2,
      backoff: Schedule.spaced("1 second"),
      hintCap: "2 seconds",
      beyondHintCap: "clamp",
    })
    assert.deepStrictEqual(played([Pipeline.retry(spaced)], asked("1 hour")).times, [0, 2])
    const both = Schedule.max([policy({ hintCap: "5 seconds" }), Schedule.spaced("3 seconds")]) as Schedule.Schedule<
      unknown,
      Classified
    >
    assert.deepStrictEqual(played([Pipeline.retry(both)], asked("5 seconds")).times, [0, 5, 10])
    assert.strictEqual(played([Pipeline.retry(both)], asked("6 seconds")).decidedBy, "hint")
  })

  it("gives the hint cap next to the schedule precedence over the cap inside the schedule", () => {
    const schedule = composed({ hintCap: "1 minute" })
    const stage = Pipeline.retry({ schedule, hintCap: "2 seconds" })
    assert.strictEqual(played([stage], asked("3 seconds")).decidedBy, "hint")
  })

  it("sets the hint cap to two minutes for a schedule that does not read hints", () => {
    const stage = Pipeline.retry({ schedule: Schedule.spaced("1 second"), attempts: 3 })
    assert.deepStrictEqual(played([stage], asked("2 minutes")).times, [0, 120, 240])
    assert.strictEqual(played([stage], asked("121 seconds")).decidedBy, "hint")
  })
})

describe("a schedule with an infinite delay", () => {
  const once = Schedule.spaced("1 second").pipe(Schedule.upTo({ times: 1 }))
  const endless = Schedule.concat(once, Schedule.spaced(Duration.infinity)) as Schedule.Schedule<unknown, Classified>
  const busy: Classified = { _tag: "Busy", verdict: Verdict.always() }

  it("ends an infinite schedule delay at the deadline of its pipeline", () => {
    const { endedAt, failed, times } = played([Pipeline.deadline("10 seconds"), Pipeline.retry(endless)], busy)
    assert.deepStrictEqual([times, endedAt], [[0, 1], 10])
    assert.instanceOf(failed, Deadline.DeadlineExceeded)
    assert.deepStrictEqual([failed.spent.waits, failed.left, failed.last], [10_000, 0, busy])
    assert.strictEqual(Timeline.of(failed).length, 2)
  })

  it("ends an infinite schedule delay at the deadline in the context, even if no pipeline enforces that deadline", () => {
    const within = (call: Effect.Effect<unknown, unknown>) =>
      Effect.flatMap(Deadline.after(5000), (deadline) => Effect.provideService(call, Deadline.Current, deadline))
    const { decidedBy, endedAt, failed } = played([Pipeline.retry(endless)], busy, within)
    assert.deepStrictEqual([endedAt, failed, decidedBy], [5, busy, "deadline"])
  })

  it("rejects a schedule with an infinite delay if there is no deadline", () => {
    const { endedAt, failed } = played([Pipeline.retry(endless)], busy)
    assert.instanceOf(failed, InvalidPolicy)
    assert.deepStrictEqual([failed.policy, failed.option, endedAt], ["Retry", "schedule", 1])
  })
})

describe("an effect that cannot be interrupted", () => {
  it("waits past the pipeline's deadline for an uninterruptible effect to end, and then fails with DeadlineExceeded", () => {
    const world = new World()
    const pipeline = Pipeline.makeUnsafe(Pipeline.deadline("1 second"))
    let ended: unknown
    world
      .start(Effect.exit(Pipeline.run(pipeline, Effect.uninterruptible(Effect.sleep("3 seconds")))))
      .addObserver((exit) => {
        ended = [world.now, exit._tag === "Success" && exit.value._tag]
      })
    world.end()
    assert.deepStrictEqual(ended, [3000, "Failure"])
  })
})
