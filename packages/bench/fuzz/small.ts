/**
 * Small inputs: nearly valid texts, mutated. A reader may reject them, but must neither throw nor take long.
 */
import { performance } from "node:perf_hooks"
import { mutate } from "./mutate.ts"
import * as Random from "../shared/random.ts"
import type { Reader } from "./Reader.ts"

/** A fault of a reader. */
export interface Fault {
  readonly reader: string
  readonly fault: string
  readonly input: string
}

/** The time limit of a small input in milliseconds, if it is exceeded twice. */
const longest = 250

/** Whether a reader returned an effect that died. */
const died = (result: unknown): boolean =>
  typeof result === "object" && result !== null && "cause" in result && JSON.stringify(result).includes('"_tag":"Die"')

/** The fault with an input, apart from its time. */
export const problemOf = (reader: Reader, input: string): string | undefined => {
  try {
    return died(reader.read(input)) ? "died" : undefined
  } catch (error) {
    return `threw ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`
  }
}

/** Tests one input. */
export const tryOne = (reader: Reader, input: string): Fault | undefined => {
  const start = performance.now()
  const problem = problemOf(reader, input)
  if (problem !== undefined) return { reader: reader.name, fault: problem, input }
  if (performance.now() - start < longest) return undefined
  const again = performance.now()
  reader.read(input)
  const taken = performance.now() - again
  return taken < longest
    ? undefined
    : { reader: reader.name, fault: `took ${Math.round(taken)} ms for ${input.length} characters`, input }
}

/** A number derived from a reader's name, so that its inputs do not depend on which readers run. */
const numberOf = (name: string): number => {
  let number = 0
  for (const letter of name) number = (Math.imul(number, 31) + (letter.codePointAt(0) ?? 0)) | 0
  return number
}

/** Tests this many inputs from a seed, and stops at the first fault. */
export const run = (reader: Reader, seed: number, count: number): Fault | undefined => {
  const random = Random.make(seed ^ numberOf(reader.name))
  let before = ""
  for (let left = count; left > 0; left--) {
    const text = reader.grammar(random)
    const fault = tryOne(reader, mutate(random, text, before))
    if (fault !== undefined) return fault
    before = text
  }
  return undefined
}
