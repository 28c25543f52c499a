/**
 * What the words of an answer allow to be its cause: one table from codes, sentences and `Details` to the codes of the rules.
 */
import type { S3Facts } from "../facts.ts"
import { conditions } from "./conditions.ts"
import { textOf } from "./text.ts"
import { sentences, type Sentence } from "./sentences/index.ts"

/**
 * The codes that the answer's words allow; `undefined` where they say nothing of the cause.
 *
 * **Details**
 *
 * The first sentence of the table that fits is the one that counts. A name that ends with `*` stands for its family.
 */
export const allowed = (facts: S3Facts, codes: ReadonlyArray<string>): ReadonlySet<string> | undefined => {
  const { answer } = facts
  if (answer.status === 0 || answer.isForeign) return undefined
  const text = textOf(facts)
  const { code } = answer
  const sentence = sentences.find(
    ({ codes: of, says, unless, where }) =>
      (of === undefined || of.includes(code)) &&
      (says === undefined || says.test(text)) &&
      (unless === undefined || !unless.test(text)) &&
      (where === undefined || conditions[where](facts)),
  )
  return sentence === undefined ? undefined : expanded(sentence, codes)
}

const expanded = ({ allows, denies }: Sentence, codes: ReadonlyArray<string>): ReadonlySet<string> => {
  const fits = (patterns: ReadonlyArray<string>) => (code: string) =>
    patterns.some((pattern) =>
      pattern.endsWith("*") ? code.startsWith(`HF-S3-${pattern.slice(0, -1)}`) : code === `HF-S3-${pattern}`,
    )
  const isNamed = allows === undefined ? () => true : fits(allows)
  const isDenied = fits(denies ?? [])
  return new Set(codes.filter((code) => isNamed(code) && !isDenied(code)))
}
