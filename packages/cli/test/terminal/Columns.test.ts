import { assert, describe, it } from "@effect/vitest"
import * as Columns from "../../src/terminal/Columns.ts"

describe("Columns", () => {
  it("uses the smaller of the terminal's width and COLUMNS, or 80 if neither is known", () => {
    assert.strictEqual(Columns.ofStream({ columns: 60 }), 60)
    assert.strictEqual(Columns.ofStream({ columns: 120 }, "60"), 60)
    assert.strictEqual(Columns.ofStream({ columns: 60 }, "120"), 60)
    assert.strictEqual(Columns.ofStream({}, "120"), 120)
    assert.strictEqual(Columns.ofStream({}), 80)
    assert.strictEqual(Columns.ofStream({ columns: 0 }), 80)
    for (const odd of ["", "0", "-1", "1e3", "wide", "6 0"]) assert.strictEqual(Columns.ofStream({}, odd), 80)
  })

  it("escapes characters that control a terminal or change the reading direction", () => {
    const cases = {
      "\u001b[2Jgone": "\\x1b[2Jgone",
      "\u009b31m\u0007\u007f": "\\x9b31m\\x07\\x7f",
      "a\r\nb\tc\u2028d": "a b c d",
      "\u202egnp.exe\u2066": "\\u{202e}gnp.exe\\u{2066}",
      "\u200bzero\u{e0041}": "\\u{200b}zero\\u{e0041}",
      "\ud800 alone": "\ufffd alone",
      "  spaces   between ": "spaces between",
      "👩‍👧 stays, so does नी": "👩‍👧 stays, so does नी",
    }
    for (const [text, clean] of Object.entries(cases)) assert.strictEqual(Columns.clean(text), clean)
  })

  it("counts two columns for wide characters and none for combining marks", () => {
    const cases = { abc: 3, 日本: 4, ｆ: 2, é: 1, "🎬": 2, 한글: 4, "…": 1, "☁️": 2 }
    for (const [text, columns] of Object.entries(cases)) assert.strictEqual(Columns.width(text), columns, text)
  })

  it("breaks lines at spaces and respects a shorter first line", () => {
    assert.deepStrictEqual(Columns.wrap("one two three four", 9), ["one two", "three", "four"])
    assert.deepStrictEqual(Columns.wrap("one two three four", 4, 14), ["one", "two three four"])
    assert.deepStrictEqual(Columns.wrap("", 9), [""])
  })

  it("breaks a word only if it is longer than a line", () => {
    assert.deepStrictEqual(Columns.wrap("an abcdefghijkl end", 5), ["an", "abcde", "fghij", "kl", "end"])
    assert.deepStrictEqual(Columns.wrap("日本語日本語", 5), ["日本", "語日", "本語"])
  })

  it("breaks a path or address after a separator if it is longer than a line", () => {
    assert.deepStrictEqual(Columns.wrap("at /v2/assets/6f1e/realtime_upload/parts is not there", 20), [
      "at",
      "/v2/assets/6f1e/",
      "realtime_upload/",
      "parts is not there",
    ])
    assert.deepStrictEqual(Columns.wrap("https://h/k?X-Amz-Date=20261121&X-Amz-Expires=60", 24), [
      "https://h/k?X-Amz-Date=",
      "20261121&X-Amz-Expires=",
      "60",
    ])
  })

  it("keeps every line within the column limit without losing any characters", () => {
    const words = [
      "a",
      "日本語テキスト",
      "x-amz-security-token",
      "e\u0301e\u0301",
      "🎬🎬🎬",
      "IQoJ".repeat(30),
      "(redacted,",
      "/volumes/card-1/日本語/clip.mov",
    ]
    for (let seed = 1; seed < 400; seed++) {
      const text = Array.from({ length: seed % 13 }, (_, at) => words[(seed * 7 + at * at) % words.length]).join(" ")
      const columns = 2 + (seed % 40)
      const lines = Columns.wrap(text, columns, columns + (seed % 3))
      for (const [index, line] of lines.entries()) {
        assert.isAtMost(Columns.width(line), index === 0 ? columns : columns + (seed % 3), JSON.stringify(text))
      }
      assert.strictEqual(lines.join("").replaceAll(" ", ""), text.replaceAll(" ", ""))
    }
  })

  it("truncates the end of text that does not fit", () => {
    assert.strictEqual(Columns.cut("short", 5), "short")
    assert.strictEqual(Columns.cut("much too long", 6), "much…")
    assert.strictEqual(Columns.cut("日本語", 4), "日…")
  })
})
