/**
 * One line of the vendors' published tables of errors: a code or a sentence, what the vendor says that it means, and the rule that
 * it belongs to. Plain data.
 */
import type { Name } from "../table.ts"

/** What a vendor's code or sentence means. */
export interface Row {
  /** The vendors' codes, divided by blanks; any of them fits. Empty where the sentence alone counts. */
  readonly codes: string
  /** The status that is documented for it. */
  readonly status: number
  /** The rule that explains it, without `HF-S3-`. */
  readonly is: string
  /** What it means and who must act, in sentences of ours. */
  readonly means: string
  /** The sentence that the answer must have beside the code. */
  readonly says?: RegExp
  /** Other rules that the words allow: their own findings count as much. */
  readonly also?: ReadonlyArray<string>
  /** Whether the words may have other causes, too. */
  readonly isUnsure?: true
}

/** The table of one vendor. */
export interface Told {
  /** Whose words they are. Absent where no other server uses them, so that they tell the vendor. */
  readonly of?: ReadonlyArray<Name>
  readonly source: string
  readonly rows: ReadonlyArray<Row>
}
