/**
 * Compares the breaker with a plain model: visits every state that both can reach, and tries every event in each.
 */
import { assert, describe, it } from "@effect/vitest"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as Verdict from "@holdfast/core/Verdict"
import { Clock, Context, Duration, Effect } from "effect"
import { Model, type ModelCall, type Result, type Settings } from "../../support/breaker/model.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Events
// ---------------------------------------------------------------------------------------------------------------------

type Event =
  | { readonly _tag: "enter" | "isolate" | "release" | "reset" }
  /** The oldest or the newest call in flight ends; `hint` is the server's `Retry-After`, in milliseconds. */
  | { readonly _tag: "leave"; readonly which: "oldest" | "newest"; readonly result: Result; readonly hint?: number }
  | { readonly _tag: "pass"; readonly ms: number }
  | { readonly _tag: "reload"; readonly settings: Settings }

const enter: Event = { _tag: "enter" }
const isolate: Event = { _tag: "isolate" }
const release: Event = { _tag: "release" }
const reset: Event = { _tag: "reset" }
const pass = (ms: number): Event => ({ _tag: "pass", ms })
const reload = (settings: Settings): Event => ({ _tag: "reload", settings })
const leave = (which: "oldest" | "newest", result: Result, hint?: number): Event => ({
  _tag: "leave",
  which,
  result,
  ...(hint === undefined ? {} : { hint }),
})

const outcomes = [
  leave("oldest", "success"),
  leave("oldest", "failure"),
  leave("oldest", "ignored"),
  leave("newest", "success"),
  leave("newest", "failure"),
]

/** The limits of the search: calls in flight, isolations in force, and outcomes in a window of time. */
const bounds = { calls: 3, isolations: 2, outcomes: 4 }

const possible = (model: Model, event: Event): boolean => {
  const { calls, isolations } = model
  const full = model.settings.window?.duration !== undefined && model.held().length + calls.length >= bounds.outcomes
  if (event._tag === "enter") return calls.length < bounds.calls && !full
  if (event._tag === "leave") return calls.length > (event.which === "oldest" ? 0 : 1)
  if (event._tag === "isolate") return isolations < bounds.isolations
  if (event._tag === "release") return isolations > 0
  return event._tag !== "reload" || event.settings !== model.settings
}

// ---------------------------------------------------------------------------------------------------------------------
// The breaker, driven as by a pipeline
// ---------------------------------------------------------------------------------------------------------------------

interface Entered {
  readonly ticket: number
  readonly at: number
}

type Call = Parameters<CircuitBreaker.CircuitBreaker["enter"]>[0]

// The settings of the model have one type for both kinds of window.
const optionsOf = (settings: Settings): CircuitBreaker.Options => settings as unknown as CircuitBreaker.Options

class Driven {
  now = 0
  readonly breaker: CircuitBreaker.CircuitBreaker
  readonly changes: Array<string> = []
  readonly calls: Array<Entered> = []
  private readonly isolations: Array<CircuitBreaker.Isolation> = []
  private readonly clock = {
    currentTimeMillisUnsafe: () => this.now,
    monotonicTimeNanosUnsafe: () => BigInt(this.now) * 1_000_000n,
  } as Clock.Clock
  private readonly context = Context.make(Clock.Clock, this.clock)
  // The parts of a call without an observer that the breaker reads.
  private readonly call = {
    observer: undefined,
    publish: () => undefined,
    ambient: { clock: this.clock },
  } as unknown as Call

  constructor(settings: Settings) {
    this.breaker = CircuitBreaker.makeUnsafe(optionsOf(settings))
    this.breaker.listeners.add(({ at, from, to }) => this.changes.push(`${from} > ${to} at ${at}`))
  }

  run<A>(effect: Effect.Effect<A, unknown>): A {
    return Effect.runSyncWith(this.context)(Effect.orDie(effect))
  }

