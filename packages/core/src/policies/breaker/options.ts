/**
 * The options of a breaker, their defaults and their checks.
 */
import * as Duration from "effect/Duration"
import type { Classified } from "../../errors/Verdict.ts"
import { reader } from "../../pipeline/InvalidPolicy.ts"
import type { Outcome } from "../../telemetry/Observer.ts"
import { seconds } from "../../time/units.ts"
import type { Ramp } from "./ramp.ts"
import type { WindowSettings } from "./window.ts"

/** Open times that grow while the service stays unavailable: `base · factor^(n-1)` for opening `n`, at most `cap`. */
export interface Growing {
  readonly base: Duration.Input
  /** The growth factor; at least 1. Default: 2. */
  readonly factor?: number | undefined
  /** The longest open time. Default: `maxOpen`. */
  readonly cap?: Duration.Input | undefined
}

/** The outcomes from which a rate is computed: those of the last `calls`, or those within the last `duration`. */
export type Window = WindowRates &
  (
    | { readonly calls: number; readonly duration?: undefined }
    | { readonly duration: Duration.Input; readonly calls?: undefined }
  )

export interface WindowRates {
  /** The failure rate that opens the circuit; above 0, at most 1. Default: 0.5. */
  readonly failureRate?: number | undefined
  /** The fewest outcomes that can open the circuit. Default: all the `calls`, or 10 in a `duration`. */
  readonly minimumCalls?: number | undefined
  /**
   * Opens the circuit when the share `rate` of calls takes longer than `over`, whatever their outcome. Default: durations are
   * ignored.
   */
  readonly slowCall?: { readonly over: Duration.Input; readonly rate: number } | undefined
}

/** How a circuit admits calls again after it has closed. */
export interface RampOptions {
  /** The time until every call is admitted. */
  readonly over: Duration.Input
  /** The share of calls admitted at the start; from 0 to 1. */
  readonly from: number
}

/** The options of a breaker. Absent options have defaults. */
export interface Options {
  /** The name for events and errors. Default: `breaker`. */
  readonly name?: string | undefined
  /**
   * Opens the circuit after this many failures in a row; every attempt counts. Default: 10, more than the 8 attempts of the
   * default retry, so that one failing call does not open the circuit. With a window, the default is never.
   */
  readonly consecutive?: number | undefined
  readonly window?: Window | undefined
  /** How long the circuit stays open before a probe is sent. `scheduled` describes the function's argument. Default: 30 s. */
  readonly open?: Duration.Input | Growing | ((openings: number) => Duration.Input) | undefined
  /** The longest open time, including hints of the server. Default: 5 min (as in Envoy), or `open` if that is longer. */
  readonly maxOpen?: Duration.Input | undefined
  /** How many probes may be in flight at once. Default: 1. */
  readonly probes?: number | undefined
  /** How many probes must succeed before the circuit closes. Default: 1. */
  readonly successThreshold?: number | undefined
  /** The time after which a probe without an outcome counts as failed. Default: 5 min, the longest default timeout. */
  readonly probeLease?: Duration.Input | undefined
  /** Admits a growing share of calls after closing. Default: every call is admitted immediately. */
  readonly ramp?: RampOptions | undefined
  /** Admits calls that would be rejected, and only reports them. Default: false. */
  readonly dryRun?: boolean | undefined
  /** The outcome of an error for the service. Default: the outcome of its verdict. */
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

/** The checked options with defaults filled in; times are in milliseconds. */
export interface Checked {
  /** `Infinity` if failures in a row do not open the circuit. */
  readonly consecutive: number
  readonly window: WindowSettings | undefined
  /** The open time of opening `n`, from 1, before the cap. */
  readonly open: (openings: number) => number
  readonly maxOpen: number
  readonly probes: number
  readonly successThreshold: number
  readonly probeLease: number
  readonly ramp: Ramp | undefined
  readonly dryRun: boolean
  /** The open times in words. */
  readonly openText: string
}

// The defaults; times are in milliseconds. `defaults.ts` has their sources.

/** More than the eight attempts of the default retry: the attempts of one call must not open the circuit for all calls. */
export const defaultConsecutive = 10
export const defaultFailureRate = 0.5
export const defaultMinimumCalls = 10
/** Also used if the function that computes the open time throws. */
export const defaultOpen = 30_000
export const defaultFactor = 2
export const defaultMaxOpen = 300_000
export const defaultProbes = 1
export const defaultSuccessThreshold = 1
export const defaultProbeLease = 300_000
export const defaultDryRun = false

const read = /* @__PURE__ */ reader("CircuitBreaker")
const millis = (option: string, value: Duration.Input): number => read.millis(option, value, { min: 1 })
const share = (option: string, value: number): number => read.number(option, value, { min: 0, max: 1, above: true })
const count = (option: string, value: number, max = 1_000_000): number => read.integer(option, value, { min: 1, max })

/**
 * The open time of opening `n` in milliseconds, from 1 to `maxOpen`.
 *
 * **Details**
 *
 * If the function throws, the default is used and `problem` has the exception: the circuit must open and become half-open
 * whatever the function does.
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

/** Checks the options; throws an `InvalidPolicy`. */
export const checked = (options: Options): Checked => {
  read.known(options, optionNames)
  const { consecutive, dryRun = defaultDryRun, open = defaultOpen, ramp, window } = options
  const opening = openOf(open, options.maxOpen)
  if (ramp !== undefined) read.known(ramp, { over: true, from: true }, "ramp.")
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
        : { over: millis("ramp.over", ramp.over), from: read.number("ramp.from", ramp.from, { min: 0, max: 1 }) },
    dryRun: typeof dryRun === "boolean" ? dryRun : read.refuse("dryRun", dryRun, "true or false"),
  }
}

const windowOf = (window: Window): WindowSettings => {
  read.known(window, { calls: true, duration: true, failureRate: true, minimumCalls: true, slowCall: true }, "window.")
  const { calls, duration, failureRate = defaultFailureRate, minimumCalls, slowCall } = window
  if (slowCall !== undefined) read.known(slowCall, { over: true, rate: true }, "window.slowCall.")
  if (calls !== undefined && duration !== undefined) read.refuse("window.duration", duration, "absent with calls")
  return {
    ...(duration === undefined
      ? { of: "calls", size: count("window.calls", calls as number) }
      : { of: "duration", size: read.millis("window.duration", duration, { min: 10 }) }),
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
    read.millis(option, value, maxOpen === undefined ? { min: 1 } : { min: 1, max })
  if (typeof open === "function")
    return { open: (n) => Duration.toMillis(open(n)), maxOpen: max, openText: "by schedule" }
  if (typeof open !== "object" || !("base" in open)) {
    const fixed = within("open", open)
    return { open: () => fixed, maxOpen: Math.max(max, fixed), openText: seconds(fixed) }
  }
  read.known(open, { base: true, factor: true, cap: true }, "open.")
  const base = within("open.base", open.base)
  const factor = read.number("open.factor", open.factor ?? defaultFactor, { min: 1 })
  const cap = open.cap === undefined ? Math.max(base, max) : within("open.cap", open.cap)
  if (cap < base) read.refuse("open.cap", open.cap, `a duration >= ${base} ms`)
  return {
    open: (n) => Math.min(base * factor ** (n - 1), cap),
    maxOpen: Math.max(max, cap),
    openText: `${seconds(base)} ×${factor} ≤ ${seconds(cap)}`,
  }
}
