import { assert, describe, it } from "@effect/vitest"
import * as Capabilities from "../../src/terminal/Capabilities.ts"

const none = { noColor: "", forceColor: "", term: "xterm" }
const terminal = { isTTY: true }
const pipe = { isTTY: false }

describe("Capabilities", () => {
  it("colours a terminal and nothing else", () => {
    assert.isTrue(Capabilities.make(none, terminal).canColor)
    assert.isFalse(Capabilities.make(none, pipe).canColor)
  })

  it("obeys NO_COLOR before FORCE_COLOR", () => {
    assert.isFalse(Capabilities.make({ ...none, noColor: "1" }, terminal).canColor)
    assert.isFalse(Capabilities.make({ ...none, noColor: "1", forceColor: "1" }, terminal).canColor)
    assert.isTrue(Capabilities.make({ ...none, forceColor: "1" }, pipe).canColor)
    assert.isFalse(Capabilities.make({ ...none, forceColor: "0" }, pipe).canColor)
  })

  it("redraws on a terminal also without colour, but not on a dumb one", () => {
    assert.isTrue(Capabilities.make({ ...none, noColor: "1" }, terminal).canRedraw)
    assert.isFalse(Capabilities.make({ ...none, term: "dumb" }, terminal).canRedraw)
    assert.isFalse(Capabilities.make(none, pipe).canRedraw)
  })

  it("redraws nothing on a terminal that does not know its width", () => {
    assert.isFalse(Capabilities.make(none, { ...terminal, columns: 0 }).canRedraw)
    assert.isTrue(Capabilities.make(none, { ...terminal, columns: 40 }).canRedraw)
  })
})
