import { assert, describe, it } from "@effect/vitest"
import { capabilities } from "holdfast/Output"

const none = { noColor: "", forceColor: "", term: "xterm" }
const terminal = { isTTY: true }
const pipe = { isTTY: false }

describe("Output", () => {
  it("colours a terminal and nothing else", () => {
    assert.isTrue(capabilities(none, terminal).canColor)
    assert.isFalse(capabilities(none, pipe).canColor)
  })

  it("obeys NO_COLOR before FORCE_COLOR", () => {
    assert.isFalse(capabilities({ ...none, noColor: "1" }, terminal).canColor)
    assert.isFalse(capabilities({ ...none, noColor: "1", forceColor: "1" }, terminal).canColor)
    assert.isTrue(capabilities({ ...none, forceColor: "1" }, pipe).canColor)
    assert.isFalse(capabilities({ ...none, forceColor: "0" }, pipe).canColor)
  })

  it("redraws on a terminal also without colour, but not on a dumb one", () => {
    assert.isTrue(capabilities({ ...none, noColor: "1" }, terminal).canRedraw)
    assert.isFalse(capabilities({ ...none, term: "dumb" }, terminal).canRedraw)
    assert.isFalse(capabilities(none, pipe).canRedraw)
  })
})
