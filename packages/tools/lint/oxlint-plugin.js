import * as Words from "./words.js"

/**
 * Rules that oxlint lacks. `no-restricted-properties` sees `Date.now` but not `new Date()`, which also reads
 * the system clock. `new Date(value)` only converts a value and is allowed.
 */
const message =
  "Measure waits and durations with Clock.monotonicTimeNanos (Monotonic.millis); read Clock.currentTimeMillis only for dates. A test then runs in virtual time."

const readsClock = (node) => node.callee.type === "Identifier" && node.callee.name === "Date"

const ambientDate = {
  create: (context) => ({
    NewExpression(node) {
      if (readsClock(node) && node.arguments.length === 0) context.report({ node, message })
    },
    CallExpression(node) {
      if (readsClock(node)) context.report({ node, message })
    },
  }),
}

/** The functions that begin a test or a group of tests: their first argument is its title. */
const testing = new Set(["it", "test", "describe", "suite"])

/** The leftmost name of a callee: `it` in `it.effect.each([])`. */
const rootOf = (node) => {
  if (node.type === "MemberExpression") return rootOf(node.object)
  if (node.type === "CallExpression") return rootOf(node.callee)
  return node.type === "Identifier" ? node.name : undefined
}

/** The literal parts of a text, without the values that a template inserts. */
const partsOf = (node) => {
  if (node.type === "Literal" && typeof node.value === "string") return [node.value]
  return node.type === "TemplateLiteral" ? node.quasis.map(({ value }) => value.raw) : []
}

/** Reports words that the style guide replaces: in comments, in titles of tests and, with the option `texts`, in all texts. */
const wordsRule = {
  meta: { schema: [{ enum: ["texts"] }] },
  create: (context) => {
    const report = (node, text) => {
      const found = Words.find(text)
      if (found !== undefined)
        context.report({ node, message: `"${found.word}": ${found.instead} (CONTRIBUTING.md, Style)` })
    }
    const onText = context.options[0] === "texts"
    return {
      Program() {
        // The lines of a comment are joined, because a listed phrase may be split across two lines.
        for (const comment of context.sourceCode.getAllComments())
          report(comment, comment.value.replace(/\s*\n\s*\*?\s*/g, " "))
      },
      CallExpression({ arguments: [title], callee }) {
        if (title === undefined || !testing.has(rootOf(callee))) return
        for (const part of partsOf(title)) report(title, part)
      },
      Literal(node) {
        if (onText && typeof node.value === "string") report(node, node.value)
      },
      TemplateElement(node) {
        if (onText) report(node, node.value.raw)
      },
    }
  },
}

export default { meta: { name: "holdfast" }, rules: { "ambient-date": ambientDate, words: wordsRule } }
