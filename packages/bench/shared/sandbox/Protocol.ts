/**
 * The messages between a benchmark and the process that serves its sandboxes.
 */

/** The token pair of a device that a user has approved. */
export interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
  /** Epoch milliseconds. */
  readonly expiresAt: number
}

/** A question of the benchmark. Each question receives one answer with the same `id`. */
export type Question = { readonly id: number } & (
  | {
      readonly ask: "open"
      readonly plan: string
      readonly seed: number
      readonly chunkSize: number
      readonly directory: string
      /** The time after which a stored part is confirmed, in milliseconds. Default: 0. */
      readonly latency?: number
    }
  | { readonly ask: "pair"; readonly url: string }
  | { readonly ask: "pair-of"; readonly url: string; readonly refreshToken: string }
  | { readonly ask: "close"; readonly url: string }
)

export type Answer =
  | { readonly id: number; readonly url: string }
  | { readonly id: number; readonly tokens: Tokens }
  | { readonly id: number; readonly pair: number }
  | { readonly id: number; readonly closed: true }
  | { readonly id: number; readonly failed: string }

/** One request at a sandbox. It is reported when its head arrives, and again when its response has been written. */
export interface Seen {
  readonly seen: "arrived" | "answered"
  /** The number of the request in this process, from 1. */
  readonly request: number
  /** The port of the sandbox. */
  readonly port: number
  /** Epoch milliseconds. */
  readonly at: number
  readonly method: string
  readonly path: string
  /** Zero until the response has been written. */
  readonly status: number
  readonly etag: string
  /** The value of the header in which `shared/sandbox/named.ts` names the process that sent the request. */
  readonly from?: string
}
