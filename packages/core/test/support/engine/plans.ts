/** Random pipelines, and the random services behind them, for the properties of the engine. */
import type { Classified } from "@holdfast/core"
import * as AdaptiveLimit from "@holdfast/core/AdaptiveLimit"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as Gate from "@holdfast/core/Gate"
import * as Hedge from "@holdfast/core/Hedge"
import { type Event, Observer } from "@holdfast/core/Observer"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as RetryBudget from "@holdfast/core/RetryBudget"
import * as Throttle from "@holdfast/core/Throttle"
import * as Timeline from "@holdfast/core/Timeline"
import * as Verdict from "@holdfast/core/Verdict"
import { Cause, Duration, Effect, Exit, type Fiber, Schema } from "effect"
import { numbers, World } from "../virtual.ts"

const between = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))
const maybe = <S extends Schema.Top>(schema: S) => Schema.Union([Schema.Undefined, schema])

/** How the service answers one request. */
const kinds = ["ok", "always", "once", "never", "throttled", "hint", "day", "bug", "hang", "slowToGo"] as const
export type Kind = (typeof kinds)[number]

/** The verdicts of the failures. */
export const verdicts: Readonly<Partial<Record<Kind, Verdict.Verdict>>> = {
  always: Verdict.always(),
  once: Verdict.once(),
  never: Verdict.never(),
  throttled: Verdict.always({ pace: "throttled" }),
  hint: Verdict.always({ pace: "throttled", retryAfter: Duration.seconds(3) }),
  day: Verdict.always({ retryAfter: Duration.days(1) }),
}

const Answer = Schema.Struct({ kind: Schema.Literals(kinds), ms: Schema.Union([Schema.Literal(0), between(1, 900)]) })

/** One call: when it arrives, how the service answers it, and when its caller interrupts it. */
const Caller = Schema.Struct({
  pause: between(0, 2_000),
  answers: Schema.Array(Answer),
  repeatable: Schema.Boolean,
  priority: between(0, 2),
  interrupt: Schema.Union([
    Schema.Undefined,
    Schema.Struct({ ms: between(0, 3_000) }),
    Schema.Struct({ steps: between(1, 40) }),
  ]),
})
export type Caller = (typeof Caller)["Type"]

/**
 * The policies of a pipeline, and the calls and gate changes that it is tested with.
 *
 * Events at the same time would happen in an arbitrary order, so each kind of event has its own fraction of a millisecond: see
 * `build`.
 */
export const Plan = Schema.Struct({
  deadline: maybe(between(100, 20_000)),
  attempts: maybe(between(1, 5)),
  base: between(1, 50),
  jitter: Schema.Literals(["none", "equal", "full", "decorrelated"]),
  hintCap: between(1, 5_000),
  clamp: Schema.Boolean,
  defects: Schema.Literals(["once", "never"]),
  bucket: maybe(between(20, 60)),
  flaps: Schema.Array(Schema.Tuple([between(1, 3_000), between(1, 3_000)])),
  hedge: maybe(Schema.Struct({ delay: between(1, 500), copies: between(1, 2) })),
  throttle: Schema.Boolean,
  adaptive: Schema.Boolean,
  bulkhead: maybe(Schema.Struct({ permits: between(1, 2), queue: between(0, 3), maxWait: between(1, 500) })),
  breaker: maybe(Schema.Struct({ consecutive: between(1, 4), open: between(1, 4_000), probes: between(1, 2) })),
  timeout: maybe(between(1, 800)),
  callers: Schema.Array(Caller),
})
export type Plan = (typeof Plan)["Type"]

/** The price of a retry, and its price after a throttled error. */
export const cost = 14
export const throttledCost = 5

