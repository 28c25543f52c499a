/**
 * What the words of an answer allow to be its cause: one table from codes, sentences and `Details` to the codes of the rules.
 */
import type { S3Facts } from "../facts.ts"
import { asksFor, lackOf, missing } from "./lacks.ts"
import { sentences, type Sentence } from "./sentences.ts"

/** The text in which servers say what is wrong: the message, and the details that Google adds. */
export const textOf = ({ answer }: Pick<S3Facts, "answer">): string =>
  `${answer.message} ${answer.element("Details") ?? ""}`.slice(0, 2000)

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
    ({ codes: of, says, where }) =>
      (of === undefined || of.includes(code)) &&
      (says === undefined || says.test(text)) &&
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

/** Whether a storage that words each kind of refusal in its own way has said no more than that access is denied. */
const isPlainDenial = ({ answer, dialect }: S3Facts): boolean =>
  (dialect.name === "Amazon S3" && /^access denied\.?$/i.test(answer.message.trim())) ||
  (dialect.name === "MinIO" && /^access denied\.$/i.test(answer.message.trim()))

/** What the table asks of an exchange beside its words. */
const conditions = {
  /** A form was sent to a storage that takes none. */
  formsLacking: (facts: S3Facts) => facts.form !== undefined && lackOf(facts, "forms") !== undefined,
  /** The request asks for something that the storage is known to lack. */
  lacking: (facts: S3Facts) => missing(facts).length > 0,
  /** The request has a checksum of the newer kinds, and the storage does not take it. */
  checksumLacking: (facts: S3Facts) =>
    lackOf(facts, "checksums") !== undefined && asksFor(facts, "checksums").length > 0,
  plainDenial: isPlainDenial,
  /** Bytes that were to be stored. */
  upload: ({ form, method }: S3Facts) => form === undefined && method === "PUT",
  misplacedUpload: ({ dialect, form, method }: S3Facts) =>
    form === undefined && method === "PUT" && (dialect.system === "ibm" || dialect.system === "obs"),
  forForms: ({ form }: S3Facts) => form !== undefined,
  signedText: ({ answer }: S3Facts) => answer.element("StringToSign") !== undefined,
} as const

/** The name of a condition. */
export type Where = keyof typeof conditions
