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

export default { meta: { name: "holdfast" }, rules: { "ambient-date": ambientDate } }