/** The pipeline of a plan and its policies. `given` replaces the budget of the plan. */
const build = (plan: Plan, given?: RetryBudget.RetryBudget) => {
  const { attempts, breaker, bucket, bulkhead, deadline, hedge, timeout } = plan
  const budget =
    given ??
    (bucket === undefined ? undefined : RetryBudget.tokenBucketUnsafe({ capacity: bucket, cost, throttledCost }))
  const policies = {
    budget,
    hedge: hedge && Hedge.makeUnsafe({ delay: hedge.delay, max: hedge.copies, ...(budget && { budget }) }),
    throttle: plan.throttle ? Throttle.makeUnsafe({ minimum: 3, window: "10 seconds" }) : undefined,
    adaptive: plan.adaptive ? AdaptiveLimit.makeUnsafe({ min: 1, max: 3, queue: 3, maxWait: 400 }) : undefined,
    bulkhead: bulkhead && Bulkhead.makeUnsafe(bulkhead.queue === 0 ? { permits: bulkhead.permits } : bulkhead),
    breaker:
      breaker &&
      CircuitBreaker.makeUnsafe({
        consecutive: breaker.consecutive,
        open: breaker.open + 0.5,
        maxOpen: 10_000,
        probes: breaker.probes,
      }),
    gate: plan.flaps.length === 0 ? undefined : Effect.runSync(Gate.make("weather", { ramp: 1 })),
  }
  const retry = {
    attempts: attempts ?? 1,
    backoff: { base: 8 * plan.base, factor: 2, cap: 3200, jitter: plan.jitter },
    hintCap: plan.hintCap,
    beyondHintCap: plan.clamp ? ("clamp" as const) : ("fail" as const),
    defects: plan.defects,
    ...(budget && { budget }),
  }
  const limits = [policies.throttle, policies.adaptive, policies.bulkhead].filter((limit) => limit !== undefined)
  const stages = [
    deadline === undefined ? undefined : Pipeline.deadline(deadline + 0.0625),
    attempts === undefined ? undefined : Pipeline.retry(retry),
    policies.gate && Pipeline.gates({ others: [policies.gate] }),
    policies.hedge && Pipeline.hedge(policies.hedge),
    limits.length === 0 ? undefined : Pipeline.limits(...limits),
    policies.breaker && Pipeline.breaker(policies.breaker),
    timeout === undefined ? undefined : Pipeline.timeout(timeout + 0.25),
  ].filter((stage) => stage !== undefined)
  // The types check the order only of stages that are known statically.
  const pipeline: Pipeline.Pipeline = (Pipeline.makeUnsafe as (...stages: ReadonlyArray<unknown>) => Pipeline.Pipeline)(
    ...stages,
  )
  return { pipeline, policies }
}

/** One request that the service received. */
export interface Sent {
  readonly number: number
  readonly at: number
  readonly kind: Kind
  until: number
  ended: "interrupted" | "ok" | "failed" | undefined
}

/** The record of one call. */
export interface Told {
  readonly caller: Caller
  readonly sent: Array<Sent>
  readonly events: Array<Event>
  readonly startedAt: number
  fiber: Fiber.Fiber<unknown, unknown> | undefined
  endedAt: number
  exit: Exit.Exit<unknown, unknown> | undefined
  interruptedAt: number
}

/** The tag of a call's error; `ok` for a success. */
export const tagOf = (exit: Exit.Exit<unknown, unknown> | undefined): string => {
  if (exit === undefined) return "none"
  if (Exit.isSuccess(exit)) return "ok"
  const error = Cause.hasInterrupts(exit.cause) ? undefined : exit.cause.reasons.find(Cause.isFailReason)?.error
  return error === undefined ? (Cause.hasInterrupts(exit.cause) ? "interrupted" : "bug") : (error as Classified)._tag
}

/** The timeline of a call's error. */
export const timelineOf = (exit: Exit.Exit<unknown, unknown> | undefined): Timeline.Timeline =>
  exit === undefined || Exit.isSuccess(exit) ? [] : Timeline.fromCause(exit.cause)

