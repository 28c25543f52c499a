/**
 * Exact messages of sign-in servers, resources and client libraries, with their causes; `-` if a message leaves
 * several.
 */
import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import * as ClientWords from "../../src/internal/words/client.ts"
import * as Meaning from "../../src/internal/words/meaning.ts"

const [, ...lines] = readFileSync(new URL("messages.tsv", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")

const causeOf = (where: string, key: string, description: string): string | undefined => {
  if (where === "client") return ClientWords.causeOf(description)
  const read = where === "resource" ? Meaning.atResource : Meaning.atEndpoint
  return read({ key, written: key, description })?.cause
}

describe("a message of a provider or a library", () => {
  for (const line of lines) {
    const [provider = "", where = "", key = "", description = "", cause = ""] = line.split("\t")
    it(`finds the cause ${cause} in ${key} ${description.slice(0, 100)} from ${provider} (${where})`, () => {
      assert.strictEqual(causeOf(where, key, description) ?? "-", cause)
    })
  }
})

describe("a line of any length", () => {
  it("reads a very long message in less than 1 s of CPU time", () => {
    const began = process.cpuUsage().user
    for (const part of ["state mismatch ", "issuer did not ", "could not fetch ", "unexpected jwt "])
      ClientWords.causeOf(part.repeat(100_000))
    assert.isBelow(process.cpuUsage().user - began, 1_000_000)
  })
})