  /** Whether a call is admitted, or the time after which to retry. */
  enter(): "in" | number {
    const ticket = this.breaker.enter(this.call, this.now)
    if (ticket !== undefined) {
      this.calls.push({ ticket, at: this.now })
      return "in"
    }
    const rejection = Effect.runSync(Effect.flip(this.breaker.wait(this.call, this.now)))
    assert.strictEqual(rejection.verdict.retryAfter, rejection.retryAfter)
    return Duration.toMillis(rejection.retryAfter)
  }

  do(event: Event): "in" | number | undefined {
    switch (event._tag) {
      case "enter":
        return this.enter()
      case "leave": {
        const entered = event.which === "oldest" ? this.calls.shift() : this.calls.pop()
        if (entered === undefined) return undefined
        const retryAfter = Duration.millis(event.hint ?? 0)
        const error = event.result === "failure" ? { _tag: "Down", verdict: Verdict.always({ retryAfter }) } : undefined
        this.breaker.exit(this.call, entered.ticket, entered.at, this.now, event.result, error)
        return undefined
      }
      case "pass":
        this.now += event.ms
        return undefined
      case "isolate":
        this.isolations.push(this.run(CircuitBreaker.isolate(this.breaker, "maintenance")))
        return undefined
      case "release": {
        const isolation = this.isolations.shift()
        if (isolation !== undefined) this.run(isolation.release)
        return undefined
      }
      case "reset":
        this.run(CircuitBreaker.reset(this.breaker))
        return undefined
      case "reload":
        this.run(CircuitBreaker.reload(this.breaker, optionsOf(event.settings)))
        return undefined
    }
  }

  state(): CircuitBreaker.State {
    return this.run(CircuitBreaker.state(this.breaker))
  }
}

const driven = (settings: Settings, path: ReadonlyArray<Event>): Driven => {
  const it = new Driven(settings)
  for (const event of path) it.do(event)
  return it
}

// ---------------------------------------------------------------------------------------------------------------------
// The model, driven by the same events
// ---------------------------------------------------------------------------------------------------------------------

const step = (model: Model, event: Event): "in" | number | undefined => {
  switch (event._tag) {
    case "enter": {
      const entered = model.enter()
      return typeof entered === "number" ? entered : "in"
    }
    case "leave": {
      const left = model.calls.at(event.which === "oldest" ? 0 : -1)
      if (left !== undefined) model.leave(left, event.result, event.hint ?? 0)
      return undefined
    }
    case "pass":
      return void model.pass(event.ms)
    case "reload":
      return void model.reload(event.settings)
    default:
      return void model[event._tag]()
  }
}

/** The state of the breaker and of the model in the same form. */
const said = (state: CircuitBreaker.State): unknown => {
  const { counts, since } = state
  const { openings, streak, window } = counts
  const held = { streak, openings, window: window && [window.calls, window.failures, window.slow] }
  switch (state._tag) {
    case "Open":
      return { _tag: state._tag, ...held, since, retryAfter: Duration.toMillis(state.retryAfter) }
    case "HalfOpen":
      return { _tag: state._tag, ...held, since, probing: state.probing, succeeded: state.succeeded }
    case "Recovering":
      return { _tag: state._tag, ...held, since, share: state.share.toFixed(6) }
    case "Closed":
      return { _tag: state._tag, ...held, since }
    case "Isolated":
      return { _tag: state._tag, ...held }
  }
}

