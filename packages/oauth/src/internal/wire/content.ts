/**
 * Reads the content of a successful response. Both the engine and the diagnosis use this module.
 */
import * as AnswerFields from "./answerFields.ts"
import * as Tokens from "./tokens.ts"

/** Contains the value read from a response, or the problem that makes the response unusable. */
export interface Content<A extends object> {
  readonly value?: A
  /** The problem that makes the response unusable although it contains the expected fields. */
  readonly problem?: string
}

/**
 * Reads a body. `complete` indicates whether HTTP delivered the whole body. `now` is the current time in epoch milliseconds.
 */
export const read = <A extends object>(
  body: string,
  complete: boolean,
  reader: Tokens.Reader<A> | undefined,
  now: number,
): Content<A> => {
  const fields = AnswerFields.read(body, complete)
  const found = fields === undefined ? undefined : reader?.(fields, now)
  if (found === undefined) return {}
  return Tokens.isUnusable(found) ? { problem: found.problem } : { value: found }
}

/** Describes why a response without a value cannot be used, and whether another attempt may succeed. */
export const lack = (
  body: string,
  problem: string | undefined,
): { readonly problem: string; readonly retry: "once" | "never" } =>
  problem === undefined
    ? {
        problem: body.trim() === "" ? "it is empty" : "the body contains neither the expected content nor an error",
        retry: "once",
      }
    : { problem, retry: "never" }
