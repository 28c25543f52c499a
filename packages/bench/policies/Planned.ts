/** The types of the plan. */

/** One case: `id` is the file in `cases/` and the name in it. */
export interface Planned {
  readonly id: string
  readonly what: string
  /** Measures nanoseconds per call. */
  readonly time?: true
  /** Measures bytes per call in flight, with this many calls. */
  readonly hold?: number
  /** Whether the guarded function is never reached: the calls are suspended before it. */
  readonly unreached?: true
}

/** Nanoseconds of a call: by the clock, and of CPU in all threads of the process. */
export interface Timed {
  readonly wall: number
  readonly cpu: number
}

export type Quantity = "time" | "hold" | "size"
