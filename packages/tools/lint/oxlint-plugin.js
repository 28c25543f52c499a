import * as Words from "./words.js"

/**
 * The rules that oxlint does not have. `no-restricted-properties` sees `Date.now` but not `new Date()`, which reads the
 * system clock just the same. `new Date(value)` only converts, and stays allowed.
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

/** Reports words that the style guide replaces: in comments, and with `texts` in the texts of the code. */
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
        // Lines of a comment are joined: a word of two parts may be broken between them.
        for (const comment of context.sourceCode.getAllComments())
          report(comment, comment.value.replace(/\s*\n\s*\*?\s*/g, " "))
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
