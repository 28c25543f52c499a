import { assert, describe, it } from "@effect/vitest"
import * as Capabilities from "../../src/terminal/Capabilities.ts"

const none = { noColor: "", forceColor: "", term: "xterm" }
const terminal = { isTTY: true }
const pipe = { isTTY: false }

describe("Capabilities", () => {
  it("enables color only on a terminal", () => {
    assert.isTrue(Capabilities.make(none, terminal).canColor)
    assert.isFalse(Capabilities.make(none, pipe).canColor)
  })

  it("gives NO_COLOR precedence over FORCE_COLOR", () => {
    assert.isFalse(Capabilities.make({ ...none, noColor: "1" }, terminal).canColor)
    assert.isFalse(Capabilities.make({ ...none, noColor: "1", forceColor: "1" }, terminal).canColor)
    assert.isTrue(Capabilities.make({ ...none, forceColor: "1" }, pipe).canColor)
    assert.isFalse(Capabilities.make({ ...none, forceColor: "0" }, pipe).canColor)
  })

  it("redraws on a terminal without color, but not on a dumb terminal", () => {
    assert.isTrue(Capabilities.make({ ...none, noColor: "1" }, terminal).canRedraw)
    assert.isFalse(Capabilities.make({ ...none, term: "dumb" }, terminal).canRedraw)
    assert.isFalse(Capabilities.make(none, pipe).canRedraw)
  })

  it("does not redraw on a terminal that does not report its width", () => {
    assert.isFalse(Capabilities.make(none, { ...terminal, columns: 0 }).canRedraw)
    assert.isTrue(Capabilities.make(none, { ...terminal, columns: 40 }).canRedraw)
  })
})
