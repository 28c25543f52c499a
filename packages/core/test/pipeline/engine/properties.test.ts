import { assert, describe, it } from "@effect/vitest"
import type { Classified } from "@holdfast/core"
import * as AdaptiveLimit from "@holdfast/core/AdaptiveLimit"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as Hedge from "@holdfast/core/Hedge"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as RetryBudget from "@holdfast/core/RetryBudget"
import * as Verdict from "@holdfast/core/Verdict"
import { Effect, Schema } from "effect"
import { Plan, play, playInTurn, tagOf, timelineOf, type Told } from "../../support/engine/plans.ts"
import { reference } from "../../support/engine/reference.ts"
import { numbers, World } from "../../support/virtual.ts"

const Seed = Schema.Int

const property = (name: string, runs: number, check: (plan: Plan, seed: number) => void) =>
  it.prop(
    name,
    { plan: Plan, seed: Seed },
    ({ plan, seed }) => {
      check(plan, seed)
      return true
    },
    { arbitrary: { runs, seed: 4, maxShrinks: 500 }, timeout: 60_000 },
  )

/** A plan without concurrency, so that the plain loop can predict its outcome. */
const plainly = (plan: Plan): Plan => ({
  ...plan,
  hedge: undefined,
  throttle: false,
  adaptive: false,
  callers: plan.callers.map((caller) => ({
    ...caller,
    repeatable: true,
    interrupt: undefined,
    answers: caller.answers.map(({ kind, ms }) => {
      const endless = kind === "hang" && plan.timeout === undefined && plan.deadline === undefined
      return { ms, kind: endless || kind === "slowToGo" ? "ok" : kind }
    }),
  })),
})

