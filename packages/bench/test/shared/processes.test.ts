import { assert, describe, it } from "@effect/vitest"
import { run } from "../../shared/processes.ts"

describe("A benchmark process", () => {
  it("returns the text that the process wrote to each of its file descriptors", () => {
    const ended = run(["-e", 'console.log("figure"); require("node:fs").writeSync(3, "cpu")'], {
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    })
    assert.deepStrictEqual([ended.ok, ended.output[1], ended.output[3]], [true, "figure\n", "cpu"])
  })

  it("returns the error that the process printed, or its exit code", () => {
    assert.strictEqual(run(["-e", 'throw new RangeError("too far")']).reason, "RangeError: too far")
    const ended = run(["-e", "process.exit(3)"])
    assert.deepStrictEqual([ended.ok, ended.reason], [false, "ended with 3"])
  })

  it("does not inherit NODE_OPTIONS from the benchmark", () => {
    const before = process.env["NODE_OPTIONS"]
    process.env["NODE_OPTIONS"] = "--stack-trace-limit=7"
    try {
      assert.strictEqual(run(["-p", "Error.stackTraceLimit"]).output[1], "10\n")
    } finally {
      if (before === undefined) delete process.env["NODE_OPTIONS"]
      else process.env["NODE_OPTIONS"] = before
    }
  })
})
