/**
 * Defines the names whose values may be shown in exchanges with a system.
 */
import type { Exchange } from "../../Exchange.ts"

/** Builds the marks that replace secrets. */
export interface Hide {
  (secret: string): string
  /**
   * Returns the mark for the value that belongs to a name. A value that consists of words is searched for in other places
   * only if its name marks it as a secret.
   */
  readonly named: (name: string, value: string) => string
  /**
   * Returns the mark for a prefix, such as a prefix in a policy condition. If `whole` starts with the prefix, the mark refers
   * to `whole`.
   */
  readonly beginning: (beginning: string, whole: string | undefined) => string
  /**
   * Returns the mark for text that only repeats a value from another place or identifies nothing. The text is not searched
   * for in other places.
   */
  readonly once: (text: string) => string
  /** Returns the visible form of a value whose name does not mark it as a secret. */
  readonly visible: (name: string, value: string) => string
}

/** Hides the secret parts of a value that should remain partly visible. */
export type Mask = (value: string, hide: Hide, exchange: Exchange) => string

/**
 * The names whose values may be shown, grouped by place and written in lower case. The values of all other names are hidden.
 */
export interface Vocabulary {
  /** Names of headers in requests and responses. */
  readonly headers?: ReadonlySet<string>
  /** Names of parameters in the query of a URL. */
  readonly query?: ReadonlySet<string>
  /** Names of fields in multipart forms and encoded forms. */
  readonly fields?: ReadonlySet<string>
  /** Names of fields in JSON objects, at any depth. */
  readonly members?: ReadonlySet<string>
  /**
   * Names of JSON fields, such as `code`, whose values are harmless in a server's response but may be secrets in a request.
   */
  readonly answers?: ReadonlySet<string>
  /** Names of elements in XML documents. */
  readonly elements?: ReadonlySet<string>
  /** Masks for values that may be partly visible. Each mask applies to the values of one name in all places. */
  readonly masks?: Readonly<Record<string, Mask>>
}
