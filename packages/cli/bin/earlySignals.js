/**
 * Keeps the signals that arrive while the program loads, so that it can handle them like later ones.
 *
 * A signal that arrives before Node runs this file ends the process silently. Nothing was sent by then.
 *
 * This is plain JavaScript that Node 18 can read, like `holdfast.js`.
 */
const signals = ["SIGINT", "SIGTERM", "SIGHUP"]

/**
 * Starts to keep signals. The program takes over by calling the function at this symbol, which returns the first
 * signal.
 */
export function hold() {
  let first
  const keep = (signal) => {
    first ??= signal
  }
  for (const signal of signals) process.on(signal, keep)
  globalThis[Symbol.for("@holdfast/earlySignals")] = () => {
    for (const signal of signals) process.off(signal, keep)
    return first
  }
}
