/**
 * Explains generated exchanges, with and without defects.
 */
import type { Explanation } from "@holdfast/diagnosis/Diagnosis"
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as ExchangeFile from "@holdfast/diagnosis/ExchangeFile"
import * as Explain from "@holdfast/explain/Explain"
import { explainBytes } from "../../../explain/test/support/explained.ts"
import type { Judged } from "./Figures.ts"
import type { Generated, Options, Source } from "./generate/Generated.ts"
import * as Paste from "./generate/paste.ts"
import { source as http } from "./generate/http/index.ts"
import { source as oauth } from "./generate/oauth/index.ts"
import { source as s3 } from "./generate/s3/index.ts"

/** The generators, and the share of exchanges of each. */
export const sources: ReadonlyArray<{ readonly source: Source; readonly part: number }> = [
  { source: s3, part: 6 },
  { source: oauth, part: 3 },
  { source: http, part: 1 },
]

/** An exchange with the data to judge it again. */
export interface Numbered extends Judged {
  readonly defects: ReadonlyArray<string>
  readonly dialect: string
  readonly system: string
}

/** The options. */
export interface Request {
  readonly seed: number
  readonly count: number
  readonly dialect: string | undefined
  readonly defect: string | undefined
}

const judge = (name: string, system: string, { defects, dialect, exchange, truth }: Generated): Numbered => {
  const explanation = Explain.explain(exchange)
  const said = explanation.code ?? explanation.outcome
  return {
    name,
    said,
    confidence: explanation.confidence,
    place: truth.includes(said) ? 0 : explanation.causes.findIndex(({ code }) => truth.includes(code)),
    truth: `${defects.join(" and ")} at ${dialect}: ${truth.join("|")}`,
    defects,
    dialect,
    system,
  }
}

/** The name of an exchange, which `--show` accepts. */
const nameOf = (system: string, seed: number, { defect, defects, dialect }: Options): string =>
  `${system}:${defects}:${seed}${dialect === undefined ? "" : `@${dialect}`}${defect === undefined ? "" : `+${defect}`}`

/** The exchange with a name. */
export const named = (name: string): Generated | undefined => {
  const [, system, count, seed, dialect, defect] = /^(\w+):([012]):(\d+)(?:@([\w-]+))?(?:\+([\w-]+))?$/.exec(name) ?? []
  const found = sources.find(({ source }) => source.system === system)
  const defects = count === "0" ? 0 : count === "1" ? 1 : 2
  return found?.source.make(Number(seed), { defects, dialect, defect })
}

/** Whether a generator has the requested dialect and defect. */
const can = ({ defects, dialects }: Source, { defect, dialect }: Request): boolean =>
  (dialect === undefined || dialects.includes(dialect)) && (defect === undefined || defects.includes(defect))

/** Judges exchanges with one or two defects each. */
export const withDefects = (only: string | undefined, request: Request): ReadonlyArray<Numbered> => {
  const { count, defect, dialect, seed } = request
  const chosen = sources.filter(({ source }) => (only === undefined || source.system === only) && can(source, request))
  const parts = chosen.reduce((sum, { part }) => sum + part, 0)
  return chosen.flatMap(({ part, source }) => {
    const judged: Array<Numbered> = []
    const own = Math.ceil((count * part) / parts)
    // A requested defect does not fit every request.
    for (let n = 0; judged.length < own && n < own * 20; n++) {
      const defects = n % 3 === 2 ? 2 : 1
      const at = seed * 10_000_019 + n
      const options: Options = { defects, dialect, defect }
      const made = source.make(at, options)
      if (defect !== undefined && !made.defects.includes(defect)) continue
      judged.push(judge(nameOf(source.system, at, options), source.system, made))
    }
    return judged
  })
}

/** Judges valid exchanges, this many for each dialect. */
export const valid = (only: string | undefined, request: Request): ReadonlyArray<Numbered> =>
  sources
    .filter(
      ({ source }) => (only === undefined || source.system === only) && can(source, { ...request, defect: undefined }),
    )
    .flatMap(({ source }) =>
      source.dialects
        .filter((dialect) => request.dialect === undefined || dialect === request.dialect)
        .flatMap((dialect) =>
          // Exchanges through an intermediary belong to no dialect of it: a tenth is enough.
          Array.from({ length: source.system === "http" ? Math.ceil(request.count / 10) : request.count }, (_, n) => {
            const at = request.seed * 10_000_019 + n
            const options: Options = { defects: 0, dialect }
            return judge(nameOf(source.system, at, options), source.system, source.make(at, options))
          }),
        ),
    )

const first = (explanation: Explanation | undefined): string =>
  explanation === undefined
    ? "unrecognised"
    : `${explanation.code ?? explanation.outcome} (${explanation.confidence ?? "-"})`

const saved = (exchange: Exchange): string => {
  const decoded = ExchangeFile.decode(ExchangeFile.encode(exchange, Explain.redact))
  return ExchangeFile.isProblem(decoded) ? `problem: ${decoded.problem}` : first(Explain.explain(decoded))
}

/** The first result if the exchange is explained live, saved and pasted; `undefined` if all three agree. */
export const difference = (made: Generated): string | undefined => {
  const live = first(Explain.explain(made.exchange))
  const kept = saved(made.exchange)
  const pasted = first(explainBytes(new TextEncoder().encode(Paste.of(made))))
  return live === kept && live === pasted ? undefined : `live ${live}, saved ${kept}, pasted ${pasted}`
}

/** Explains exchanges in the three ways, and lists those with different results. */
export const differences = (
  only: string | undefined,
  request: Request & { readonly differences: number },
): { readonly tried: number; readonly found: ReadonlyArray<string> } => {
  const { defect, dialect, differences: count, seed } = request
  const chosen = sources.filter(({ source }) => (only === undefined || source.system === only) && can(source, request))
  const parts = chosen.reduce((sum, { part }) => sum + part, 0)
  const found: Array<string> = []
  let tried = 0
  for (const { part, source } of chosen) {
    for (let n = 0; n < (count * part) / parts; n++) {
      const defects = n % 3 === 0 ? 1 : n % 3 === 1 ? 2 : 0
      const at = seed * 20_000_033 + n
      const options: Options = { defects, dialect, defect }
      const made = source.make(at, options)
      const unlike = difference(made)
      tried++
      if (unlike !== undefined)
        found.push(`${nameOf(source.system, at, options)} (${made.defects.join(" and ")}): ${unlike}`)
    }
  }
  return { tried, found }
}
