/**
 * The vendors' codes and the failures of the transport, each with the barest exchange that has it.
 */
import * as C2c from "@holdfast/c2c/Diagnosis"
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as Http from "@holdfast/http/Diagnosis"
import * as OAuth from "@holdfast/oauth/Diagnosis"
import * as S3 from "@holdfast/s3/Diagnosis"
import * as Own from "../own/index.ts"

/** The longest word in a table, in characters. */
const longest = 200

/**
 * The barest exchange with a code: its documented status, which no server has stated, and the word. The word is looked up as it is
 * written first, then in any case; a number of three digits is a status. `undefined` if no table has the word.
 */
export const exchangeOf = (code: string): Exchange | undefined => {
  const word = code.length > longest ? "" : code.trim()
  if (/^[1-5]\d\d$/.test(word)) return { response: { status: Number(word) } }
  const found = [Own.ofCode, C2c.ofCode, S3.ofCode, OAuth.ofCode, Http.ofCode].flatMap((lookup) => lookup(word) ?? [])
  const exchange = found.find((one) => JSON.stringify(one).includes(word)) ?? found[0]
  return exchange?.response === undefined
    ? exchange
    : { ...exchange, response: { ...exchange.response, isStatusAssumed: true } }
}

/** The messages that Amazon API Gateway answers alone (docs.aws.amazon.com/apigateway, "Gateway response types"). */
const gateway: Readonly<Record<string, number>> = {
  "Missing Authentication Token": 403,
  "Endpoint request timed out": 504,
  "Internal server error": 502,
  "Limit Exceeded": 429,
  "Too Many Requests": 429,
  "Request Too Long": 413,
  "Unsupported Media Type": 415,
}

/** The status with which Amazon API Gateway answers a message. */
export const gatewayStatus = (message: string): number | undefined =>
  Object.hasOwn(gateway, message) ? gateway[message] : undefined

/** The status that is documented for a vendor's code. */
export const statusOf = (code: string): number | undefined => gatewayStatus(code) ?? exchangeOf(code)?.response?.status
