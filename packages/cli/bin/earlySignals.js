/**
 * Keeps the signals that arrive while the program is still being loaded, so that it can answer them like later ones.
 *
 * A signal that arrives before Node runs this file ends the process without a word; nothing has been sent by then.
 *
 * Plain JavaScript that Node 18 still reads, like `holdfast.js`.
 */
const signals = ["SIGINT", "SIGTERM", "SIGHUP"]

/** Keeps signals from now on. The program takes over by calling the function at this symbol, which returns the first signal. */
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
