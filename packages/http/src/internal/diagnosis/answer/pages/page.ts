/**
 * The row shape for pages and messages of intermediaries.
 */
import type { Who } from "../answerers.ts"

/** The meaning of an intermediary's page. */
export type PageCause =
  | "bot"
  | "firewall"
  | "country"
  | "method"
  | "route"
  | "origin"
  | "bad gateway"
  | "upstream headers"
  | "upstream tls"
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

/** A page or message of an intermediary. */
export interface Page {
  /** Its authors; several may share a message. */
  readonly who: ReadonlyArray<Who>
  /** A pattern for the text without tags. */
  readonly text?: RegExp
  /** The status, if the text does not suffice or is absent. */
  readonly status?: ReadonlyArray<number>
  readonly cause: PageCause
  /** Its meaning, as the end of a sentence that begins with the author: `blocks the country of the request`. */
  readonly means: string
  /** Whether the author documents only this meaning. */
  readonly isSure: boolean
}

/** Returns a constructor for the rows of one author, or of several that share a message. */
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
