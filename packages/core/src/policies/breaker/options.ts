/**
 * The options of a breaker, with their defaults and their validation.
 */
import * as Duration from "effect/Duration"
import type { Classified } from "../../errors/Verdict.ts"
import * as Option from "../../pipeline/options/option.ts"
import type { Outcome } from "../../telemetry/Observer.ts"
import { seconds } from "../../time/units.ts"
import type { Ramp } from "./ramp.ts"
import type { WindowSettings } from "./window.ts"

/**
 * Open times that grow while the service remains unavailable. The open time of opening `n` is `base · factor^(n-1)`, but at
 * most `cap`.
 */
export interface Growing {
  readonly base: Duration.Input
  /** The growth factor, which must be at least 1. Default: 2. */
  readonly factor?: number | undefined
  /** The maximum open time. Default: `maxOpen`. */
  readonly cap?: Duration.Input | undefined
}

/**
 * Defines the outcomes from which a rate is computed: those of the last `calls` calls, or those of the last `duration`.
 */
export type Window = WindowRates &
  (
    | { readonly calls: number; readonly duration?: undefined }
    | { readonly duration: Duration.Input; readonly calls?: undefined }
  )

export interface WindowRates {
  /** The failure rate at which the circuit opens. The rate must be greater than 0 and at most 1. Default: 0.5. */
  readonly failureRate?: number | undefined
  /**
   * The minimum number of outcomes in the window before a rate can open the circuit. Default: the value of `calls`, or 10 if
   * `duration` is set.
   */
  readonly minimumCalls?: number | undefined
  /**
   * Opens the circuit when the share of calls that take longer than `over` reaches `rate`, regardless of the outcomes of
   * these calls. Default: the durations of calls are ignored.
   */
  readonly slowCall?: { readonly over: Duration.Input; readonly rate: number } | undefined
}

/** Defines how a circuit gradually admits calls again after it has closed. */
export interface RampOptions {
  /** The time after which every call is admitted again. */
  readonly over: Duration.Input
  /** The share of calls admitted at the start of the ramp, from 0 to 1. */
  readonly from: number
}

/** The options of a breaker. An option that is absent gets its default. */
export interface Options {
  /** The name that appears in events and errors. Default: `breaker`. */
  readonly name?: string | undefined
  /**
   * Opens the circuit after this many failures in a row. Every failed attempt counts. Default: 10. The default exceeds the 8
   * attempts of the default retry, so that a single failing call does not open the circuit. If a window is set, consecutive
   * failures do not open the circuit by default.
   */
  readonly consecutive?: number | undefined
  readonly window?: Window | undefined
  /**
   * How long the circuit stays open before a probe is sent. If this option is a function, see `scheduled` for a description
   * of its argument. Default: 30 s.
   */
  readonly open?: Duration.Input | Growing | ((openings: number) => Duration.Input) | undefined
  /**
   * The maximum open time, which also limits hints from the server. Default: 5 min, as in Envoy, or the value of `open` if it
   * is longer.
   */
  readonly maxOpen?: Duration.Input | undefined
  /** The maximum number of probes in flight at the same time. Default: 1. */
  readonly probes?: number | undefined
  /** The number of probes that must succeed before the circuit closes. Default: 1. */
  readonly successThreshold?: number | undefined
  /**
   * The time after which a probe without an outcome counts as failed. Default: 5 min, which is the longest default timeout.
   */
  readonly probeLease?: Duration.Input | undefined
  /**
   * Admits a growing share of the calls after the circuit has closed. Default: every call is admitted as soon as the circuit
   * has closed.
   */
  readonly ramp?: RampOptions | undefined
  /** Admits calls that would otherwise be rejected, and reports them. Default: false. */
  readonly dryRun?: boolean | undefined
  /** Determines the outcome that an error counts as. Default: the outcome in the error's verdict. */
  readonly classify?: ((error: Classified) => Outcome) | undefined
}

const optionNames: { readonly [Name in keyof Options]-?: true } = {
  name: true,
  consecutive: true,
  window: true,
  open: true,
  maxOpen: true,
  probes: true,
  successThreshold: true,
  probeLease: true,
  ramp: true,
  dryRun: true,
  classify: true,
}

/** The validated options with defaults filled in. All times are in milliseconds. */
export interface Checked {
  /** The value is `Infinity` if failures in a row do not open the circuit. */
  readonly consecutive: number
  readonly window: WindowSettings | undefined
  /** Returns the open time of opening `n`, counted from 1, before it is limited to `maxOpen`. */
  readonly open: (openings: number) => number
  readonly maxOpen: number
  readonly probes: number
  readonly successThreshold: number
  readonly probeLease: number
  readonly ramp: Ramp | undefined
  readonly dryRun: boolean
  /** A description of the open times. */
  readonly openText: string
}

// The defaults; times are in milliseconds. `defaults.ts` has their sources.

/**
 * The default exceeds the eight attempts of the default retry, because the attempts of one call must not open the circuit for
 * all calls.
 */
