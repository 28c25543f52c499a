import { assert, describe, it } from "@effect/vitest"
import * as LineWriter from "../../src/terminal/LineWriter.ts"

const nextTurn = () => new Promise<void>((resolve) => void setImmediate(resolve))

describe("a writer of lines", () => {
  it("writes the lines of one turn of the event loop at once, in order", async () => {
    const written: Array<string> = []
    const { write } = LineWriter.make({ write: (text) => written.push(text) })
    write("a")
    write("b")
    assert.deepStrictEqual(written, [])
    await nextTurn()
    assert.deepStrictEqual(written, ["a\nb\n"])
    write("c")
    await nextTurn()
    assert.deepStrictEqual(written, ["a\nb\n", "c\n"])
  })

  it("writes what is left on request, and no line twice", async () => {
    const written: Array<string> = []
    const { flush, write } = LineWriter.make({ write: (text) => written.push(text) })
    write("a")
    flush()
    flush()
    assert.deepStrictEqual(written, ["a\n"])
    write("b")
    await nextTurn()
    await nextTurn()
    assert.deepStrictEqual(written, ["a\n", "b\n"])
  })
})
