/**
 * Writes lines to a stream in batches: the lines of one turn of the event loop in one write, because a write takes more CPU time
 * than preparing a line.
 */

export interface LineWriter {
  readonly write: (line: string) => void
  /** Writes the lines that were not written yet. */
  readonly flush: () => void
}

/** Creates a writer. Call `flush` before the process exits, and before other text is written that must come later. */
export const make = (stream: { readonly write: (text: string) => unknown }): LineWriter => {
  let pending = ""
  const flush = () => {
    const text = pending
    pending = ""
    if (text !== "") stream.write(text)
  }
  return {
    flush,
    write: (line) => {
      if (pending === "") setImmediate(flush)
      pending += `${line}\n`
    },
  }
}
