/**
 * The names whose values may be shown in the exchanges of a system.
 */
import type { Exchange } from "../../Exchange.ts"

/** Builds the marks of secrets. */
export interface Hide {
  (secret: string): string
  /**
   * Returns the mark for the value of a name. A value made of words is searched for in other places only if the name marks a
   * secret.
   */
  readonly named: (name: string, value: string) => string
  /** Returns the mark of a prefix, as in a policy condition, with a reference to `whole` if the text is a prefix of it. */
  readonly beginning: (beginning: string, whole: string | undefined) => string
  /**
   * Returns the mark of a text that repeats a value from elsewhere or names nothing. It is not searched for in other places.
   */
  readonly once: (text: string) => string
  /** Returns what may be shown of a value whose name is not secret. */
  readonly visible: (name: string, value: string) => string
}

/** Hides the secret parts of a value that should be partly visible. */
export type Mask = (value: string, hide: Hide, exchange: Exchange) => string

/** The names whose values may be shown, by place and in lower case. Everything else is hidden. */
export interface Vocabulary {
  /** Headers of requests and responses. */
  readonly headers?: ReadonlySet<string>
  /** Parameters of a URL's query. */
  readonly query?: ReadonlySet<string>
  /** Fields of forms, multipart and encoded, in requests. */
  readonly fields?: ReadonlySet<string>
  /** Members of JSON objects, at any depth. */
  readonly members?: ReadonlySet<string>
  /** Members that are harmless in a server's response but may be secrets in a request, such as a `code`. */
  readonly answers?: ReadonlySet<string>
  /** Elements of XML documents. */
  readonly elements?: ReadonlySet<string>
  /** Masks for values that may be partly visible, by name in any place. */
  readonly masks?: Readonly<Record<string, Mask>>
}
