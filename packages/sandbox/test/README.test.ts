import { Fault, FaultPlan, Route } from "@holdfast/sandbox"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestConsole } from "effect/testing"
import { readFileSync } from "node:fs"
import { main } from "./support/readme.ts"

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")

describe("README", () => {
  it.effect("shows a program that compiles, and the output that the program prints", () =>
    Effect.gen(function* () {
      const source = readFileSync(new URL("./support/readme.ts", import.meta.url), "utf8")
      assert.include(readme, `\`\`\`ts\n${source}\`\`\``)
      yield* main
      const lines = (yield* TestConsole.logLines).map((line) =>
        typeof line === "string" ? line : JSON.stringify(line),
      )
      const [, printed = ""] = /```text\n([^]*?)```/.exec(readme) ?? []
      assert.strictEqual(`${lines.slice(0, 2).join(" ")}\n${lines.slice(2).join("\n")}\n`, printed)
    }),
  )

  it("contains the same table of faults as the code", () => {
    const rows = Object.entries(Fault.kinds).map(
      ([kind, { description, except, routes }]) =>
        `| \`${kind}\` | ${description} | ${routes?.join(", ") ?? ["every route", ...(except ?? [])].join(" except ")} |`,
    )
    assert.include(readme, ["| fault | what happens | where |", "|---|---|---|", ...rows].join("\n"))
  })

  it("lists every route and every predefined plan", () => {
    assert.include(
      readme,
      `Routes: ${Route.names
        .map((name) => `\`${name}\``)
        .join(", ")
        .replace(/, (?=[^,]*$)/, " and ")} can have faults.`,
    )
    for (const name of FaultPlan.names) assert.include(readme, `| \`${name}\` |`)
  })

  it.effect("shows a valid plan", () =>
    Effect.gen(function* () {
      const [, json = ""] = /```json\n([^]*?)```/.exec(readme) ?? []
      const plan = yield* FaultPlan.parse(json)
      assert.strictEqual(plan.rules?.length, 3)
    }),
  )
})
