/**
 * The data that the OAuth rules read from an exchange with an OAuth server: the call, its fields, and the error.
 */
import { type Exchange, timeOf } from "@holdfast/diagnosis/Exchange"
import * as Exchanges from "@holdfast/diagnosis/Exchange"
import * as RetryHint from "@holdfast/http/RetryHint"
import type { Dialect } from "../../Dialect.ts"
import * as Rows from "../errors/rows.ts"
import * as BareStatus from "../polling/bareStatus.ts"
import * as ErrorWords from "../wire/errorWords.ts"
import { causes, type Name } from "../words/causes.ts"
import * as Answer from "./answer.ts"
import * as Callback from "./callback.ts"
import * as Issuers from "./issuer.ts"
import * as Names from "./names.ts"
import * as RequestFields from "./requestFields.ts"
import { tokenEnds } from "./vocabulary.ts"

export type { OAuthAnswer } from "./answer.ts"
export type { Issuer } from "./issuer.ts"
export type { Encoding, Field, Purpose } from "./requestFields.ts"

/** The facts. */
export interface OAuthFacts {
  readonly exchange: Exchange
  /** Whether the exchange contains more of the request than its method and address. */
  readonly hasRequest: boolean
  readonly method: string | undefined
  readonly url: URL | undefined
  readonly header: (name: string) => string | undefined
  readonly encoding: RequestFields.Encoding
  readonly fields: ReadonlyArray<RequestFields.Field>
  readonly field: (name: string) => RequestFields.Field | undefined
  /** The purpose of the request; `undefined` if the exchange does not contain a request. */
  readonly purpose: RequestFields.Purpose | undefined
  /** The dialect of the provider, if the provider has one. The rules for the dialect are in the provider's package. */
  readonly dialect: Dialect | undefined
  /** The provider, if it is known. */
  readonly issuer: Issuers.Issuer | undefined
  readonly answer: Answer.OAuthAnswer
  /**
   * The time of the exchange in epoch milliseconds, according to the server's clock if it is known, and otherwise the local
   * clock.
   */
  readonly now: number | undefined
  /** The expiry of the bearer token in epoch milliseconds, if the token has one. */
  readonly tokenEnds: number | undefined
  /**
   * The codes of the rules that are consistent with the server's response; `undefined` if the response does not restrict the
   * rules.
   */
  readonly allowed: ReadonlySet<string> | undefined
}

/**
 * The time of an exchange in epoch milliseconds, according to the server's clock if it is known, and otherwise the local
 * clock.
 */
export const timeAt = (exchange: Exchange): number | undefined =>
  RetryHint.httpDate(Exchanges.header(exchange.response?.headers ?? {}, "date") ?? "") ?? timeOf(exchange)

/** Reads the data for the rules from a redacted exchange, including the errors that the given dialects define. Total. */
export const reader = (dialects: ReadonlyArray<Dialect>): ((exchange: Exchange) => OAuthFacts) => {
  const standard = ErrorWords.make(Rows.rows)
  const words = new Map(dialects.map((dialect) => [dialect, ErrorWords.make(Rows.rowsOf(dialect))]))
  return (exchange) => {
    const dialect = dialects.find(({ speaks }) => speaks(exchange))
    return read(exchange, dialect, (dialect && words.get(dialect)) ?? standard)
  }
}

const read = (exchange: Exchange, dialect: Dialect | undefined, words: ErrorWords.Words): OAuthFacts => {
  const { request, response } = exchange
  const header = (name: string) => Exchanges.header(request?.headers ?? {}, name)
  const url = request?.url !== undefined && URL.canParse(request.url) ? new URL(request.url) : undefined
  const { encoding, fields } = RequestFields.read(exchange, url)
  const field = (name: string) => fields.find((one) => one.name === name)
  const callback = Callback.read(request, url, fields, Names.isErrorName)
  const purpose =
    request === undefined ? undefined : callback === undefined ? RequestFields.purposeOf(url, field) : "authorize"
  const answerHeader = (name: string) => Exchanges.header(response?.headers ?? {}, name)
  const issuer =
    dialect !== undefined
      ? undefined
      : callback === undefined
        ? Issuers.find(url, answerHeader, response?.body ?? "")
        : Issuers.find(callback.from, () => undefined, callback.description)
  const now = timeAt(exchange)
  const said = Answer.read(exchange, { purpose, issuer, words, now: now ?? 0, callback })
  const bare =
    purpose === "poll" && said.error === "" && !said.isPage
      ? BareStatus.keyOf(said.status, url?.hostname ?? "")
      : undefined
  const answer: Answer.OAuthAnswer = {
    ...said,
    key: bare ?? Rows.keyOf(dialect, said.error === "" ? undefined : said.error, said.meaning) ?? "",
  }
  return {
    exchange,
    hasRequest: Exchanges.isRequestSeen(exchange),
    method: request?.method?.toUpperCase(),
    url,
    header,
    encoding,
    fields,
    field,
    purpose,
    dialect,
    issuer,
    answer,
    now,
    tokenEnds: tokenEnds(exchange),
    allowed: allowedBy(answer, purpose, dialect, url),
  }
}

/**
 * Statuses of exchanges in which an intermediary forwarded the request or might have forwarded it. 0 means that there was no
 * response. Statuses 520, 522 and 524 come from Cloudflare.
 */
const lost: ReadonlySet<number> = new Set([0, 499, 502, 504, 520, 522, 524, 527])

/**
 * Whether the server's response was lost, in which case the exchange does not show whether the server executed the request.
 */
export const isLost = ({ error, form, status }: Answer.OAuthAnswer): boolean =>
  error === "" && (form === "unanswered" || lost.has(status))

/** The codes of the rules that can apply if an intermediary lost the response to a refresh or a code exchange. */
const lostRefresh: ReadonlySet<string> = new Set(["HF-OAUTH-SERVER-003", "HF-HTTP-BOX-001", "HF-HTTP-BOX-003"])

/** The causes of errors that Trakt reports only by status, without a body. */
const bare: ReadonlyMap<string, Name> = new Map([
  ["authorization_pending", "pending"],
  ["invalid_grant", "deviceCode"],
  ["expired_token", "codeExpired"],
  ["access_denied", "declined"],
])

const allowedBy = (
  answer: Answer.OAuthAnswer,
  purpose: RequestFields.Purpose | undefined,
  dialect: Dialect | undefined,
  url: URL | undefined,
): ReadonlySet<string> | undefined => {
  if ((purpose === "refresh" || purpose === "exchange") && answer.status !== 0 && isLost(answer)) return lostRefresh
  // The provider's package defines the meaning of a dialect's code.
  if (dialect?.rows.some(({ key }) => key === answer.error) === true) return undefined
  const isBareTrakt = purpose === "poll" && answer.error === "" && BareStatus.isTrakt(url?.hostname ?? "")
  const ofStatus = answer.status === 429 ? "tooFast" : bare.get(answer.key)
  const cause = answer.meaning?.cause ?? (isBareTrakt ? ofStatus : undefined)
  const codes = cause === undefined ? undefined : sets.get(cause)
  // A client that asked for a page cannot read its message.
  return codes !== undefined && answer.isPage ? new Set([...codes, "HF-OAUTH-REQUEST-010"]) : codes
}

const sets: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(causes).map(([name, { codes }]) => [name, new Set(codes)]),
)
