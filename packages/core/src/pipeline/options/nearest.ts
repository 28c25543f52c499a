/**
 * Suggests the known word that is nearest to a misspelled one.
 */

/** Returns the most similar word if at most a third of the letters differ; a very short word may differ in one letter. */
export const nearest = (word: string, words: ReadonlyArray<string>): string | undefined => {
  let best: string | undefined
  let least = Math.max(1, Math.floor(word.length / 3)) + 1
  for (const candidate of words) {
    const different = distance(word.toLowerCase(), candidate.toLowerCase())
    if (different < least) {
      best = candidate
      least = different
    }
  }
  return best
}

/**
 * Returns the number of edits that turn one word into the other: insertions, deletions, replacements and swaps of neighboring
 * letters (optimal string alignment).
 */
const distance = (a: string, b: string): number => {
  // A long text is not a misspelled word, and the time grows with the product of the lengths.
  if (Math.abs(a.length - b.length) > 20) return Infinity
  const rows: Array<Array<number>> = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  const cell = (i: number, j: number) => rows[i]?.[j] ?? 0
  for (let i = 1; i <= a.length; i++) {
    const row = (rows[i] = [i])
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      row[j] = Math.min(cell(i - 1, j) + 1, cell(i, j - 1) + 1, cell(i - 1, j - 1) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        row[j] = Math.min(cell(i, j), cell(i - 2, j - 2) + 1)
      }
    }
  }
  return cell(a.length, b.length)
}
