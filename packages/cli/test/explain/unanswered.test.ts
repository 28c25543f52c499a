/**
 * A request that no response answered, such as a probe that hangs: its explanation quotes no server.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { fileURLToPath } from "node:url"
import * as OneRun from "../support/oneRun.ts"

const fixture = (code: string): string =>
  fileURLToPath(new URL(`../../../http/test/fixtures/codes/${code}.http`, import.meta.url))

describe("the explanation of a request without a response", () => {
  for (const code of ["HF-HTTP-NET-005", "HF-HTTP-NET-007", "HF-HTTP-NET-008", "HF-HTTP-NET-009"]) {
    it.live(`of ${code} says that none came, and not that a server said it`, () =>
      Effect.gen(function* () {
        const text = (yield* OneRun.command(["explain", fixture(code)])).stdout.join("\n")
        assert.match(text, /^Answer: none came/m)
        assert.notMatch(text, /said/)
      }),
    )
  }
})
