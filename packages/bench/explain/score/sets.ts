/**
 * The errors of others with the causes that were established: the cases, the two halves of the corpus, and the exchanges that
 * were captured with real servers.
 */
import * as Explain from "@holdfast/explain/Explain"
import * as HttpCapture from "@holdfast/diagnosis/HttpCapture"
import { existsSync, readFileSync } from "node:fs"
import * as Expected from "../../../explain/test/support/expected.ts"
import { labels as oauth } from "../../../oauth/test/fixtures/corpus/labels.ts"
import { forms } from "../../../s3/test/fixtures/corpus/forms.labels.ts"
import { labels as requests } from "../../../s3/test/fixtures/corpus/requests.labels.ts"
import type { Judged } from "./Figures.ts"

/** What a part of the scorer is about. */
export type System = "s3" | "oauth" | "http" | "pastes"

/** The systems, in the order in which they are printed. */
export const systems: ReadonlyArray<System> = ["s3", "oauth", "http", "pastes"]

/** A set of judged captures. */
export interface Captures {
  readonly name: string
  /** Its single captures are named only when they are asked for expressly: it measures those who make rules. */
  readonly hidden: boolean
  /** How many of a hundred have to be right first; `undefined` where no share is demanded. */
  readonly wanted: number | undefined
  /** What was reached before, where that is less than what is wanted: a change may not fall behind it. */
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

/** Judges every set, or what of it is about one system. */
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