describe("the engine, for any pipeline and any events", () => {
  property("sends no more and takes no longer than the worst case", 200, (plan, seed) => {
    const { calls, pipeline } = play(plan, seed, false)
    const worst = Pipeline.worstCase(pipeline)
    const slow = plan.callers.some(({ answers }) => answers.some(({ kind }) => kind === "slowToGo"))
    for (const { caller, endedAt, interruptedAt, sent, startedAt } of calls) {
      assert.isAtMost(sent.length, caller.repeatable ? worst.attempts : (plan.attempts ?? 1))
      if (plan.flaps.length === 0 && !slow && interruptedAt === Infinity) {
        assert.isAtMost(endedAt - startedAt, worst.hinted)
      }
      if (plan.deadline !== undefined && !slow) assert.isAtMost(endedAt - startedAt, plan.deadline + 0.0625)
    }
  })

  property(
    "sends nothing after `never`, retries `once` once, and sends nothing for an interrupted caller",
    200,
    (plan, seed) => {
      for (const { endedAt, interruptedAt, sent } of play(plan, seed, false).calls) {
        for (const [index, one] of sent.entries()) {
          const later = sent.slice(index + 1)
          if (one.ended === "failed" && one.kind === "never") {
            assert.isTrue(later.every(({ at }) => at <= one.until))
          }
          assert.isAtMost(one.at, Math.min(endedAt, interruptedAt))
          assert.isDefined(one.ended, "a request outlives its call")
        }
        if (plan.hedge === undefined) {
          const again = sent.slice(0, -1).filter(({ ended, kind }) => ended === "failed" && kind === "once")
          assert.isAtMost(again.length, 1)
        }
      }
    },
  )

  property("has one request of a call in flight at a time, hedges aside", 200, (plan, seed) => {
    for (const { caller, sent } of play(plan, seed, false).calls) {
      const copies = caller.repeatable ? (plan.hedge?.copies ?? 0) : 0
      const under = sent.filter(({ kind }) => kind !== "slowToGo")
      for (const { at } of under) {
        assert.isAtMost(under.filter((other) => other.at <= at && other.until > at).length, 1 + copies)
      }
    }
  })

  property("ends an interrupted call immediately", 200, (plan, seed) => {
    for (const { endedAt, interruptedAt, sent } of play(plan, seed, false).calls) {
      if (interruptedAt === Infinity) continue
      const going = sent.some(({ kind, until }) => kind === "slowToGo" && until > interruptedAt)
      assert.strictEqual(endedAt, going ? endedAt : interruptedAt)
    }
  })

  for (const watched of [false, true]) {
    property(`releases everything (${watched ? "" : "not "}watched)`, 250, (plan, seed) => {
      const { calls, policies, world } = play(plan, seed, watched)
      assert.isTrue(calls.every(({ exit }) => exit !== undefined))
      assert.strictEqual(world.sleeping, 0, "a timer is left")
      const { adaptive, breaker, bulkhead, gate } = policies
      const left = {
        bulkhead: bulkhead && Effect.runSync(Bulkhead.stats(bulkhead)),
        adaptive: adaptive && Effect.runSync(AdaptiveLimit.stats(adaptive)),
        breaker: breaker && Effect.runSyncWith(world.context)(CircuitBreaker.state(breaker)),
      }
      if (left.bulkhead !== undefined) assert.deepStrictEqual([left.bulkhead.inFlight, left.bulkhead.queued], [0, 0])
      if (left.adaptive !== undefined) assert.deepStrictEqual([left.adaptive.inFlight, left.adaptive.queued], [0, 0])
      if (left.breaker?._tag === "HalfOpen") assert.strictEqual(left.breaker.probing, 0)
      assert.strictEqual(gate?.isOpen() ?? true, true)
    })
  }

  property("behaves like a plain loop that does the same", 500, (given, seed) => {
    const plan = plainly(given)
    const endings = playInTurn(plan, seed).calls.map(({ endedAt, exit, sent }) => ({
      tag: tagOf(exit),
      at: endedAt,
      sent: sent.map(({ at }) => at),
    }))
    assert.deepStrictEqual(endings, reference(plan))
  })

  property("records a timeline that adds up", 200, (given, seed) => {
    const plan = plainly(given)
    const waits = plan.flaps.length === 0
    for (const { endedAt, exit, sent, startedAt } of playInTurn(plan, seed).calls) {
      const timeline = timelineOf(exit)
      const starts = timeline.filter((entry) => entry.sent).map((entry) => entry.startedAt)
      if (exit?._tag === "Failure" && tagOf(exit) !== "DeadlineExceeded" && plan.attempts !== undefined) {
        if (tagOf(exit) !== "bug")
          assert.deepStrictEqual(
            starts,
            sent.map(({ at }) => at),
          )
      }
      let end = startedAt
      for (const [index, { decidedBy, duration, number, startedAt, wait }] of timeline.entries()) {
        assert.strictEqual(number, index + 1)
        if (waits) assert.strictEqual(startedAt, end + wait)
        else assert.isAtLeast(startedAt, end + wait)
        assert.strictEqual(wait === 0, index === 0)
        end = startedAt + duration
        const goesOn = decidedBy === "backoff" || decidedBy === "server"
        if (tagOf(exit) !== "DeadlineExceeded") assert.strictEqual(goesOn, index < timeline.length - 1)
      }
      assert.isAtMost(end, endedAt)
    }
  })

  property("charges the budget for every request after the first, and for nothing else", 500, (given, seed) => {
    const budget = halfFull()
    account({ ...given, attempts: given.attempts ?? 3 }, budget, (plan) => play(plan, seed, true, budget))
  })

  it("releases all resources if a call is interrupted between any two operations of any of its fibers", () => {
    const fails = { kind: "always", ms: 0 } as const
    const later = { kind: "always", ms: 7 } as const
    for (const answers of [
      [fails, fails, fails],
      [later, later],
      [later, fails, later],
    ]) {
      for (let operations = 3; operations <= 9; operations++) {
        for (let steps = 1; steps <= 60; steps++) {
          const caller = { pause: 1, answers, repeatable: true, priority: 0, interrupt: undefined }
          const plan: Plan = {
            deadline: 5000,
            attempts: 3,
            base: 1,
            jitter: "none",
            hintCap: 10,
            clamp: true,
            defects: "never",
            bucket: undefined,
            flaps: [[9, 4]],
            hedge: { delay: 5, copies: 1 },
            throttle: true,
            adaptive: true,
            bulkhead: { permits: 1, queue: 2, maxWait: 400 },
            breaker: { consecutive: 4, open: 20, probes: 1 },
            timeout: 500,
            callers: [{ ...caller, interrupt: { steps } }, caller],
          }
          const budget = halfFull()
          const { policies, world } = account(plan, budget, () => play(plan, 1, true, budget, () => operations))
          assert.strictEqual(world.sleeping, 0)
          const { inFlight, queued } = Effect.runSync(
            Bulkhead.stats(policies.bulkhead ?? Bulkhead.makeUnsafe({ permits: 1 })),
          )
          assert.deepStrictEqual([inFlight, queued], [0, 0])
        }
      }
    }
  })
})

