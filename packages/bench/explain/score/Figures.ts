/**
 * Summarizes a set of explanations: how often the true cause is first, and how often each degree of confidence is right.
 */
import type { Confidence } from "@holdfast/diagnosis/Diagnosis"

/** One explanation, judged. */
export interface Judged {
  /** The name in a list: a file, or the seed that generates it. */
  readonly name: string
  /** The first result: a code, an outcome, or `unrecognised`. */
  readonly said: string
  readonly confidence: Confidence | undefined
  /** The position of the true cause among the causes: 0 is first, -1 absent. */
  readonly place: number
  /** The truth, in a few words. */
  readonly truth: string
}

/** The figures of a set. */
export interface Figures {
  readonly total: number
  readonly first: number
  readonly listed: number
  readonly wrong: number
  readonly certainWrong: ReadonlyArray<Judged>
  /** How many explanations had each degree of confidence, and how many of them were right. */
  readonly calibration: Readonly<Record<Confidence, { readonly said: number; readonly right: number }>>
}

/** The degrees of confidence, highest first. */
export const degrees: ReadonlyArray<Confidence> = ["certain", "likely", "possible"]

/** Summarizes judgements. */
export const of = (judged: ReadonlyArray<Judged>): Figures => {
  const first = judged.filter(({ place }) => place === 0).length
  const listed = judged.filter(({ place }) => place > 0).length
  const degree = (name: Confidence) => {
    const said = judged.filter(({ confidence }) => confidence === name)
    return { said: said.length, right: said.filter(({ place }) => place === 0).length }
  }
  return {
    total: judged.length,
    first,
    listed,
    wrong: judged.length - first - listed,
    certainWrong: judged.filter(({ confidence, place }) => confidence === "certain" && place !== 0),
    calibration: { certain: degree("certain"), likely: degree("likely"), possible: degree("possible") },
  }
}

/** A share as a percentage, never rounded up to 100 %; a dash for an empty whole. */
export const share = (part: number, whole: number): string =>
  whole === 0 ? "-" : part === whole ? "100 %" : `${Math.min(99.9, (part * 100) / whole).toFixed(1)} %`
