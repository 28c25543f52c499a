/**
 * Builds findings from statements in prose that no vendor's table lists.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import type { Predicate } from "./answer/statement/predicates.ts"
import { type HttpFacts, quote } from "./facts.ts"
import { answered, hostOf, starting } from "./rule.ts"

/** Statuses that identify the cause more specifically than the grammar does. */
const specific: ReadonlyArray<number> = [405, 406, 407, 411, 413, 414, 415, 416, 421, 426, 428, 429, 431]

/** The minimum score at which a statement is treated as the likely cause. "Invalid request" has a lower score. */
const enough = 3.4

/** Finds a statement with the given predicate. */
export const on = (predicate: Predicate, says: (noun: string) => string) => (facts: HttpFacts) => {
  const { intermediary, isForToken, limit, page, refusal, statement, status, words } = facts
  if (
    statement?.predicate !== predicate ||
    isForToken ||
    limit !== undefined ||
    page !== undefined ||
    refusal !== undefined
  )
    return undefined
  if (specific.includes(status)) return undefined
  // Status 401 is about the credentials, even if the application then reports a missing permission.
  if (status === 401 && predicate === "permission") return undefined
  // The rules of S3 explain XML errors.
  if (words.json === undefined && words.isWorded && words.message === "") return undefined
  const isWeak =
    statement.subject === undefined ||
    statement.score < enough ||
    intermediary !== undefined ||
    (words.json === undefined && words.isWorded)
  const clause = quote(statement.clause, 240).replaceAll('"', "'")
  return found({
    confidence: isWeak ? "possible" : "likely",
    detail: `${starting(facts.vendor?.name ?? hostOf(facts))} ${says(statement.noun ?? "something in the request")}: "${clause}".`,
    evidence: [...answered(facts), { at: "response.body", name: "body", observed: clause }],
  })
}
