/**
 * The workloads that compare equal stages: retry, breaker and bulkhead, with and without a timeout, on both sides.
 */
import type { Planned } from "./Planned.ts"

/**
 * Who calls: an effect in a running fiber, one `Effect.runPromise` for each call, or a promise program, whose function may take
 * an abort signal.
 */
export type Door = "fiber" | "runPromise" | "promise" | "signal"

/** `kept` and `abort` are cockatiel's `abortOnReturn: false` and `true`; Holdfast aborts no signal on a return. */
export type Timeout = "none" | "kept" | "abort"

export interface Workload {
  readonly door: Door
  readonly timeout: Timeout
  /** The guarded function returns at once, in a microtask, or after a turn of the event loop. */
  readonly body: "sync" | "async" | "immediate"
  /** How many calls are in flight at once. */
  readonly callers: 1 | 1000
  /** The share of attempts that fail, in percent. */
  readonly failures: 0 | 1 | 50 | 100
}

const bodies = ["sync", "async", "immediate"] as const
const callers = [1, 1000] as const

const successes = (doors: ReadonlyArray<Door>, timeouts: ReadonlyArray<Timeout>): ReadonlyArray<Workload> =>
  callers.flatMap((callers) =>
    bodies.flatMap((body) =>
      timeouts.flatMap((timeout) => doors.map((door): Workload => ({ door, timeout, body, callers, failures: 0 }))),
    ),
  )

// A failure is followed by a timer of a millisecond, so a single caller would measure the timer.
const failing = (doors: ReadonlyArray<Door>): ReadonlyArray<Workload> =>
  ([1, 50, 100] as const).flatMap((failures) =>
    doors.map((door): Workload => ({ door, timeout: "none", body: "sync", callers: 1000, failures })),
  )

const doors = ["fiber", "runPromise", "promise", "signal"] as const

/** The workloads of each side, by the name of its file in `cases/`. */
export const workloads = {
  holdfastEqual: [...successes(doors, ["none", "kept"]), ...failing(doors)],
  cockatielEqual: [...successes(["promise", "signal"], ["none", "kept", "abort"]), ...failing(["promise"])],
} satisfies Record<string, ReadonlyArray<Workload>>

/** The name of a workload in `cases/`. */
export const nameOf = ({ body, callers, door, failures, timeout }: Workload): string =>
  [door, timeout === "none" ? "plain" : timeout, body, callers, ...(failures === 0 ? [] : [`fail${failures}`])].join(
    "-",
  )

const doorNames = {
  fiber: "in a fiber",
  runPromise: "own `runPromise`",
  promise: "`Pipeline.promise`",
  signal: "`Pipeline.promise`, the function takes a signal",
}

const what = (side: string, { body, callers, door, failures, timeout }: Workload): string => {
  const ours = side === "holdfastEqual"
  return [
    callers === 1 ? "one caller" : "1 000 at once",
    `${body} body`,
    ...(ours ? [doorNames[door]] : door === "signal" ? ["the function takes a signal"] : []),
    timeout === "none" ? "no timeout" : ours ? "timeout" : `timeout, \`abortOnReturn: ${timeout === "abort"}\``,
    ...(failures === 0 ? [] : [`${failures} % of attempts fail`]),
  ].join(", ")
}

// Workloads that differ only in the side or in the door are measured next to each other.
const likeness = ({ body, callers, failures, timeout }: Workload): number =>
  [callers, failures, bodies.indexOf(body), timeout === "none" ? 0 : 1].reduce((key, part) => key * 101 + part, 0)

/** One row for each workload. */
export const equal: ReadonlyArray<Planned> = Object.entries(workloads)
  .flatMap(([side, list]) => list.map((workload) => ({ side, workload })))
  .toSorted((a, b) => likeness(a.workload) - likeness(b.workload))
  .map(({ side, workload }) => ({ id: `${side}.${nameOf(workload)}`, what: what(side, workload), time: true }))
