/**
 * Reads a rejection stated in prose. The grammar has two parts, the subject and the predicate: "the access token" + "has
 * expired". The grammar covers sentences that are not listed in the table of any vendor.
 */
import { type Predicate, predicates } from "./predicates.ts"
import { type SubjectName, subjects } from "./subjects.ts"

/** A rejection stated in prose. */
export interface Statement {
  readonly predicate: Predicate
  /** The grammar's name for the subject, such as "the access token". The value is `undefined` if the subject is unknown. */
  readonly subject: SubjectName | undefined
  /** The subject in the sentence's own words, if they are plain: for example "the download token". */
  readonly noun: string | undefined
  /** The clause that states the rejection. */
  readonly clause: string
  /** How specific the clause is. The value determines which of several clauses is chosen. At least 1. */
  readonly score: number
}

/** The maximum number of characters that are read. Longer messages repeat the request or contain a stack trace. */
const longest = 600

/** The maximum number of clauses that are read. */
const most = 12

/** The boundaries of clauses, such as dashes and the ends of sentences and lines. */
const ends =
  /(?<=[a-z)\]"'`]{2})[.!?](?=\s|$)|;(?! (?:got|but|received|found)\b)|\n|\s-{1,2}\s|,\s(?=but|and the|because|since|so|please)|\(see |\bfor more\b/i

/** The maximum distance between the subject and the predicate, in characters. */
const reach = 90

/**
 * Status names, which only repeat the status code. The names remain in the clause but are ignored when the clause is read.
 */
const names =
  /\b(?:Bad Request|Unauthorized|Payment Required|Forbidden|Not Found|Method Not Allowed|Not Acceptable|Conflict|Precondition Failed|Content Too Large|Payload Too Large|Request Entity Too Large|(?:Requested )?Range Not Satisfiable|Unprocessable (?:Entity|Content)|Too Many Requests|Internal Server Error|Not Implemented|Bad Gateway|Service Unavailable|Access ?Denied)\b(?!\w)|^\s*(?:unauthori[sz]ed|forbidden|not found|access denied|conflict)\W*$/g

/** Returns the most specific statement in a text. If several statements are equally specific, the first one is returned. */
export const read = (text: string): Statement | undefined => {
  let best: Statement | undefined
  for (const clause of text.slice(0, longest).split(ends, most)) {
    const found = readClause(clause.trim())
    if (found !== undefined && (best === undefined || found.score > best.score)) best = found
  }
  return best
}

/**
 * Returns the most specific statement in several texts. If several statements are equally specific, the first one is
 * returned.
 */
export const readAll = (texts: ReadonlyArray<string>): Statement | undefined =>
  texts
    .map(read)
    .reduce(
      (best, one) => (one !== undefined && (best === undefined || one.score > best.score) ? one : best),
      undefined,
    )

const readClause = (clause: string): Statement | undefined => {
  if (clause.length < shortest) return undefined
  const legible = clause.replace(names, (name) => " ".repeat(name.length))
  let best: Statement | undefined
  for (const { is, weight, words } of predicates) {
    const found = words.exec(legible)
    if (found === null) continue
    const subject = subjectNear(legible, found.index, found.index + found[0].length)
    const score = weight + (subject?.score ?? 0)
    if (best === undefined || score > best.score)
      best = { predicate: is, subject: subject?.name, noun: subject?.noun, clause, score }
  }
  return best
}

/** The length of the shortest meaningful clause, "no key", in characters. */
const shortest = 6

interface Near {
  readonly name: SubjectName
  readonly noun: string
  readonly score: number
}

/**
 * Replaces the standard term for a general subject with the word that the sentence uses: "the folder" rather than "the
 * object".
 */
const nounOf = (word: string, name: string, weight: number): string =>
  weight < 3 && /^[a-z][a-z -]{2,30}$/i.test(word) ? `the ${word.toLowerCase()}` : name

/**
 * Returns the most specific subject near the predicate, which extends from `start` to `end`. Subjects that come before the
 * predicate are preferred.
 */
const subjectNear = (clause: string, start: number, end: number): Near | undefined => {
  let best: Near | undefined
  let taken: { from: number; to: number } | undefined
  for (const { name, weight, words } of subjects) {
    const found = words.exec(clause)
    if (found === null) continue
    const [from, to] = [found.index, found.index + found[0].length]
    // "token" inside "access token" is not a second subject.
    if (taken !== undefined && from >= taken.from && to <= taken.to) continue
    const isBefore = from <= start
    const distance = isBefore ? Math.max(0, start - to) : Math.max(0, from - end)
    if (distance > reach) continue
    const score = weight - distance / 60 - (isBefore ? 0 : 0.3)
    if (best === undefined || score > best.score) {
      best = { name, noun: nounOf(found[0], name, weight), score }
      taken = { from, to }
    }
  }
  return best
}
