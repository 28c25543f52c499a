/**
 * Reads the content of a successful response. The engine and the diagnosis both use it.
 */
import * as AnswerFields from "./answerFields.ts"
import * as Tokens from "./tokens.ts"

/** The value, or the reason why there is none. */
export interface Content<A extends object> {
  readonly value?: A
  /** The fault of a response that has the expected members. */
  readonly problem?: string
}

/** Reads a body. `complete` states whether HTTP delivered all of it. `now` is in epoch milliseconds. */
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

/** Why a response without a value cannot be used, and whether another attempt may succeed. */
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
