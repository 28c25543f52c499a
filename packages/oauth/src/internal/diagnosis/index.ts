/**
 * The rule set of OAuth: which exchanges are OAuth's, what the server said, and the verdict that the engine acts on.
 */
import * as Core from "@holdfast/diagnosis/Diagnosis"
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as Verdict from "@holdfast/core/Verdict"
import * as Http from "@holdfast/http/Diagnosis"
import * as RetryHint from "@holdfast/http/RetryHint"
import type { Dialect } from "../../Dialect.ts"
import * as Rows from "../errors/rows.ts"
import * as Facts from "./facts.ts"
import { rules } from "./rules/index.ts"
import { vocabulary } from "./vocabulary.ts"

/** The rules of OAuth, extended by the dialects of some providers. Causes particular to a provider are in its own rule set. */
export const ruleSetOf = (dialects: ReadonlyArray<Dialect>): Core.RuleSet => {
  const read = Facts.reader(dialects)
  const finders = new Map([undefined, ...dialects].map((dialect) => [dialect, Rows.finderOf(dialect)]))
  return Core.ruleSet<Facts.OAuthFacts>({
    system: "oauth",
    vocabulary,
    rules,
    read: (exchange) => {
      const facts = read(exchange)
      const find = finders.get(facts.dialect) ?? Rows.finderOf(facts.dialect)
      if (!isOfOAuth(facts) || Http.isPortalAnswer(exchange)) return undefined
      const { answer } = facts
      const { description, error, form, interval, status } = answer
      const requestId = answer.header("x-request-id")
      return {
        facts,
        vendor: {
          system: "oauth",
          status,
          code: error,
          message: status === 0 ? (exchange.failure ?? "") : description,
          fields: interval === undefined ? {} : { interval: String(interval) },
          ...(requestId === undefined ? {} : { requestId }),
        },
        // A refresh that may have arrived is not sent again: its meaning is `lost` (see `RefreshMeaning`).
        verdict:
          status === 0
            ? Verdict.never({ change: "human" })
            : (Http.verdictWithoutAnswer(exchange) ??
              find({ ...(error === "" ? {} : { key: error }), status, form }).verdict),
        afterMs: RetryHint.fromExchange(exchange) ?? (interval === undefined ? undefined : interval * 1000),
        // Some servers send errors with status 200.
        succeeded: status >= 200 && status < 300 && !isErrorName(error) && exchange.failure === undefined,
      }
    },
  })
}

/** The rules of OAuth as a rule set, for those who explain several systems' exchanges. */
export const ruleSet: Core.RuleSet = ruleSetOf([])

const names: ReadonlySet<string> = new Set([
  ...Facts.known,
  ...Rows.rows.flatMap((row) => ("key" in row ? [row.key] : [])),
])

const isErrorName = (error: string): boolean => names.has(error)

/** By what the request asks for, by the name of the error, or by the challenge of a resource that takes bearer tokens. */
const isOfOAuth = ({ answer, exchange, header, hasRequest, purpose }: Facts.OAuthFacts): boolean => {
  // Without a response the HTTP rules explain the failure, but only OAuth knows whether it spent a token.
  if (answer.status === 0)
    return (purpose === "refresh" || purpose === "exchange") && Http.reached(exchange) === "maybe"
  if (hasRequest && purpose !== "resource") return true
  if (isErrorName(answer.error) && answer.form === "simple") return true
  if (/\bBearer\b/i.test(answer.header("www-authenticate") ?? "")) return true
  return answer.status === 401 && /^Bearer\b/i.test(header("authorization") ?? "")
}

/**
 * The barest exchange with a word of OAuth's table: its documented status, and the word. `undefined` when no row has it.
 *
 * **Details**
 *
 * The word is taken as it is written first, then in any case.
 */
export const ofCode = (code: string): Exchange | undefined => {
  const keys = Rows.rows.flatMap((row) => ("key" in row && row.key !== undefined ? [row] : []))
  const row =
    keys.find(({ key }) => key === code) ??
    keys.find(({ key }) => key?.toLowerCase() === code.toLowerCase()) ??
    keys.find((one) => one.class === code)
  if (row === undefined) return undefined
  return { response: { status: row.status ?? 400, body: JSON.stringify({ error: row.key }) } }
}
