/**
 * Looks up vendors' codes and transport failures. The result of each lookup is a minimal exchange that contains the code.
 */
import * as C2c from "@holdfast/c2c/Diagnosis"
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as Http from "@holdfast/http/Diagnosis"
import * as OAuth from "@holdfast/oauth/Diagnosis"
import * as S3 from "@holdfast/s3/Diagnosis"
import * as Own from "../own/index.ts"

/** The maximum length of a code to look up, in characters. */
const longest = 200

/**
 * Returns the minimal exchange for a code. The exchange contains the code and its documented status, which is marked as
 * assumed. The lookup is case-sensitive first, then case-insensitive. A three-digit number is treated as a status. Returns
 * `undefined` if no table contains the code.
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

/**
 * The messages that only Amazon API Gateway sends, with their statuses (docs.aws.amazon.com/apigateway, "Gateway response
 * types").
 */
const gateway: Readonly<Record<string, number>> = {
  "Missing Authentication Token": 403,
  "Endpoint request timed out": 504,
  "Internal server error": 502,
  "Limit Exceeded": 429,
  "Too Many Requests": 429,
  "Request Too Long": 413,
  "Unsupported Media Type": 415,
}

/** Returns the status that Amazon API Gateway sends with a message. */
export const gatewayStatus = (message: string): number | undefined =>
  Object.hasOwn(gateway, message) ? gateway[message] : undefined

/** Returns the documented status for a vendor's code. */
export const statusOf = (code: string): number | undefined => gatewayStatus(code) ?? exchangeOf(code)?.response?.status
