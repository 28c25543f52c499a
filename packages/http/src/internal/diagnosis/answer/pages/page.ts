/**
 * Defines the row that describes a page or message from an intermediary.
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

/** A page or message from an intermediary. */
export interface Page {
  /** The authors of the page; several authors may share a message. */
  readonly who: ReadonlyArray<Who>
  /** A pattern for the text of the page without its tags. */
  readonly text?: RegExp
  /** The statuses with which the page is sent; specified if the text is absent or is not sufficient to identify the page. */
  readonly status?: ReadonlyArray<number>
  readonly cause: PageCause
  /**
   * The meaning of the page, as the end of a sentence that begins with the name of the author: for example
   * `blocks the country of the request`.
   */
  readonly means: string
  /** Whether the author documents this meaning and no other. */
  readonly isSure: boolean
}

/** Returns a constructor for rows that belong to one author, or to several authors that share a message. */
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
