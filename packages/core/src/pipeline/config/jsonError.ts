/**
 * Locates the first error in text that is not valid JSON. `JSON.parse` reports the position of only some errors.
 */

/** A position in the text; line and column start at 1. */
export interface Place {
  readonly line: number
  readonly column: number
  /** The unexpected text, in readable form. */
  readonly found: string
}

const blank = /[ \t\n\r]*/y
const scalar =
  /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y // oxlint-disable-line no-control-regex -- JSON forbids them in texts

/** Finds the first position at which the text is no longer valid JSON. */
export const jsonError = (text: string): Place => {
  const at = new Scanner(text).value()
  const before = text.slice(0, at).split("\n")
  const found = text.codePointAt(at)
  return {
    line: before.length,
    column: [...(before.at(-1) ?? "")].length + 1,
    found: found === undefined ? "the end of the text" : JSON.stringify(String.fromCodePoint(found)),
  }
}

/** Scans text in the same way as `JSON.parse`, but only tracks the position. Every method stops at the first error. */
class Scanner {
  readonly text: string
  at = 0

  constructor(text: string) {
    this.text = text
  }

  /**
   * Scans one JSON value and returns the position of the error, or the position after the value. Scanning does not recurse,
   * because JSON text may be nested to any depth.
   */
  value(): number {
    const open: Array<"{" | "["> = []
    for (;;) {
      this.skip(blank)
      const start = this.text[this.at]
      if (start === "{" || start === "[") {
        open.push(start)
        this.at++
        if (!this.closes(open)) {
          if (start === "{" && !this.key()) return this.at
          continue
        }
      } else if (!this.skip(scalar)) return this.at
      for (;;) {
        this.skip(blank)
        const inside = open.at(-1)
        if (inside === undefined) return this.at
        if (this.text[this.at] === ",") {
          this.at++
          if (inside === "{" && !this.key()) return this.at
          break
        }
        if (!this.closes(open)) return this.at
      }
    }
  }

  private key(): boolean {
    this.skip(blank)
    if (this.text[this.at] !== '"' || !this.skip(scalar)) return false
    this.skip(blank)
    if (this.text[this.at] !== ":") return false
    this.at++
    return true
  }

  private closes(open: Array<"{" | "[">): boolean {
    this.skip(blank)
    if (this.text[this.at] !== (open.at(-1) === "{" ? "}" : "]")) return false
    this.at++
    open.pop()
    return true
  }

  private skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.at
    const [found = ""] = pattern.exec(this.text) ?? []
    this.at += found.length
    return found !== ""
  }
}
