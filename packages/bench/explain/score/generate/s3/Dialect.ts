/**
 * What is particular to a storage.
 */
import type { Random } from "../chance.ts"
import type { Pairs, Refusal } from "./wire.ts"
import type { Words } from "./words.ts"

/** What is particular to one storage. */
export interface Dialect {
  readonly name: string
  readonly regions: ReadonlyArray<string>
  readonly host: (region: string, random: Random) => string
  /** Whether the bucket stands in the path. */
  readonly inPath: boolean
  readonly keyId: (random: Random, temporary: boolean) => string
  /** The headers of every answer, and the elements that identify the request in a document. */
  readonly ids: (random: Random, bucket: string) => { readonly headers: Pairs; readonly elements: Pairs }
  readonly server: string | undefined
  readonly type: string
  readonly prolog: string
  /** Whether elements stand on lines of their own. */
  readonly lines: boolean
  /** Whether a signature that does not fit is answered with both texts. */
  readonly details: boolean
  /** Whether it has session tokens, forms, version 2, ACLs and the like, and whether it looks at the region. */
  readonly tokens: boolean
  readonly forms: boolean
  readonly version2: boolean
  readonly region: boolean
  /** Whether it refuses x-amz-* headers that are not signed, and requests from the future. */
  readonly unsigned: boolean
  readonly future: boolean
  /** Its own words for a step of the checks. */
  readonly words: Words
}

/** The words of a dialect for a refusal; a step `named` has its words already. */
export const inWordsOf = ({ words: own }: Dialect, refusal: Refusal): Refusal =>
  refusal.step === "named" ? refusal : { ...refusal, ...(own[refusal.step] ?? own["*"]) }
