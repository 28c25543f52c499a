/** Hours of calls in virtual time through a pipeline with every policy, to a service with bad phases. */
import type { Classified } from "@holdfast/core"
import * as AdaptiveLimit from "@holdfast/core/AdaptiveLimit"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as Gate from "@holdfast/core/Gate"
import * as Hedge from "@holdfast/core/Hedge"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as RetryBudget from "@holdfast/core/RetryBudget"
import * as Throttle from "@holdfast/core/Throttle"
import * as Verdict from "@holdfast/core/Verdict"
import { Duration, Effect } from "effect"
import { numbers, World } from "./virtual.ts"

/** The phase of the service in each minute of an hour; other minutes are `well`. */
const phases = [
  { name: "well", from: 0, to: 20 },
  { name: "outage", from: 20, to: 25 },
  { name: "well", from: 25, to: 35 },
  { name: "slow", from: 35, to: 40 },
  { name: "well", from: 40, to: 50 },
  { name: "429", from: 50, to: 55 },
  { name: "well", from: 55, to: 60 },
] as const
export type Phase = (typeof phases)[number]["name"]

const minute = 60_000
const hour = 60 * minute

const phaseAt = (now: number): Phase => phases.find(({ to }) => (now % hour) / minute < to)?.name ?? "well"

const down: Classified = { _tag: "Down", verdict: Verdict.always() }
const wrong: Classified = { _tag: "Wrong", verdict: Verdict.never() }
const busy: Classified = {
  _tag: "Busy",
  verdict: Verdict.always({ pace: "throttled", retryAfter: Duration.seconds(2) }),
}

/** The outcomes of the calls of a phase, and the number of requests that the service received in it. */
export interface Sum {
  calls: number
  answered: number
  failed: number
  interrupted: number
  requests: number
}

/** What the pipeline holds at one moment. */
export interface Held {
  readonly calls: number
  readonly timers: number
  readonly inFlight: number
  readonly queued: number
  readonly limit: number
}

export interface Options {
  readonly hours: number
  readonly callsPerHour: number
  readonly seed: number
  /** Called at the end of every virtual hour, from 1. */
  readonly onHour?: ((hour: number) => void) | undefined
}

