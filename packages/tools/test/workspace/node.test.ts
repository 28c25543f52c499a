import { assert, describe, it } from "@effect/vitest"

describe("Node", () => {
  it("requires a Node version that Effect supports: 22.19 or newer", () => {
    const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)
    assert.isTrue(major > 22 || (major === 22 && minor >= 19), `this is Node ${process.versions.node}`)
  })
})
