/**
 * Reads a refusal in prose by a grammar of two parts, the subject and the predicate: "the access token" + "has expired". It
 * covers the sentences that no table of a vendor lists.
 */
import { type Predicate, predicates } from "./predicates.ts"
import { subjects } from "./subjects.ts"

/** What a sentence states. */
export interface Statement {
  readonly predicate: Predicate
  /** What it is about, by the grammar's name: "the access token". `undefined` where it names nothing that the grammar knows. */
  readonly subject: string | undefined
  /** The subject in the sentence's own words, where they are plain: "the download token". */
  readonly noun: string | undefined
  /** The clause that states it. */
  readonly clause: string
  /** How much the clause tells, for the choice among several. At least 1. */
  readonly score: number
}

/** Characters of a text that are read. Longer messages repeat the request or carry a stack trace. */
const longest = 600

/** Clauses that are read. */
const most = 12

/** Ends of clauses: of sentences, lines, and items of lists. */
const ends =
  /(?<=[a-z)\]"'`]{2})[.!?](?=\s|$)|;(?! (?:got|but|received|found)\b)|\n|\s-{1,2}\s|,\s(?=but|and the|because|since|so|please)|\(see |\bfor more\b/i

/** Distance in characters between subject and predicate at which they still belong together. */
const reach = 90

/** Names of statuses, which state nothing that the number does not. */
const names =
  /\b(?:Bad Request|Unauthorized|Payment Required|Forbidden|Not Found|Method Not Allowed|Not Acceptable|Conflict|Precondition Failed|Content Too Large|Payload Too Large|Request Entity Too Large|(?:Requested )?Range Not Satisfiable|Unprocessable (?:Entity|Content)|Too Many Requests|Internal Server Error|Not Implemented|Bad Gateway|Service Unavailable|Access ?Denied)\b(?!\w)|^\s*(?:unauthori[sz]ed|forbidden|not found|access denied|conflict)\W*$/g

/** The statement of a text that tells most; of equal ones the first. */
export const read = (text: string): Statement | undefined => {
  let best: Statement | undefined
  for (const clause of text
    .slice(0, longest)
    .replace(names, (name) => " ".repeat(name.length))
    .split(ends, most)) {
    const found = readClause(clause.trim())
    if (found !== undefined && (best === undefined || found.score > best.score)) best = found
  }
  return best
}

/** The statement of several texts that tells most; of equal ones the first. */
export const readAll = (texts: ReadonlyArray<string>): Statement | undefined =>
  texts
    .map(read)
    .reduce(
      (best, one) => (one !== undefined && (best === undefined || one.score > best.score) ? one : best),
      undefined,
    )

const readClause = (clause: string): Statement | undefined => {
  if (clause.length < shortest) return undefined
  let best: Statement | undefined
  for (const { is, weight, words } of predicates) {
    const found = words.exec(clause)
    if (found === null) continue
    const subject = subjectNear(clause, found.index, found.index + found[0].length)
    const score = weight + (subject?.score ?? 0)
    if (best === undefined || score > best.score)
      best = { predicate: is, subject: subject?.name, noun: subject?.noun, clause, score }
  }
  return best
}

/** The shortest clause that can state anything: "no key". */
const shortest = 6

interface Near {
  readonly name: string
  readonly noun: string
  readonly score: number
}

/** General subjects are named by the sentence's own word: "the folder" says more than "the object". */
const nounOf = (word: string, name: string, weight: number): string =>
  weight < 3 && /^[a-z][a-z -]{2,30}$/i.test(word) ? `the ${word.toLowerCase()}` : name

/** The subject that tells most near a predicate, from `start` to `end`. What stands before it is more often what it is about. */
const subjectNear = (clause: string, start: number, end: number): Near | undefined => {
  let best: Near | undefined
  let taken: { from: number; to: number } | undefined
  for (const { name, weight, words } of subjects) {
    const found = words.exec(clause)
    if (found === null) continue
    const [from, to] = [found.index, found.index + found[0].length]
    // "token" of "access token" is no subject of its own.
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
