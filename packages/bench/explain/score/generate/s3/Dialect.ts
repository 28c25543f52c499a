/**
 * The properties of a storage's dialect.
 */
import type { Random } from "../chance.ts"
import type { Pairs, Refusal } from "./wire.ts"
import type { Words } from "./words.ts"

/** The properties of one storage. */
export interface Dialect {
  readonly name: string
  readonly regions: ReadonlyArray<string>
  readonly host: (region: string, random: Random) => string
  /** Whether the bucket is in the path. */
  readonly inPath: boolean
  readonly keyId: (random: Random, temporary: boolean) => string
  /** The headers of every response, and the elements that identify the request in a document. */
  readonly ids: (random: Random, bucket: string) => { readonly headers: Pairs; readonly elements: Pairs }
  readonly server: string | undefined
  readonly type: string
  readonly prolog: string
  /** Whether elements are on separate lines. */
  readonly lines: boolean
  /** Whether the response to a wrong signature contains the strings to sign. */
  readonly details: boolean
  /** Whether it supports session tokens, forms, version 2, ACLs and the like, and whether it checks the region. */
  readonly tokens: boolean
  readonly forms: boolean
  readonly version2: boolean
  readonly region: boolean
  /** Whether it rejects unsigned x-amz-* headers and requests from the future. */
  readonly unsigned: boolean
  readonly future: boolean
  /** Its own error texts by check. */
  readonly words: Words
}

/** Applies the dialect's texts to an error; a `named` check already has its text. */
export const inWordsOf = ({ words: own }: Dialect, refusal: Refusal): Refusal =>
  refusal.step === "named" ? refusal : { ...refusal, ...(own[refusal.step] ?? own["*"]) }
