/**
 * What a system's exchanges may show.
 */
import type { Exchange } from "../../Exchange.ts"

/** Makes the mark of a secret. */
export interface Hide {
  (secret: string): string
  /** The mark for the value of a name. A value made of words is searched for in other places only if the name marks a secret. */
  readonly named: (name: string, value: string) => string
  /** The mark of a beginning, as a condition names it: it says whose beginning it is, if it is that of `whole`. */
  readonly beginning: (beginning: string, whole: string | undefined) => string
  /** The mark of a text that says again what stands elsewhere, or that names nothing: it is not looked for in other places. */
  readonly once: (text: string) => string
  /** What is shown of a value whose name is no secret, here as in its own place. */
  readonly visible: (name: string, value: string) => string
}

/** Hides the secret parts of a value that is worth seeing in part. */
export type Mask = (value: string, hide: Hide, exchange: Exchange) => string

/**
 * What a system's exchanges may show, by place; names are in lower case. Everything else is hidden.
 */
export interface Vocabulary {
  /** Headers of requests and responses. */
  readonly headers?: ReadonlySet<string>
  /** Parameters of a URL's query. */
  readonly query?: ReadonlySet<string>
  /** Fields of forms, multipart and encoded, in requests. */
  readonly fields?: ReadonlySet<string>
  /** Members of JSON objects, at any depth. */
  readonly members?: ReadonlySet<string>
  /** Members that are harmless where a server says them, and may be secrets where a client does: a `code`. */
  readonly answers?: ReadonlySet<string>
  /** Elements of XML documents. */
  readonly elements?: ReadonlySet<string>
  /** Values that may be seen in part, by the name they have anywhere. */
  readonly masks?: Readonly<Record<string, Mask>>
}
