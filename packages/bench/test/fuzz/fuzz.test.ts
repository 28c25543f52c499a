import { assert, describe, it } from "@effect/vitest"
import * as Exported from "../../fuzz/exported.ts"
import * as G from "../../fuzz/grammar.ts"
import * as Growth from "../../fuzz/growth.ts"
import { notReaders } from "../../fuzz/notReaders.ts"
import * as Random from "../../shared/random.ts"
import type { Reader } from "../../fuzz/Reader.ts"
import { readers } from "../../fuzz/readers.ts"
import * as Small from "../../fuzz/small.ts"

/** The exports that a reader covers: `http/HttpCapture.parse, of bytes` covers `http/HttpCapture.parse`. */
const tried = new Set(readers.map(({ name }) => name.replace(/,.*$/, "")))

describe("The readers that are fuzzed", () => {
  it("the fuzzed readers include every exported function with a text parameter, except those on the exception list", () => {
    const missing = Exported.names().filter((name) => !tried.has(name) && !notReaders.has(name))
    assert.deepStrictEqual(missing, [], "add a reader to packages/bench/fuzz/families, or the name to notReaders.ts")
  })

  it("the exception list contains only existing functions", () => {
    const exported = new Set(Exported.names())
    assert.isAbove(exported.size, 100)
    assert.deepStrictEqual(
      [...notReaders].filter((name) => !exported.has(name)),
      [],
    )
  })

  it("the fuzzed readers have unique names", () => {
    assert.strictEqual(new Set(readers.map(({ name }) => name)).size, readers.length)
  })
})

describe("The fuzzer", () => {
  const planted = (read: Reader["read"]): Reader => ({ name: "planted", read, grammar: G.json(2, G.names) })

  it("finds a reader that throws", () => {
    const throws = planted((text) => {
      if (text.includes("constructor")) throw new RangeError("planted")
    })
    const fault = Small.run(throws, 1, 5000)
    assert.strictEqual(fault?.fault, "threw RangeError: planted")
    assert.include(fault?.input, "constructor")
  })

  it("finds a reader that overflows the stack and a reader that dies with a defect", () => {
    const deep = (text: string, at: number): number => (text[at] === "[" ? deep(text, at + 1) + 1 : 0)
    const nested = planted((text) => deep(text, 0))
    assert.match(Small.tryOne(nested, "[".repeat(100_000))?.fault ?? "", /^threw RangeError: Maximum call stack/)
    const dies = planted(() => ({ cause: { reasons: [{ _tag: "Die" }] } }))
    assert.strictEqual(Small.tryOne(dies, "")?.fault, "died")
  })

  it("finds a reader that takes too long for a small input", () => {
    const slow = planted((text) => {
      for (const end = performance.now() + 300; performance.now() < end && text !== "";);
    })
    assert.match(Small.tryOne(slow, "a")?.fault ?? "", /^took \d+ ms for 1 characters$/)
  })

  // A doubtful reader is measured again for up to 20 s.
  it("finds a reader whose running time is quadratic in the size of its input", { timeout: 60_000 }, () => {
    const quadratic = planted((text) => /\s+x$/.test(text.slice(text.length * 0.9)))
    const blanks = { name: "blanks", make: (length: number) => `${" ".repeat(length)}y` }
    assert.isAbove(Growth.measure(quadratic, blanks).growth, Growth.most)
  })

  it("finds the inputs that a reader takes longest to process", () => {
    const slow = planted((text) => {
      let sum = 0
      for (let left = 3000 * text.split("<![CDATA[a]]>").length; left > 0; left--) sum += left
      return sum
    })
    assert.include(Growth.worst(slow, 1)[0]?.name, "<![CDATA[a]]>")
  })

  it("accepts a reader whose running time is linear", () => {
    const linear = planted((text) => {
      let sum = 0
      for (let again = 0; again < 20; again++) for (let at = 0; at < text.length; at++) sum += text.charCodeAt(at)
      return sum
    })
    assert.isUndefined(Small.run(linear, 1, 500))
    assert.isAtMost(Growth.measure(linear, { name: "a", make: (length) => "a".repeat(length) }).growth, Growth.most)
  })

  it("accepts a linear reader that becomes four times slower at some length", { timeout: 60_000 }, () => {
    const stepped = planted((text) => {
      let sum = 0
      const rounds = text.length > 24 * 1024 ? 1600 : 400
      for (let again = 0; again < rounds; again++) for (let at = 0; at < text.length; at++) sum += text.charCodeAt(at)
      return sum
    })
    assert.isAtMost(Growth.measure(stepped, { name: "a", make: (length) => "a".repeat(length) }).growth, Growth.most)
  })

  it("generates the same inputs from the same seed and different inputs from different seeds", () => {
    const inputs = (seed: number) => {
      const random = Random.make(seed)
      return Array.from({ length: 20 }, () => G.json(3, G.names)(random))
    }
    assert.deepStrictEqual(inputs(7), inputs(7))
    assert.notDeepEqual(inputs(7), inputs(8))
  })
})