const expected = (model: Model): unknown => {
  const { now, openTime, openings, phase, settings, since, streak, succeeded } = model
  const outcomes = model.held()
  const count = (of: "failed" | "slow") => outcomes.filter((outcome) => outcome[of]).length
  const window = settings.window && [outcomes.length, count("failed"), count("slow")]
  const held = { streak, openings, window }
  if (model.isolations > 0) return { _tag: "Isolated", ...held }
  switch (phase) {
    case "Open":
      return { _tag: phase, ...held, since, retryAfter: since + openTime - now }
    case "HalfOpen":
      return { _tag: phase, ...held, since, probing: model.probing().length, succeeded }
    case "Recovering":
      return { _tag: phase, ...held, since, share: model.share(now).toFixed(6) }
    case "Closed":
      return { _tag: phase, ...held, since }
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Invariants of every state
// ---------------------------------------------------------------------------------------------------------------------

// Comparing texts is twenty times as fast as comparing objects, which are compared only for the message.
const same = (actual: unknown, wanted: unknown, path: ReadonlyArray<Event>): void => {
  if (JSON.stringify(actual) !== JSON.stringify(wanted)) assert.deepStrictEqual(actual, wanted, described(path))
}

const described = (path: ReadonlyArray<Event>): string => path.map((event) => JSON.stringify(event)).join("\n")

/** From any state the circuit closes once calls succeed, even if every call in flight hangs. */
const closesAgain = (breaker: Driven, path: ReadonlyArray<Event>): void => {
  const { now } = breaker
  while (breaker.state()._tag === "Isolated") breaker.do(release)
  for (let tries = 0; breaker.state()._tag !== "Closed"; tries++) {
    if (tries > 30) assert.fail(`not closed after ${breaker.now - now} ms:\n${described(path)}`)
    const entered = breaker.enter()
    if (entered === "in") breaker.do(leave("newest", "success"))
    else breaker.do(pass(entered))
  }
}

/** After the wait that a rejection names, a call is admitted or a probe is running. */
const keepsItsWord = (breaker: Driven, retryAfter: number, path: ReadonlyArray<Event>): void => {
  if (retryAfter <= 0) assert.fail(`rejected for ${retryAfter} ms:\n${described(path)}`)
  if (breaker.state()._tag === "Isolated") return
  breaker.do(pass(retryAfter))
  const state = breaker.state()
  const probing = state._tag === "HalfOpen" && state.probing > 0
  if (!probing && breaker.enter() !== "in") assert.fail(`rejected again after ${retryAfter} ms:\n${described(path)}`)
}

// ---------------------------------------------------------------------------------------------------------------------
// The search
// ---------------------------------------------------------------------------------------------------------------------

interface Node {
  readonly model: Model
  readonly path: ReadonlyArray<Event>
}

/** Tries every event in every reachable state of the model. */
const search = (settings: Settings, events: ReadonlyArray<Event>) => {
  const seen = new Set<string>()
  let frontier: ReadonlyArray<Node> = [{ model: new Model(settings), path: [] }]
  let depth = 0
  for (; frontier.length > 0; depth++) {
    const next: Array<Node> = []
    for (const { model, path } of frontier) {
      for (const event of events) {
        if (!possible(model, event)) continue
        const after = tryOut(settings, model, path, event)
        const key = after.model.key()
        if (seen.has(key)) continue
        seen.add(key)
        next.push(after)
        closesAgain(driven(settings, after.path), after.path)
      }
    }
    frontier = next
  }
  return { states: seen.size, depth }
}

const tryOut = (settings: Settings, before: Model, path: ReadonlyArray<Event>, event: Event): Node => {
  const breaker = driven(settings, path)
  const model = before.copy()
  const late = event._tag === "leave" && isLate(model.calls.at(event.which === "oldest" ? 0 : -1))
  const stateBefore = late ? breaker.state() : undefined
  const after = [...path, event]
  const answer = breaker.do(event)
  const wanted = step(model, event)
  const state = breaker.state()
  same([answer, said(state), breaker.changes], [wanted, expected(model), model.changes], after)
  if (state._tag === "HalfOpen" && answer === "in" && state.probing > model.settings.probes) {
    assert.fail(`${state.probing} probes at once:\n${described(after)}`)
  }
  if (stateBefore !== undefined) {
    const counts = { ...stateBefore.counts, late: stateBefore.counts.late + 1 }
    same(state, { ...stateBefore, counts }, after)
  }
  if (typeof answer === "number") keepsItsWord(breaker, answer, after)
  return { model, path: after }
}

const isLate = (call: ModelCall | undefined): boolean => call !== undefined && !call.counts

// ---------------------------------------------------------------------------------------------------------------------
// Option sets
// ---------------------------------------------------------------------------------------------------------------------

const plain: Settings = {
  consecutive: 2,
  open: { base: 4, factor: 2, cap: 8 },
  maxOpen: 12,
  probes: 1,
  successThreshold: 1,
  probeLease: 6,
}

const steady: Settings = { ...plain, open: { base: 4, factor: 1, cap: 4 } }

const reloaded: Settings = { ...plain, consecutive: 1, probes: 1, successThreshold: 3, probeLease: 4 }
const patient: Settings = { ...plain, consecutive: 1, probes: 2, successThreshold: 2 }

const rate = { failureRate: 0.6, minimumCalls: 2, slowCall: { over: 2, rate: 0.5 } }
const slow: Settings = { ...steady, window: { ...rate, calls: 3 } }
const slower: Settings = { ...steady, window: { ...rate, calls: 2 } }

const sets: Readonly<Record<string, { readonly settings: Settings; readonly events: ReadonlyArray<Event> }>> = {
  "failures in a row, growing open times, a hint, isolations, resets": {
    settings: plain,
    events: [enter, ...outcomes, leave("oldest", "failure", 20), pass(2), pass(4), isolate, release, reset],
  },
  "two probes at once, two successes, reloads": {
    settings: patient,
    events: [enter, ...outcomes, pass(3), pass(4), reload(reloaded), reload(patient)],
  },
  "a ramp": {
    settings: { ...steady, consecutive: 1, ramp: { over: 8, from: 0.25 } },
    events: [
      enter,
      leave("oldest", "success"),
      leave("oldest", "failure"),
      leave("newest", "ignored"),
      pass(2),
      pass(4),
    ],
  },
  "a window of calls, slow ones too, reloads": {
    settings: slow,
    events: [enter, leave("oldest", "success"), leave("newest", "failure"), pass(3), reload(slower), reload(slow)],
  },
  "a window of time": {
    settings: { ...steady, window: { duration: 20, failureRate: 0.5, minimumCalls: 3 } },
    events: [enter, leave("oldest", "success"), leave("oldest", "failure"), pass(7), pass(30)],
  },
}

// The search takes three seconds in all; the limit leaves room for a busy machine.
const timeout = { timeout: 120_000 }

describe("CircuitBreaker compared with a model", () => {
  for (const [name, { events, settings }] of Object.entries(sets)) {
    it(`matches the model in every reachable state: ${name}`, timeout, () => {
      const found = search(settings, events)
      // Asserts the size of the search, so that it cannot shrink unnoticed.
      assert.isAbove(found.states, 1300)
      assert.isAbove(found.depth, 20)
    })
  }

  // The search follows only one path into each state of the model. This test follows every path, and ends each with a call.
  it("matches the model for every sequence of seven events", timeout, () => {
    const settings: Settings = { ...patient, open: steady.open }
    const events = [enter, ...outcomes.slice(0, 3), leave("newest", "failure"), pass(4), pass(6)]
    let orders = 0
    const follow = (model: Model, path: ReadonlyArray<Event>, answers: ReadonlyArray<unknown>): void => {
      if (path.length === 7) {
        orders++
        const breaker = new Driven(settings)
        const given = [...path, enter].map((event) => breaker.do(event))
        same([given, breaker.changes], [[...answers, step(model, enter)], model.changes], path)
        return
      }
      for (const event of events) {
        if (!possible(model, event)) continue
        const after = model.copy()
        const answer = step(after, event)
        follow(after, [...path, event], [...answers, answer])
      }
    }
    follow(new Model(settings), [], [])
    assert.isAbove(orders, 25_000)
  })
})
