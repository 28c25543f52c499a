/**
 * The sets of captured exchanges with known causes: the cases, the two halves of the corpus, and exchanges captured with real
 * servers.
 */
import * as Explain from "@holdfast/explain/Explain"
import * as HttpCapture from "@holdfast/diagnosis/HttpCapture"
import { existsSync, readFileSync } from "node:fs"
import * as Expected from "../../../explain/test/support/expected.ts"
import { labels as oauth } from "../../../oauth/test/fixtures/corpus/labels.ts"
import { forms } from "../../../s3/test/fixtures/corpus/forms.labels.ts"
import { labels as requests } from "../../../s3/test/fixtures/corpus/requests.labels.ts"
import type { Judged } from "./Figures.ts"

/** The system that a part of the scorer covers. */
export type System = "s3" | "oauth" | "http" | "pastes"

/** The systems in the order of printing. */
export const systems: ReadonlyArray<System> = ["s3", "oauth", "http", "pastes"]

/** A set of judged captures. */
export interface Captures {
  readonly name: string
  /** Whether its captures are named only on explicit request, because it measures the authors of rules. */
  readonly hidden: boolean
  /** How many percent must be right first; `undefined` if no share is required. */
  readonly wanted: number | undefined
  /** The share reached before, if it is below the required one: a change must not fall below it. */
  readonly reached?: { readonly first: number; readonly certainWrong: number } | undefined
  readonly judged: ReadonlyArray<Judged & { readonly system: System }>
}

const corpus = new URL("../../../explain/test/corpus/", import.meta.url)

const systemOf = (file: string): System => {
  const folder = file.slice(0, file.indexOf("/"))
  return systems.find((system) => system === folder) ?? "http"
}

const tabled = (name: string, options: Pick<Captures, "hidden" | "reached" | "wanted">): Captures => {
  const folder = new URL(`${name}/`, corpus)
  const judgements = existsSync(new URL("expected.tsv", folder)) ? Expected.judgeFolder(folder) : []
  return {
    name,
    ...options,
    judged: judgements.map(({ expected, explanation, place }) => ({
      name: expected.file,
      said: explanation?.code ?? explanation?.outcome ?? "unrecognised",
      confidence: explanation?.confidence,
      place,
      truth: expected.cause,
      system: systemOf(expected.file),
    })),
  }
}

const captured = (name: string, folder: URL, labels: Readonly<Record<string, string>>, system: System): Captures => ({
  name,
  hidden: false,
  wanted: undefined,
  judged: Object.entries(labels).map(([file, truth]) => {
    const exchange = HttpCapture.parse(readFileSync(new URL(`${file}.http`, folder)))
    const explanation = exchange === undefined ? undefined : Explain.explain(exchange)
    const said = explanation?.code ?? explanation?.outcome ?? "unrecognised"
    const place = said === truth ? 0 : (explanation?.causes.findIndex(({ code }) => code === truth) ?? -1)
    return { name: `${file}.http`, said, confidence: explanation?.confidence, place, truth, system }
  }),
})

const fixtures = (name: string): URL => new URL(`../../../${name}/test/fixtures/corpus/`, import.meta.url)

/** Judges every set, or its part about one system. */
export const read = (only: System | undefined): ReadonlyArray<Captures> =>
  [
    tabled("cases", { hidden: false, wanted: 100 }),
    tabled("open", { hidden: false, wanted: undefined }),
    tabled("held-out", { hidden: true, wanted: 90, reached: { first: 76, certainWrong: 2 } }),
    captured("Ceph's gateway", fixtures("s3"), { ...forms, ...requests }, "s3"),
    captured("oidc-provider", fixtures("oauth"), oauth, "oauth"),
  ]
    .map((set) => ({ ...set, judged: set.judged.filter(({ system }) => only === undefined || system === only) }))
    .filter(({ judged }) => judged.length > 0)