export const defaultConsecutive = 10
export const defaultFailureRate = 0.5
export const defaultMinimumCalls = 10
/** This default also applies if the function that computes the open time throws. */
export const defaultOpen = 30_000
export const defaultFactor = 2
export const defaultMaxOpen = 300_000
export const defaultProbes = 1
export const defaultSuccessThreshold = 1
export const defaultProbeLease = 300_000
export const defaultDryRun = false
const policy = "CircuitBreaker"
const millis = (option: string, value: Duration.Input): number => Option.millis(policy, option, value, { min: 1 })
const share = (option: string, value: number): number =>
  Option.number(policy, option, value, { min: 0, max: 1, above: true })
const count = (option: string, value: number, max = 1_000_000): number =>
  Option.integer(policy, option, value, { min: 1, max })

/**
 * Returns the open time of opening `n` in milliseconds, which is between 1 and `maxOpen`.
 *
 * **Details**
 *
 * If the function that computes the open time throws, the default is used and `problem` contains the exception. The circuit
 * must open and later become half-open regardless of what the function does.
 */
export const openFor = (
  { maxOpen, open }: Pick<Checked, "maxOpen" | "open">,
  n: number,
): { readonly ms: number; readonly problem?: { readonly thrown: unknown } } => {
  try {
    return { ms: Math.min(Math.max(open(n), 1), maxOpen) }
  } catch (thrown) {
    return { ms: Math.min(defaultOpen, maxOpen), problem: { thrown } }
  }
}

/** Validates the options and throws an `InvalidPolicy` if they are invalid. */
export const checked = (options: Options): Checked => {
  Option.known(policy, options, optionNames)
  const { consecutive, dryRun = defaultDryRun, open = defaultOpen, ramp, window } = options
  const opening = openOf(open, options.maxOpen)
  if (ramp !== undefined) Option.known(policy, ramp, { over: true, from: true }, "ramp.")
  return {
    consecutive:
      consecutive === undefined
        ? window === undefined
          ? defaultConsecutive
          : Infinity
        : count("consecutive", consecutive),
    window: window === undefined ? undefined : windowOf(window),
    ...opening,
    probes: count("probes", options.probes ?? defaultProbes),
    successThreshold: count("successThreshold", options.successThreshold ?? defaultSuccessThreshold),
    probeLease: millis("probeLease", options.probeLease ?? defaultProbeLease),
    ramp:
      ramp === undefined
        ? undefined
        : {
            over: millis("ramp.over", ramp.over),
            from: Option.number(policy, "ramp.from", ramp.from, { min: 0, max: 1 }),
          },
    dryRun: typeof dryRun === "boolean" ? dryRun : Option.refuse(policy, "dryRun", dryRun, "true or false"),
  }
}

const windowOf = (window: Window): WindowSettings => {
  Option.known(
    policy,
    window,
    { calls: true, duration: true, failureRate: true, minimumCalls: true, slowCall: true },
    "window.",
  )
  const { calls, duration, failureRate = defaultFailureRate, minimumCalls, slowCall } = window
  if (slowCall !== undefined) Option.known(policy, slowCall, { over: true, rate: true }, "window.slowCall.")
  if (calls !== undefined && duration !== undefined)
    Option.refuse(policy, "window.duration", duration, "absent with calls")
  return {
    ...(duration === undefined
      ? { of: "calls", size: count("window.calls", calls as number) }
      : { of: "duration", size: Option.millis(policy, "window.duration", duration, { min: 10 }) }),
    failureRate: share("window.failureRate", failureRate),
    minimumCalls: count("window.minimumCalls", minimumCalls ?? calls ?? defaultMinimumCalls, calls),
    slowOver: slowCall === undefined ? Infinity : millis("window.slowCall.over", slowCall.over),
    slowRate: slowCall === undefined ? 1 : share("window.slowCall.rate", slowCall.rate),
  }
}

const openOf = (
  open: Exclude<Options["open"], undefined>,
  maxOpen: Options["maxOpen"],
): Pick<Checked, "open" | "maxOpen" | "openText"> => {
  const max = maxOpen === undefined ? defaultMaxOpen : millis("maxOpen", maxOpen)
  // An open time above `maxOpen` contradicts an explicit `maxOpen`, and raises the default one.
  const within = (option: string, value: Duration.Input): number =>
    Option.millis(policy, option, value, maxOpen === undefined ? { min: 1 } : { min: 1, max })
  if (typeof open === "function")
    return { open: (n) => Duration.toMillis(open(n)), maxOpen: max, openText: "by schedule" }
  if (typeof open !== "object" || !("base" in open)) {
    const fixed = within("open", open)
    return { open: () => fixed, maxOpen: Math.max(max, fixed), openText: seconds(fixed) }
  }
  Option.known(policy, open, { base: true, factor: true, cap: true }, "open.")
  const base = within("open.base", open.base)
  const factor = Option.number(policy, "open.factor", open.factor ?? defaultFactor, { min: 1 })
  const cap = open.cap === undefined ? Math.max(base, max) : within("open.cap", open.cap)
  if (cap < base) Option.refuse(policy, "open.cap", open.cap, `a duration >= ${base} ms`)
  return {
    open: (n) => Math.min(base * factor ** (n - 1), cap),
    maxOpen: Math.max(max, cap),
    openText: `${seconds(base)} ×${factor} ≤ ${seconds(cap)}`,
  }
}