/** Runs the hours. Returns the sums, the most that was held at any full minute, and what is left at the end. */
export const soak = ({ callsPerHour, hours, onHour, seed }: Options) => {
  const random = numbers(seed)
  const world = new World({ random })
  const gate = Effect.runSync(Gate.make("weather", { ramp: 20 }))
  const budget = RetryBudget.ratioUnsafe({ kind: "ratio", percent: 20, floor: 0 })
  const throttle = Throttle.makeUnsafe({ window: "30 seconds" })
  const adaptive = AdaptiveLimit.makeUnsafe({ min: 5, max: 500, initial: 100, queue: 100, maxWait: "2 seconds" })
  const bulkhead = Bulkhead.makeUnsafe({ permits: 200, queue: 200, maxWait: "5 seconds" })
  const breaker = CircuitBreaker.makeUnsafe({
    window: {
      duration: "10 seconds",
      failureRate: 0.5,
      minimumCalls: 20,
      slowCall: { over: "1500 millis", rate: 0.8 },
    },
    open: { base: "2 seconds", factor: 2, cap: "20 seconds" },
    probes: 3,
    successThreshold: 3,
    probeLease: "10 seconds",
    ramp: { over: "5 seconds", from: 0.2 },
  })
  const pipeline = Pipeline.makeUnsafe(
    Pipeline.deadline("30 seconds"),
    Pipeline.retry({ attempts: 4, budget }),
    Pipeline.gates({ others: [gate] }),
    Pipeline.hedge(Hedge.makeUnsafe({ delay: { percentile: 0.95, min: "50 millis", max: "1 second" }, budget })),
    Pipeline.limits(throttle, adaptive, bulkhead),
    Pipeline.breaker(breaker),
    Pipeline.timeout("2 seconds"),
  )

  const sums: Record<Phase, Sum> = { well: nothing(), outage: nothing(), slow: nothing(), "429": nothing() }
  let open = 0
  const most = { calls: 0, timers: 0, inFlight: 0, queued: 0, limit: 0 }

  const answer = Effect.suspend((): Effect.Effect<void, Classified> => {
    const phase = phaseAt(world.now)
    sums[phase].requests++
    switch (phase) {
      case "outage":
        return Effect.andThen(Effect.sleep(20), Effect.fail(down))
      case "slow":
        return Effect.sleep(1000 + Math.floor(3000 * random()))
      case "429":
        return random() < 0.4 ? Effect.andThen(Effect.sleep(10), Effect.fail(busy)) : Effect.sleep(60)
      case "well": {
        const luck = random()
        const latency = luck < 0.03 ? 900 : 30 + Math.floor(60 * random())
        if (luck > 0.98) return Effect.andThen(Effect.sleep(latency), Effect.fail(luck > 0.99 ? down : wrong))
        return Effect.sleep(latency)
      }
    }
  })

  const arrive = (n: number): void => {
    if (n >= hours * callsPerHour) return
    world.at(((n + 1) * hour) / callsPerHour, () => arrive(n + 1))
    const sum = sums[phaseAt(world.now)]
    sum.calls++
    open++
    const call = world.start(Pipeline.run(pipeline, answer, { repeatable: n % 2 === 0, priority: n % 3 }))
    call.addObserver((exit) => {
      open--
      if (exit._tag === "Success") sum.answered++
      else if (exit.cause.reasons.some(({ _tag }) => _tag === "Interrupt")) sum.interrupted++
      else sum.failed++
    })
    // One caller in fifty interrupts its call early, wherever the call is then.
    if (n % 50 === 0) world.at(world.now + 40, () => call.interruptUnsafe())
  }

  const held = (): Held => {
    const places = Effect.runSync(Bulkhead.stats(bulkhead))
    const found = Effect.runSync(AdaptiveLimit.stats(adaptive))
    return {
      calls: open,
      timers: world.sleeping,
      inFlight: places.inFlight,
      queued: places.queued + found.queued,
      limit: found.limit,
    }
  }

  world.at(0, () => arrive(0))
  for (let at = 0; at < hours * 60; at++) {
    // The gate flaps in the thirteenth minute of every hour: closed for 4 s, open for 6 s.
    if (at % 60 === 12) {
      for (let second = 0; second < 60; second += 10) {
        world.at(at * minute + second * 1000, () => void world.start(gate.close("weather")))
        world.at(at * minute + second * 1000 + 4000, () => void world.start(gate.open))
      }
    }
    world.until((at + 1) * minute)
    const now = held()
    for (const key of keys) most[key] = Math.max(most[key], now[key])
    if (at % 60 === 59) onHour?.((at + 1) / 60)
  }
  world.end()
  const state = Effect.runSyncWith(world.context)(CircuitBreaker.state(breaker))
  return { sums, most, left: held(), state, counts: state.counts, line: Pipeline.describe(pipeline) }
}

const keys = ["calls", "timers", "inFlight", "queued", "limit"] as const

const nothing = (): Sum => ({ calls: 0, answered: 0, failed: 0, interrupted: 0, requests: 0 })

/** A table of the phases: the number of calls, how many were answered, and requests per call. */
export const table = (sums: Readonly<Record<Phase, Sum>>): string =>
  Object.entries(sums)
    .map(([name, { answered, calls, requests }]) => {
      const share = `${((100 * answered) / Math.max(calls, 1)).toFixed(1)} %`
      const load = (requests / Math.max(calls, 1)).toFixed(3)
      return `${name.padEnd(7)} ${String(calls).padStart(9)} calls ${share.padStart(8)} answered  ${load} requests a call`
    })
    .join("\n")
