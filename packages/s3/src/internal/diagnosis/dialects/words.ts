/**
 * What the words of an answer allow to be its cause: one table from codes, sentences and `Details` to the codes of the rules.
 */
import type { S3Facts } from "../facts.ts"
import type { Misnamed } from "../client/host.ts"
import type { ClientFault } from "../client/words.ts"
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
  const { answer, client, misnamed } = facts
  // Why a client sent nothing, or asked a host that does not exist, explains the failure of the transport, too.
  if (client !== undefined) return new Set(byFault[client.fault])
  if (misnamed !== undefined) return new Set(byFlaw[misnamed.flaw])
  if (conditions.internalHost(facts)) return new Set(["HF-S3-PLACE-019"])
  if (answer.status === 0 || answer.isForeign) return undefined
  // What the vendor's own table means is narrower than the sentences that many share.
  if (facts.told !== undefined) return expanded({ allows: [facts.told.is, ...(facts.told.also ?? [])] }, codes)
  const text = textOf(facts)
  const { code, means } = answer
  const sentence = sentences.find(
    ({ codes: of, says, unless, where }) =>
      (of === undefined || of.includes(code) || of.includes(means)) &&
      (says === undefined || says.test(text)) &&
      (unless === undefined || !unless.test(text)) &&
      (where === undefined || conditions[where](facts)),
  )
  return sentence === undefined ? undefined : expanded(sentence, codes)
}

const [noRegion, misnamedRegion, bucketName] = ["HF-S3-CLIENT-004", "HF-S3-CLIENT-010", "HF-S3-PLACE-004"]

/** The cause of each sentence of a client. */
const byFault: Readonly<Record<ClientFault, ReadonlyArray<string>>> = {
  "no credentials": ["HF-S3-CLIENT-001"],
  "no identity token": ["HF-S3-CLIENT-008"],
  profile: ["HF-S3-CLIENT-002"],
  "session over": ["HF-S3-CLIENT-003"],
  "no region": [noRegion],
  "region unknown": [misnamedRegion],
  "bucket name": [bucketName],
  "no bucket": [bucketName],
  "hidden ETag": ["HF-S3-CLIENT-005"],
  endpoint: ["HF-S3-CLIENT-006", noRegion, misnamedRegion],
  body: ["HF-S3-CLIENT-007"],
  "not XML": ["HF-S3-CLIENT-009"],
  "state locked": ["HF-S3-CLIENT-012"],
  "lock table": ["HF-S3-CLIENT-013"],
}

/** The cause of each host that cannot exist. */
const byFlaw: Readonly<Record<Misnamed["flaw"], ReadonlyArray<string>>> = {
  "no region": [noRegion],
  "no bucket": [bucketName],
  zone: [misnamedRegion],
  "no code": [misnamedRegion],
  unknown: [misnamedRegion],
  numbered: [misnamedRegion],
}

const expanded = (
  { allows, denies }: Pick<Sentence, "allows" | "denies">,
  codes: ReadonlyArray<string>,
): ReadonlySet<string> => {
  const fits = (patterns: ReadonlyArray<string>) => (code: string) =>
    patterns.some((pattern) =>
      pattern.endsWith("*") ? code.startsWith(`HF-S3-${pattern.slice(0, -1)}`) : code === `HF-S3-${pattern}`,
    )
  const isNamed = allows === undefined ? () => true : fits(allows)
  const isDenied = fits(denies ?? [])
  return new Set(codes.filter((code) => isNamed(code) && !isDenied(code)))
}
