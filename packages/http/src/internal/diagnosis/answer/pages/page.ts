/**
 * How the grammar of the pages and sentences of intermediaries is written.
 */
import type { Who } from "../answerers.ts"

/** What an intermediary says. */
export type PageCause =
  | "bot"
  | "firewall"
  | "country"
  | "method"
  | "route"
  | "origin"
  | "bad gateway"
  | "timeout"
  | "no backend"
  | "circuit"
  | "too large"
  | "headers too large"
  | "plain port"
  | "address"
  | "address limit"
  | "rate"
  | "quota"
  | "api key"
  | "access"
  | "client closed"
  | "bad request line"
  | "expired link"
  | "server failed"
  | "client certificate"
  | "sign-in"
  | "configuration"

/** A sentence of an intermediary. */
export interface Page {
  /** Who says it; several may share a sentence. */
  readonly who: ReadonlyArray<Who>
  /** The words, tags removed. */
  readonly text?: RegExp
  /** The status, where the words are not enough or there are none. */
  readonly status?: ReadonlyArray<number>
  readonly cause: PageCause
  /** What it means, as the end of a sentence that begins with the name: `blocks the country of the request`. */
  readonly means: string
  /** Whether the sentence is documented to have this meaning alone. */
  readonly isSure: boolean
}

/** Makes the rows of one author, or of several that share a sentence. */
export const page =
  (...who: ReadonlyArray<Who>) =>
  (cause: PageCause, means: string, text: RegExp | undefined, status?: ReadonlyArray<number>, isSure = true): Page => ({
    who,
    cause,
    means,
    isSure,
    ...(text === undefined ? {} : { text }),
    ...(status === undefined ? {} : { status }),
  })
