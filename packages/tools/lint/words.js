/**
 * Words that make a reader look twice, and their replacements; the style guide in CONTRIBUTING.md gives the reasons. Lint checks
 * the comments of all code, the titles of tests, and the texts of the sources; a test checks the Markdown.
 *
 * Exempt are values that a template inserts into a title, such as a vendor's message; the other texts of tests, which quote
 * servers; and code in backticks in the Markdown.
 */

/** Each word and its replacement. */
const words = {
  "somebody|anybody": "name the actor: the caller, the server, a person",
  "nobody|no one": "name the actor and say what happens",
  "everybody|whoever": "name the actors: all callers, every client",
  "for ever": "forever",
  "of late": "recently",
  anew: "again",
  "in vain": "say what fails",
  "at work|under way": "running, in flight, in progress",
  "one time": "once",
  "brings? home|sees? to": "use the verb engineers use",
  "(?:is|are|was|were|be|been|being) told": "reports to, receives, is notified of",
  "lately|nowadays": "recently, today",
  "said of|(?:speaks?|spoken|spoke) of": "describe, report, mention",
  "what (?:became|becomes|comes) of|came of": "the result of, what happens to",
  "(?:gives?|gave|given) back": "return, release, refund",
  "hands? over": "pass, return",
  "stands? in the (?:way|place)|stood in the place": "block, replace, is in",
  "taken for": "treated as, mistaken for",
  "all the same": "nevertheless, still",
  "any ?more": "no longer",
  "shall|had better": "must, should",
  "does not mind|do not mind": "accept, ignore",
}

const entries = Object.entries(words).map(([word, instead]) => ({
  pattern: new RegExp(`\\b(?:${word})\\b`, "i"),
  instead,
}))

/** A guide must be named: Frame.io's error guide, the guide to gates. */
entries.push({ pattern: /\bthe guide\b(?! (?:to|of|on) )/i, instead: "name the guide" })

/**
 * Finds the first listed word in a text, with its replacement.
 *
 * @param {string} text
 * @returns {{ readonly word: string, readonly instead: string } | undefined}
 */
export const find = (text) => {
  for (const { instead, pattern } of entries) {
    const found = pattern.exec(text)
    if (found !== null) return { word: found[0], instead }
  }
  return undefined
}
