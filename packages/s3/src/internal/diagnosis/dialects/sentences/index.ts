/**
 * The table of sentences: what vendors say, which causes that allows, and where they document it. Plain data.
 */
import * as ProofWords from "../proofWords.ts"
import { denial } from "./denial.ts"
import { request } from "./request.ts"
import type { Sentence } from "./sentence.ts"

export type { Sentence } from "./sentence.ts"

/** The sentences, the most telling first. */
export const sentences: ReadonlyArray<Sentence> = [...request, ...ProofWords.sentences, ...denial]
