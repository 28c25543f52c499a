/**
 * Readers of HTTP: methods, pages, refusals and retry hints.
 */
import * as Http from "@holdfast/http/Diagnosis"
import * as Idempotency from "@holdfast/http/Idempotency"
import * as Portal from "@holdfast/http/Portal"
import * as RetryAfter from "@holdfast/http/RetryAfter"
import * as RetryHint from "@holdfast/http/RetryHint"
import * as G from "../grammar.ts"
import type { Reader } from "../Reader.ts"

const hint = G.one(G.digits, G.date, "2.5", "-1", "0", G.value)

/** The readers. */
export const readers: ReadonlyArray<Reader> = [
  { name: "http/Idempotency.isIdempotent", read: Idempotency.isIdempotent, grammar: G.one("GET", "put", G.word) },
  {
    name: "http/Idempotency.isRepeatable",
    read: (text) => Idempotency.isRepeatable({ method: text, headers: { "idempotency-key": text } }),
    grammar: G.word,
  },
  {
    name: "http/Portal.isHtml",
    read: (text) => Portal.isHtml({ body: text, headers: { "content-type": text } }),
    grammar: G.one("<html>", G.value),
  },
  {
    name: "http/Diagnosis.saysWhy",
    read: Http.saysWhy,
    grammar: G.one(
      "connect ECONNREFUSED 127.0.0.1:9000",
      "certificate has expired",
      "read: connection reset by peer",
      G.word,
    ),
  },
  {
    name: "http/Diagnosis.saysRefusal",
    read: Http.saysRefusal,
    grammar: G.one("The access token is invalid", "Invalid API key provided: sk-", "insufficient scope", G.word),
  },
  {
    name: "http/Diagnosis.statementIn",
    read: Http.statementIn,
    grammar: G.one(
      "The bucket does not exist",
      "redirect_uri does not match; expected",
      "the token has expired, ",
      G.word,
    ),
  },
  { name: "http/RetryAfter.parse", read: (text) => RetryAfter.parse(text, 0), grammar: hint },
  {
    name: "http/RetryAfter.fromHeaders",
    read: (text) =>
      RetryAfter.fromHeaders({ "retry-after": text, date: text, "x-ratelimit-reset": text, ratelimit: text }),
    grammar: hint,
  },
  {
    name: "http/RetryAfter.fromAnswer",
    read: (text) =>
      RetryAfter.fromAnswer({ status: 429, headers: { "retry-after": text, date: text, "retry-after-ms": text } }),
    grammar: hint,
  },
  { name: "http/RetryHint.parse", read: (text) => RetryHint.parse(text, 0), grammar: hint },
  {
    name: "http/RetryHint.fromHeaders",
    read: (text) =>
      RetryHint.fromHeaders({
        "retry-after": text,
        date: text,
        "retry-after-ms": text,
        "x-ratelimit-reset": text,
        ratelimit: text,
      }),
    grammar: hint,
  },
  {
    name: "http/RetryHint.fromExchange",
    read: (text) => RetryHint.fromExchange({ response: { status: 429, headers: { "retry-after": text, date: text } } }),
    grammar: hint,
  },
  { name: "http/RetryHint.httpDate", read: RetryHint.httpDate, grammar: G.date, frames: [["Mon, ", " GMT"]] },
]
