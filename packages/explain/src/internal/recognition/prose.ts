/**
 * Reads the sentence that describes a failure most specifically. This reader is the last resort for text in any format. The
 * format (a log, an exception, logfmt, JSON) determines only the candidates; the grammar of `@holdfast/http` scores them.
 */
import * as Http from "@holdfast/http/Diagnosis"
import * as Around from "./around.ts"
import { assumed, type Recognized } from "./recognized.ts"
import { withoutFrames } from "./words.ts"

/** A sentence about a failure. */
interface Sentence {
  readonly text: string
  readonly predicate: Http.Predicate
  readonly score: number
}

/** The maximum number of lines to read from the end of the text, and the maximum length of a line, in characters. */
const mostLines = 80
const longestLine = 1000

/** Matches words and symbols that mark a line as reporting a failure. */
const failing =
  /error|exception|fail|fatal|denied|refus|reject|invalid|unauthori[sz]ed|forbidden|\bcritical\b|caused by|\bpanic|\b[45]\d\d\b|✖|✗|❌|could ?n[o']t|cannot|unable to/i

/** Matches the log levels of lines that do not report a failure. */
const quiet =
  /^(?:\S{1,40} ){0,4}\W{0,3}(?:info|debug|trace|notice)\b|\blevel=(?:info|debug|trace)\b|"level":\s?"(?:info|debug|trace)"/i

/** Matches lines of source code. */
const source =
  /^(?:const|let|var|if|for|return|def|class|function|import|export|from|public|private|async|await|try|package)\b|=>|[;{}]$/

/** Matches words that introduce the cause of another failure. */
const inner = /caused by|root cause|\[cause\]|reason/i

/** Matches a name under which loggers store an error, together with the value. */
const valued =
  /(?:^|[\s{,(])["']?(?:err(?:or)?(?:_?(?:message|description|msg))?|message|msg|reason|detail|description|cause|title)["']?\s{0,2}[=:]\s{0,2}(?:\\{0,3}"((?:[^"\\]|\\.){6,500})"|'([^'\n]{6,500})')/gi

/** Matches the prefix of a sentence, such as a time, a level, or the name of a logger or program. */
const preface =
  /^(?:[[(]?\d{1,4}[-/:.]\d{1,2}[-/:.]?\d{0,4}[\dTtZz:.,+\- ]{0,24}[\])]?\s{0,3}|[[(]?(?:error|err|warn(?:ing)?|fatal|critical|severe|e)[\])]?[:!]?\s{1,3}|\S{1,40}\[\d{1,8}\]:?\s{1,3})+/i

const pieces = (line: string): ReadonlyArray<{ text: string; bonus: number }> => {
  const plain = line.replace(preface, "").trim()
  const chain = plain.split(/:\s{1,3}(?=["'`]?[A-Za-z])|\s(?:\||=>|->)\s/, 12)
  const values = Array.from(line.matchAll(valued), ([, double, single]) => ({
    text: (double ?? single ?? "").replaceAll('\\"', '"'),
    bonus: 0.7,
  }))
  // A document is not a sentence, but its values may be.
  const isDocument = /^[[{<]|\{\s?"\w{1,40}":/.test(plain)
  if (isDocument) return values
  return [
    { text: plain, bonus: 0 },
    // The innermost error of a chain is the most specific.
    ...(chain.length > 1 ? chain.map((text, depth) => ({ text, bonus: Math.min(0.6, 0.15 * depth) })) : []),
    ...values,
  ]
}

/** Finds the most specific sentence about a failure in text. */
export const sentenceIn = (text: string): Sentence | undefined => {
  const lines = withoutFrames(text)
    .split("\n")
    .map((line) => line.trim().slice(0, longestLine))
    .filter((line) => line.length > 5 && !source.test(line))
    .slice(-mostLines)
  const isShort = lines.length < 4
  let best: Sentence | undefined
  lines.forEach((line, index) => {
    const isFailing = failing.test(line)
    if (!isFailing && !isShort) return
    const ofLine =
      (isFailing ? 0.5 : 0) + (inner.test(line) ? 0.4 : 0) - (quiet.test(line) ? 1.5 : 0) + (0.4 * index) / lines.length
    for (const piece of pieces(line)) {
      const found = Http.statementIn(piece.text)
      if (found === undefined) continue
      const score = found.score + piece.bonus + ofLine
      if (best === undefined || score > best.score)
        best = { text: shown(found.clause, piece.text), predicate: found.predicate, score }
    }
  })
  return best
}

/** Includes the surrounding text if a clause is short. */
const shown = (clause: string, text: string): string => (clause.length < 25 && text.length < 300 ? text : clause)

/** Maps the predicate of a sentence to the usual status for that kind of failure. */
const statuses: Readonly<Partial<Record<Http.Predicate, number>>> = {
  expired: 401,
  permission: 403,
  disabled: 403,
  pending: 403,
  absent: 404,
  exists: 409,
  held: 409,
  size: 413,
  quota: 429,
  busy: 503,
}

/**
 * The minimum score for text that no other reader matches. A subject, a defect and a sign of a failure together reach this
 * score.
 */
const enough = 4

const bodyOf = ({ text }: Sentence, code?: string) => ({
  headers: { "content-type": "application/json" },
  body: JSON.stringify(code === undefined ? { message: text } : { error: code, error_description: text }),
})

/**
 * Matches words that only servers use. Without a word that only servers use, the message could also be about a program, a
 * file or a database.
 */
const remote =
  /\b(?:tokens?|jwt|scopes?|apis?|keys?|oauth|bearer|credentials?|apps?|applications?|clients?|integrations?|plan|quotas?|rate|buckets?|containers?|regions?|uploads?|multipart|signatures?|sessions?|cookies?|nonce|state|redirect\w{0,8}|callback|audience|issuer|claims?|webhooks?|endpoints?|subscriptions?|tenants?|requests?|responses?|servers?|https?|headers?|origins?|domains?|certificates?|checksums?|content-\w{3,10}|blobs?|accounts?)\b/i

/** Reads the sentence that describes the failure most specifically. */
export const read = (text: string): Recognized | undefined => {
  const sentence = sentenceIn(text)
  if (sentence === undefined || sentence.score < enough) return undefined
  const request = Around.requestIn(text)
  const stated = Around.statusIn(text)
  if (request === undefined && stated === undefined && !remote.test(sentence.text)) return undefined
  return {
    exchange: {
      ...(request === undefined ? {} : { request }),
      response: {
        ...(stated === undefined || stated < 400 ? assumed(statuses[sentence.predicate] ?? 400) : { status: stated }),
        ...bodyOf(sentence),
      },
    },
    as: "a sentence about a failure, found in other text",
  }
}

/** The minimum score for a sentence that is added to a code. The sentence must state more than that something is invalid. */
const plain = 5

/** Matches an OAuth document that contains a code but no description. */
const codeAlone = /^\s*\{"error":"([\w.-]{2,80})"\}\s*$/

/** Statuses that can be explained only with the message from the response. */
const unspecific: ReadonlyArray<number> = [400, 401, 403, 404, 409, 412, 422, 500]

/**
 * Adds the most specific sentence in a text to an exchange that contains only a status, or only an OAuth code without a
 * description.
 */
export const complete = (found: Recognized, text: string): Recognized => {
  const { request, response } = found.exchange
  // The rules of S3 read a tool's message about an S3 operation, since they know what its status means.
  if (response === undefined || request?.operation !== undefined) return found
  const { body = "", status } = response
  const [, code] = codeAlone.exec(body) ?? []
  if (code === undefined && (body !== "" || !unspecific.includes(status))) return found
  const sentence = sentenceIn(text)
  if (sentence === undefined || sentence.score < (code === undefined ? enough : plain)) return found
  return { ...found, exchange: { ...found.exchange, response: { ...response, ...bodyOf(sentence, code) } } }
}
