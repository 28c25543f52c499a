/**
 * Words that make a reader look twice, and what to write instead: the style guide in CONTRIBUTING.md says why. Lint reads the
 * comments of all code and the texts of the sources; a test reads the Markdown.
 */

/** Each word with what to write instead. */
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
}

const entries = Object.entries(words).map(([word, instead]) => ({
  pattern: new RegExp(`\\b(?:${word})\\b`, "i"),
  instead,
}))

/** A guide has a name: Frame.io's error guide, the guide to gates. */
entries.push({ pattern: /\bthe guide\b(?! (?:to|of|on) )/i, instead: "name the guide" })

/**
 * The first word of the list that stands in a text, and what to write instead.
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