/** Sends one request. The service answers as planned, and with a success when the plan is used up. */
const request = (world: World, told: Told, number: number) => {
  let one: Sent | undefined
  const answered = Effect.suspend(() => {
    const { kind, ms } = told.caller.answers[told.sent.length] ?? { kind: "ok", ms: 3 }
    one = { number, at: world.now, kind, until: Infinity, ended: undefined }
    told.sent.push(one)
    const verdict = verdicts[kind]
    const end =
      kind === "hang"
        ? Effect.never
        : kind === "bug"
          ? Effect.die(new Error("bug"))
          : verdict === undefined
            ? Effect.succeed("ok")
            : Effect.suspend(() => Effect.fail<Classified>({ _tag: kind, verdict }))
    const latency = ms === 0 ? end : Effect.andThen(Effect.sleep(ms), end)
    return kind === "slowToGo" ? Effect.onInterrupt(latency, () => Effect.sleep(20)) : latency
  })
  return Effect.onExit(answered, (exit) =>
    Effect.sync(() => {
      if (one === undefined) return
      one.until = world.now
      one.ended = Exit.isSuccess(exit) ? "ok" : Cause.hasInterrupts(exit.cause) ? "interrupted" : "failed"
    }),
  )
}

/** Starts a call of a plan now. */
const begin = (world: World, pipeline: Pipeline.Pipeline, caller: Caller, watched: boolean): Told => {
  const told: Told = {
    caller,
    sent: [],
    events: [],
    startedAt: world.now,
    fiber: undefined,
    endedAt: -1,
    exit: undefined,
    interruptedAt: Infinity,
  }
  const { priority, repeatable } = caller
  const run = Pipeline.run(pipeline, ({ number }) => request(world, told, number), {
    repeatable,
    priority,
  }) as Effect.Effect<unknown, unknown>
  const event = (event: Event) => {
    told.events.push(event)
    return undefined
  }
  told.fiber = world.start(watched ? Effect.provideService(run, Observer, { event }) : run)
  told.fiber.addObserver((exit) => {
    told.exit = exit
    told.endedAt = world.now
  })
  return told
}

/** Closes and opens the gate as planned from now on. The gate is open in the end. */
const flap = (world: World, gate: Gate.Gate, flaps: Plan["flaps"]): void => {
  let at = world.now + 0.03125
  for (const [open, closed] of flaps) {
    at += open
    world.at(at, () => void world.start(gate.close("weather")))
    at += closed
    world.at(at, () => void world.start(gate.open))
  }
}

/** Makes fibers yield after 3 to 12 operations, so that other fibers may run between any two operations. */
const hasty = (seed: number) => {
  const random = numbers(seed)
  return () => 3 + Math.floor(random() * 10)
}

/** Interrupts a call that has not ended. */
const leave = (world: World, told: Told): void => {
  if (told.exit !== undefined) return
  told.interruptedAt = world.now
  told.fiber?.interruptUnsafe()
}

/** Runs the calls of a plan concurrently, each from its time on, and interrupts those whose caller leaves. */
export const play = (
  plan: Plan,
  seed: number,
  watched: boolean,
  budget?: RetryBudget.RetryBudget,
  operations: (() => number) | undefined = seed % 2 === 0 ? undefined : hasty(seed),
) => {
  const random = numbers(seed)
  const world = new World({ random, operations })
  const { pipeline, policies } = build(plan, budget)
  if (policies.gate !== undefined) flap(world, policies.gate, plan.flaps)
  const calls: Array<Told> = []
  let at = 0
  for (const caller of plan.callers) {
    at += caller.pause
    world.at(at, () => {
      const told = begin(world, pipeline, caller, watched)
      calls.push(told)
      const { interrupt } = caller
      if (interrupt === undefined) return
      if ("steps" in interrupt) world.after(interrupt.steps, () => leave(world, told))
      else world.at(world.now + interrupt.ms, () => leave(world, told))
    })
  }
  // Only its caller can end a call that hangs, so in the end every caller leaves.
  world.at(at + 10_000_000, () => {
    for (const told of calls) leave(world, told)
  })
  world.end()
  return { calls, pipeline, policies, world }
}

/** Runs the calls of a plan one after the other, with a pause between them. */
export const playInTurn = (plan: Plan, seed: number) => {
  const world = new World(seed % 2 === 0 ? {} : { operations: hasty(seed) })
  const { pipeline, policies } = build(plan)
  if (policies.gate !== undefined) flap(world, policies.gate, plan.flaps)
  const calls = plan.callers.map((caller) => {
    world.until(world.now + caller.pause)
    const told = begin(world, pipeline, caller, false)
    world.settle()
    while (told.exit === undefined) world.until(world.nextAt)
    return told
  })
  return { calls, pipeline, policies, world }
}
