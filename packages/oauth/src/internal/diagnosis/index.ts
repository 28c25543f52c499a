/**
 * Defines the OAuth rule set, which recognizes OAuth exchanges, reads the server's error, and determines the verdict.
 */
import * as Core from "@holdfast/diagnosis/Diagnosis"
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as Verdict from "@holdfast/core/Verdict"
import * as Http from "@holdfast/http/Diagnosis"
import * as RetryHint from "@holdfast/http/RetryHint"
import type { Dialect, Tag } from "../../Dialect.ts"
import * as RefreshMeaning from "../../RefreshMeaning.ts"
import * as Rows from "../errors/rows.ts"
import * as Codes from "../words/codes.ts"
import * as Phrases from "../words/phrases.ts"
import { corrections } from "./corrections/index.ts"
import * as Facts from "./facts.ts"
import * as Names from "./names.ts"
import { rules } from "./rules/index.ts"
import { vocabulary } from "./vocabulary.ts"

/**
 * Returns the OAuth rules, extended by the given provider dialects. Provider-specific causes are in the provider's own rule
 * set.
 */
export const ruleSetOf = (dialects: ReadonlyArray<Dialect>): Core.RuleSet =>
  Core.ruleSet<Facts.OAuthFacts>({ system: "oauth", vocabulary, rules, corrections, read: readerOf(dialects) })

/**
 * Returns a function that reads an exchange with an OAuth server and supports the given dialects. The function returns
 * `undefined` if the exchange is not an OAuth exchange.
 */
export const readerOf = (
  dialects: ReadonlyArray<Dialect>,
): ((exchange: Exchange) => Core.Reading<Facts.OAuthFacts> | undefined) => {
  const read = Facts.reader(dialects)
  const finders = new Map([undefined, ...dialects].map((dialect) => [dialect, Rows.finderOf(dialect)]))
  return (exchange) => {
    const facts = read(exchange)
    const find = finders.get(facts.dialect) ?? Rows.finderOf(facts.dialect)
    const { answer, issuer } = facts
    if (!isOfOAuth(facts)) return undefined
    // OAuth's code slow_down and an API's rate_limit_exceeded have the same status and form. The vendor decides between
    // them.
    const isUnclear = facts.purpose === undefined ? issuer === undefined : facts.purpose === "resource"
    if (isUnclear && Http.isOfKnownApi(exchange)) return undefined
    // As in the engine, tokens and errors of OAuth count with any content type.
    if (!answer.hasContent && answer.error === "" && Http.isPortalAnswer(exchange)) return undefined
    const { description, error, interval, meaning, status } = answer
    const requestId = ids.map(answer.header).find((id) => id !== undefined)
    return {
      facts,
      vendor: {
        system: issuer?.system ?? "oauth",
        status,
        code: error,
        message: status === 0 && error === "" ? (exchange.failure ?? "") : description,
        fields: {
          ...(interval === undefined ? {} : { interval: String(interval) }),
          ...(meaning?.number === undefined ? {} : { number: meaning.number }),
        },
        ...(requestId === undefined ? {} : { requestId }),
      },
      answeredBy: answererOf(facts),
      allowed: facts.allowed,
      verdict: verdictOf(facts, find),
      afterMs: RetryHint.fromExchange(exchange) ?? (interval === undefined ? undefined : interval * 1000),
      succeeded: isSuccess(facts),
    }
  }
}

/** The OAuth rule set, for programs that explain exchanges with several systems. */
export const ruleSet: Core.RuleSet = ruleSetOf([])

/** Response headers that contain the provider's request id. */
const ids = [
  "x-ms-request-id",
  "x-okta-request-id",
  "x-auth0-requestid",
  "x-github-request-id",
  "x-slack-req-id",
  "x-dropbox-request-id",
  "x-fb-trace-id",
  "x-request-id",
] as const

/** The name of the server that responded, unless an intermediary responded. */
const answererOf = ({ answer, issuer, purpose, url }: Facts.OAuthFacts): string | undefined => {
  const isBrought = answer.at.startsWith("request.")
  if ((answer.status === 0 && !isBrought) || answer.isProxys) return undefined
  if (issuer !== undefined) return issuer.name
  if (isBrought) return "the sign-in server, through the browser"
  if (purpose === undefined || purpose === "resource") return undefined
  return url === undefined ? "the sign-in server" : `the sign-in server (${url.hostname})`
}

