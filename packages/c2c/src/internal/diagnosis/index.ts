/**
 * Defines the rule sets for Frame.io: one for its API, and one for OAuth with Frame.io's deviations.
 */
import * as Core from "@holdfast/diagnosis/Diagnosis"
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as Http from "@holdfast/http/Diagnosis"
import * as RetryHint from "@holdfast/http/RetryHint"
import * as OAuth from "@holdfast/oauth/Diagnosis"
import { lostCreation } from "../api/creation.ts"
import { dialect } from "../api/oauthDialect.ts"
import * as Rows from "../errors/rows.ts"
import { corrections } from "./corrections.ts"
import * as Facts from "./facts.ts"
import { rules } from "./rules/index.ts"
import { vocabulary } from "./vocabulary.ts"

/** Calls whose responses the engine interprets as responses from a sign-in server. */
const signIns: ReadonlySet<Facts.Call | undefined> = new Set<Facts.Call>(["code", "poll", "refresh", "token", "revoke"])

const readSignIn = OAuth.readerOf([dialect])

/** The rule set for Frame.io's API. */
export const ruleSet: Core.RuleSet = Core.ruleSet<Facts.C2cFacts>({
  system: "c2c",
  vocabulary,
  rules,
  corrections,
  read: (exchange) => {
    const facts = Facts.read(exchange)
    const { answerHeader, payload, status } = facts
    if (!facts.isFrameio || Http.isPortalAnswer(exchange)) return undefined
    // Without a response the HTTP rules explain the failure, except for a creation whose response was lost.
    if (status === 0 && !facts.isLostCreation) return undefined
    const { detail = "", form, key } = payload
    const requestId = answerHeader("x-request-id")
    // Whether a sign-in succeeded, and what the engine does about it, is decided by the OAuth rules.
    const signIn = signIns.has(facts.call) ? readSignIn(exchange) : undefined
    return {
      facts,
      vendor: {
        system: "c2c",
        status,
        code: key ?? "",
        message: detail,
        fields: {},
        ...(requestId === undefined ? {} : { requestId }),
      },
      verdict: facts.isLostCreation
        ? lostCreation
        : (signIn?.verdict ?? Http.verdictWithoutAnswer(exchange) ?? Rows.find({ key, status, form }).verdict),
      afterMs: facts.isOwn ? RetryHint.fromExchange(exchange) : undefined,
      // An asset may exist although its creation failed with an internal error.
      isRepeatable: facts.call !== "create" || status < 500,
      succeeded: signIn?.succeeded ?? (status >= 200 && status < 300 && exchange.failure === undefined),
    }
  },
})

/** The OAuth rules, including Frame.io's deviations from OAuth. */
export const oauthRuleSet: Core.RuleSet = OAuth.ruleSetOf([dialect])

/**
 * Returns a minimal exchange for a key from Frame.io's error table or for the name of an error class. Returns `undefined` if
 * no row contains the word. The OAuth rules handle the keys that OAuth defines.
 */
export const ofCode = (word: string): Exchange | undefined => {
  const { byClass, byKey } = (tables ??= tablesOf())
  const row = byKey.get(word.toLowerCase()) ?? byClass.get(word)
  if (row === undefined) return undefined
  const { key, status } = row
  return {
    response: {
      status,
      body: JSON.stringify({ code: status, errors: [{ code: status, status, title: key }], message: key }),
    },
  }
}

/** The tables are built on the first lookup. A lookup runs for every word of pasted text. */
let tables: ReturnType<typeof tablesOf> | undefined

/**
 * Builds two maps of rows: one by key in lower case, and one by class. If several rows have the same key or class, the first
 * row is used.
 */
const tablesOf = () => {
  const keys = Rows.rows.flatMap((row) => ("key" in row && /^[A-Z]/.test(row.key) ? [row] : [])).toReversed()
  return {
    byKey: new Map(keys.map((row) => [row.key.toLowerCase(), row])),
    byClass: new Map<string, (typeof keys)[number]>(keys.map((row) => [row.class, row])),
  }
}