/** A bucket with a single price that is never empty or full, so that its balance is the sum of all charges and refunds. */
const halfFull = (): RetryBudget.RetryBudget => {
  const budget = RetryBudget.tokenBucketUnsafe({ capacity: 100_000, cost: 10, throttledCost: 10, reward: 1 })
  for (let n = 0; n < 1_000; n++) budget.charge(0, undefined)
  return budget
}

/** Plays a plan, and compares the budget's balance with the cost of its calls. */
const account = (plan: Plan, budget: RetryBudget.RetryBudget, run: (plan: Plan) => ReturnType<typeof play>) => {
  const before = budget.balance(0)
  const played = run(plan)
  const sums = played.calls.map(paid)
  const taken = before - budget.balance(played.world.now)
  assert.isAtLeast(taken, sum(sums.map(([least]) => least)))
  assert.isAtMost(taken, sum(sums.map(([, most]) => most)))
  return played
}

const between = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

describe("the load on a service that answers every call with a failure", () => {
  const crowd = {
    attempts: between(1, 8),
    base: between(1, 2_000),
    gap: between(0, 50),
    latency: between(0, 400),
    hedge: Schema.Union([Schema.Undefined, between(1, 300)]),
    seed: Seed,
  }
  type Crowd = { readonly [K in keyof typeof crowd]: (typeof crowd)[K]["Type"] }

  /** The number of requests of 400 failing calls. */
  const requests = (budget: RetryBudget.RetryBudget, { attempts, base, gap, hedge, latency, seed }: Crowd): number => {
    const world = new World({ random: numbers(seed) })
    const pipeline = Pipeline.makeUnsafe(
      Pipeline.retry({ attempts, backoff: { base, cap: 4_000 }, budget }),
      Pipeline.hedge(Hedge.makeUnsafe({ delay: hedge ?? 1_000_000, budget })),
    )
    const failed: Classified = { _tag: "Down", verdict: Verdict.always(seed % 2 === 0 ? {} : { pace: "throttled" }) }
    let sent = 0
    const send = Effect.suspend(() => {
      sent++
      return Effect.andThen(latency === 0 ? Effect.void : Effect.sleep(latency), Effect.fail(failed))
    })
    for (let n = 0; n < 400; n++) {
      world.at(n * gap, () => void world.start(Effect.exit(Pipeline.run(pipeline, send, { repeatable: true }))))
    }
    world.end()
    return sent
  }

  it.prop(
    "the ratio limits the combined load from retries and hedges",
    { ...crowd, percent: between(0, 200), window: between(1, 60) },
    ({ percent, window, ...crowd }) => {
      const budget = RetryBudget.ratioUnsafe({ kind: "ratio", percent, window: window * 1_000, floor: 0 })
      assert.isAtMost(requests(budget, crowd), 400 + 4 * percent)
      return true
    },
    { arbitrary: { runs: 25, seed: 4, maxShrinks: 100 }, timeout: 60_000 },
  )

  it.prop(
    "the token bucket limits the load to one request per call plus the retries that the bucket can pay for",
    { ...crowd, capacity: between(14, 500) },
    ({ capacity, ...crowd }) => {
      const budget = RetryBudget.tokenBucketUnsafe({ capacity })
      assert.isAtMost(requests(budget, crowd), 400 + capacity / (crowd.seed % 2 === 0 ? 14 : 5))
      return true
    },
    { arbitrary: { runs: 25, seed: 4, maxShrinks: 100 }, timeout: 60_000 },
  )
})

const sum = (these: ReadonlyArray<number>): number => these.reduce((total, one) => total + one, 0)

/**
 * The least and the most that a call costs: 10 for each request except the first, minus the price of the last retry if it
 * succeeded, or minus 1 if no retry was needed.
 *
 * If an attempt succeeds at the moment when its call is interrupted, an observer cannot tell which came first.
 */
const paid = ({ events, exit, sent }: Told): readonly [least: number, most: number] => {
  let retry = 0
  let requests = 0
  let cost = 0
  for (const { _tag } of events) {
    if (_tag === "RetryScheduled") {
      retry++
      requests = 0
    }
    if (_tag === "AttemptStarted" && ++requests + Math.min(retry, 1) > 1) cost += 10
  }
  const back = retry === 0 ? 1 : 10
  if (exit?._tag === "Success") return [cost - back, cost - back]
  return [sent.some(({ ended }) => ended === "ok") ? cost - back : cost, cost]
}