/** Returns the verdict that the engine would reach for this exchange. */
const verdictOf = (
  { answer, exchange, purpose }: Facts.OAuthFacts,
  find: ReturnType<typeof Rows.finderOf>,
): Verdict.Verdict => {
  // A refresh that may have arrived is not sent again: its meaning is `lost` (see `RefreshMeaning`).
  if (answer.status === 0) return lost
  const unanswered = Http.verdictWithoutAnswer(exchange)
  if (unanswered !== undefined) return unanswered
  if (answer.lack !== undefined)
    return answer.lack.retry === "once" ? Verdict.once({ change: "human" }) : Verdict.never({ change: "human" })
  const { error, form, key, status } = answer
  const row = find({ ...(key === "" ? {} : { key }), status, form })
  const isLost =
    purpose === "refresh" &&
    status >= 300 &&
    RefreshMeaning.nextOf({ _tag: row.class satisfies Tag, code: error, status, verdict: row.verdict }) === "lost"
  return isLost ? lost : row.verdict
}

const lost = Verdict.never({ change: "human" })

/**
 * Whether the exchange succeeded. Some servers report errors with status 200, and some calls succeed only if the response has
 * the required content.
 */
const isSuccess = (facts: Facts.OAuthFacts): boolean => {
  const { answer, exchange, purpose } = facts
  const { error, lack, meaning, status } = answer
  if (status < 200 || status >= 300 || exchange.failure !== undefined || lack !== undefined) return false
  if (error === "") return true
  return purpose === "resource" ? !Names.isErrorName(error) && meaning === undefined : false
}

/**
 * Whether an exchange is an OAuth exchange, judged by the purpose of the request, the error code, or the challenge from a
 * resource that accepts bearer tokens.
 */
const isOfOAuth = ({ answer, exchange, header, issuer, purpose }: Facts.OAuthFacts): boolean => {
  const { challenge, error, form, meaning, status } = answer
  if (answer.at === "failure" || answer.at.startsWith("request.")) return true
  // Without a response the HTTP rules explain the failure, but only OAuth knows whether it used up a token.
  if (status === 0) return (purpose === "refresh" || purpose === "exchange") && Http.reached(exchange) === "maybe"
  if (purpose === "authorize") return error !== ""
  if (purpose !== undefined && purpose !== "resource") return true
  if (Names.isErrorName(error) && form === "simple") return true
  if (challenge !== undefined) return true
  if (Phrases.isOfToken(`${error} ${answer.description}`)) return true
  // A code of another API, such as AuthorizationFailed, does not concern a grant, whatever the message says.
  const isOwnCode = /^[A-Z][a-z]+[A-Z]\w*(?<!Exception)$/.test(error) && !Names.isErrorName(error)
  if (meaning !== undefined && (issuer !== undefined || (form === "simple" && !isOwnCode))) return true
  if (status !== 401) return false
  if (/^(?:Bearer|DPoP|OAuth|JWT|Token)\b/i.test(header("authorization") ?? "")) return true
  // A server that asks only for another scheme, as GitHub does for git, accepts no OAuth token.
  return issuer !== undefined && !/^\s*(?:Basic|Digest|Negotiate|NTLM)\b/i.test(answer.header("www-authenticate") ?? "")
}

/**
 * Returns a minimal exchange for an error code that OAuth's table or a provider defines, or for a Microsoft Entra error
 * number. The exchange has the documented status. Returns `undefined` if no table contains the code.
 *
 * **Details**
 *
 * The lookup first tries the code as written and then ignores case.
 */
export const ofCode = (code: string): Exchange | undefined => {
  if (/^AAD(?:STS\d{4,8}|B2C\d{5})$/i.test(code)) {
    return {
      response: {
        status: 400,
        body: JSON.stringify({ error: "invalid_grant", error_description: `${code.toUpperCase()}: ` }),
      },
    }
  }
  const { byClass, byKey, byLowerKey, listed } = (tables ??= tablesOf())
  const word = listed.get(code.toLowerCase())
  const row =
    byKey.get(code) ?? byLowerKey.get(code.toLowerCase()) ?? (word === undefined ? byClass.get(code) : undefined)
  if (row === undefined && word === undefined) return undefined
  return { response: { status: row?.status ?? 400, body: JSON.stringify({ error: row?.key ?? word }) } }
}

/** The tables are created only once, on the first lookup, because each word of pasted text triggers a lookup. */
let tables: ReturnType<typeof tablesOf> | undefined

/**
 * Indexes the codes from the table and the registries: as written, in lower case, and by class. If several rows match, the
 * first one is used.
 */
const tablesOf = () => {
  const keys = Rows.rows
    .flatMap((row) => ("key" in row && row.key !== undefined ? [{ ...row, key: row.key }] : []))
    .toReversed()
  return {
    byKey: new Map(keys.map((row) => [row.key, row])),
    byLowerKey: new Map(keys.map((row) => [row.key.toLowerCase(), row])),
    byClass: new Map<string, (typeof keys)[number]>(keys.map((row) => [row.class, row])),
    listed: new Map(Codes.listed.toReversed().map((one) => [one.toLowerCase(), one])),
  }
}
