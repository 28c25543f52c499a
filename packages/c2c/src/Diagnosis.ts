/**
 * The true cause of a failure anywhere on the way from a camera to Frame.io: the API, its sign-in, the storage, the network.
 */
import * as Core from "@holdfast/core/Diagnosis"
import type { Exchange } from "@holdfast/core/Exchange"
import * as Redaction from "@holdfast/core/Redaction"
import * as Http from "@holdfast/http/Diagnosis"
import * as RetryHint from "@holdfast/http/RetryHint"
import * as OAuth from "@holdfast/oauth/Diagnosis"
import * as S3 from "@holdfast/s3/Diagnosis"
import { lostCreation } from "./internal/creation.ts"
import * as Rows from "./internal/errorRows.ts"
import { dialect } from "./internal/oauthDialect.ts"
import * as Facts from "./internal/facts.ts"
import { rules } from "./internal/rules/index.ts"
import { vocabulary } from "./internal/vocabulary.ts"

export type { Cause, Confidence, Evidence, Explanation, Fix, RetryAdvice, Vendor } from "@holdfast/core/Diagnosis"
export type { Exchange } from "@holdfast/core/Exchange"

/** The rules of Frame.io as a book. */
export const book: Core.Book = Core.book<Facts.Facts>({
  system: "c2c",
  vocabulary,
  rules,
  read: (exchange) => {
    const facts = Facts.read(exchange)
    const { answerHeader, payload, status } = facts
    if (!facts.isFrameio || Http.isPortalAnswer(exchange)) return undefined
    // Where nobody answered, HTTP says what happened; but a creation whose answer was lost is a matter of this API.
    if (status === 0 && !facts.isLostCreation) return undefined
    const { detail = "", form, key } = payload
    const requestId = answerHeader("x-request-id")
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
        : (Http.verdictWithoutAnswer(exchange) ?? Rows.find({ key, status, form }).verdict),
      afterMs: facts.isOwn
        ? RetryHint.fromHeaders(exchange.response?.headers ?? {}, { status: exchange.response?.status })
        : undefined,
      succeeded: status >= 200 && status < 300 && exchange.failure === undefined,
    }
  },
})

/** Every book, in the order in which they are asked: whose rules read an exchange first says what the vendor's words were. */
export const books: ReadonlyArray<Core.Book> = [book, S3.book, OAuth.bookOf([dialect]), Http.book]

/**
 * Explains an exchange with Frame.io, its storage, or any server: pure and total.
 *
 * **Details**
 *
 * Everything but the response's status may be missing; the explanation then says what it could not look at. The exchange is
 * redacted before a rule sees it, so nothing in the explanation is a secret.
 *
 * **Example** (A channel that does not exist)
 *
 * ```ts
 * const explanation = Diagnosis.explain({
 *   request: { method: "POST", url: "https://api.frame.io/v2/devices/assets", body: '{"filetype":"video/mp4","channel":7}' },
 *   response: { status: 500 },
 * })
 * explanation.code // "HF-C2C-ASSET-003"
 * ```
 */
export const explain = (exchange: Exchange): Core.Explanation => Core.explain(exchange, books)

/** An exchange without its secrets, and with everything that a diagnosis needs: what may be saved and shown. */
export const redact: (exchange: Exchange) => Exchange = Redaction.make(books.map(({ vocabulary }) => vocabulary))

/** What is known of a cause, and whose it is. */
export interface About extends Core.About {
  readonly system: string
}

/** Every cause that a rule knows, by system in the order of the books. */
export const causes: ReadonlyArray<About> = books.flatMap(({ rules, system }) =>
  rules.map(({ change, code, explanation, fix, links, title, topic }) => ({
    code,
    topic,
    title,
    explanation,
    fix,
    change,
    links,
    system,
  })),
)

/** What is known of a cause by its code, `HF-S3-POST-011`, in any case. */
export const about = (code: string): About | undefined =>
  code.length > longestWord ? undefined : causes.find((one) => one.code.toLowerCase() === code.trim().toLowerCase())

/** The longest word in a table, in characters. */
const longestWord = 200

/**
 * Explains a vendor's word without anything else: `InvalidAccessKeyId`, `slow_down`, `Channel Paused`, `ECONNRESET`, `429`.
 *
 * **Details**
 *
 * The word is looked up in the error tables of S3, OAuth and Frame.io and among the failures of the transport, as it is
 * written first and then in any case; a number of three digits is a status. What is explained is the barest exchange with
 * it: the documented status and the word. So the causes are at most likely, and `unseen` says what would tell more.
 * `undefined` when no table has the word.
 */
export const explainCode = (code: string): Core.Explanation | undefined => {
  const exchange = code.length > longestWord ? undefined : exchangeOf(code.trim())
  return exchange === undefined ? undefined : explain(exchange)
}

const exchangeOf = (word: string): Exchange | undefined => {
  if (/^[1-5]\d\d$/.test(word)) return { response: { status: Number(word) } }
  const found = [ofCode, S3.ofCode, OAuth.ofCode, Http.ofCode].flatMap((lookup) => lookup(word) ?? [])
  return found.find((exchange) => JSON.stringify(exchange).includes(word)) ?? found[0]
}

/** The barest exchange with a word of Frame.io's own table. Its words of OAuth are left to OAuth. */
const ofCode = (word: string): Exchange | undefined => {
  const keys = Rows.rows.flatMap((row) => ("key" in row && /^[A-Z]/.test(row.key) ? [row] : []))
  const row = keys.find(({ key }) => key.toLowerCase() === word.toLowerCase())
  if (row === undefined) return undefined
  const { key, status } = row
  return {
    response: {
      status,
      body: JSON.stringify({ code: status, errors: [{ code: status, status, title: key }], message: key }),
    },
  }
}
