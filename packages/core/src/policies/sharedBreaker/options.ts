/**
 * The options of a breaker whose state is in a store.
 */
import type * as Duration from "effect/Duration"
import { reader } from "../../pipeline/InvalidPolicy.ts"
import { describe } from "../breaker/describe.ts"
import {
  checked as checkedBreaker,
  type Options as BreakerOptions,
  type Checked as CheckedBreaker,
} from "../breaker/options.ts"
import type { CircuitTripPolicy } from "./store.ts"

/** The options of a shared breaker. Options that also exist in `CircuitBreaker.Options` have the same meaning. */
export interface Options extends Pick<BreakerOptions, "name" | "open" | "maxOpen" | "classify"> {
  /** The key of the circuit in the store. Default: the name. */
  readonly key?: string | undefined
  /**
   * Opens the circuit after this number of consecutive failures. If no window is set, the default is 10, as for
   * `CircuitBreaker`.
   */
  readonly consecutive?: number | undefined
  /**
   * Opens the circuit when the share of failures among the last calls reaches a threshold. This option cannot be combined
   * with `consecutive`.
   */
  readonly window?:
    | { readonly calls: number; readonly failureRate?: number | undefined; readonly minimumCalls?: number | undefined }
    | undefined
  /** Whether a call is sent or rejected if the store fails or does not respond. Default: `allow`. */
  readonly onStoreError?: "allow" | "reject" | undefined
  /** The timeout for a response from the store. Default: 1 s. */
  readonly storeTimeout?: Duration.Input | undefined
}

/** The validated options, including defaults. Times are in milliseconds. */
export interface Checked extends Pick<CheckedBreaker, "open" | "maxOpen"> {
  /** A description of the thresholds and the open times. */
  readonly text: string
  readonly tripPolicy: CircuitTripPolicy
  readonly onStoreError: "allow" | "reject"
  readonly storeTimeout: number
}

// The defaults that differ from those of `CircuitBreaker`, in milliseconds; `defaults.ts` has their sources.
export const defaultOnStoreError = "allow"
export const defaultStoreTimeout = 1000

const read = /* @__PURE__ */ reader("SharedCircuitBreaker")

/** Validates the options and throws an `InvalidPolicy` if they are invalid. */
export const checked = (options: Options): Checked => {
  read.known(options, {
    name: true,
    key: true,
    consecutive: true,
    window: true,
    open: true,
    maxOpen: true,
    classify: true,
    onStoreError: true,
    storeTimeout: true,
  })
  const {
    consecutive,
    maxOpen,
    onStoreError = defaultOnStoreError,
    open,
    storeTimeout = defaultStoreTimeout,
    window,
  } = options
  if (consecutive !== undefined && window !== undefined) {
    read.refuse("consecutive", consecutive, "absent with a window")
  }
  if (window !== undefined) read.known(window, { calls: true, failureRate: true, minimumCalls: true }, "window.")
  const settings = checkedBreaker({ consecutive, maxOpen, open, window })
  const rates = settings.window
  return {
    open: settings.open,
    maxOpen: settings.maxOpen,
    text: describe(settings),
    tripPolicy:
      rates === undefined
        ? { _tag: "Consecutive", failures: settings.consecutive }
        : { _tag: "Rate", threshold: rates.failureRate, minimumCalls: rates.minimumCalls, size: rates.size },
    onStoreError: read.oneOf("onStoreError", onStoreError, ["allow", "reject"]),
    storeTimeout: read.millis("storeTimeout", storeTimeout, { min: 1 }),
  }
}
