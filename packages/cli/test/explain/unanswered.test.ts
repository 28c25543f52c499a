/**
 * Explanations of requests without a response, such as a probe that hangs, must not quote a server.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { fileURLToPath } from "node:url"
import * as OneRun from "../support/oneRun.ts"

const fixture = (code: string): string =>
  fileURLToPath(new URL(`../../../http/test/fixtures/codes/${code}.http`, import.meta.url))

describe("the explanation of a request without a response", () => {
  for (const code of ["HF-HTTP-NET-005", "HF-HTTP-NET-007", "HF-HTTP-NET-008", "HF-HTTP-NET-009"]) {
    it.live(`the explanation of ${code} states that no response arrived and does not quote a server`, () =>
      Effect.gen(function* () {
        const text = (yield* OneRun.command(["explain", fixture(code)])).stdout.join("\n")
        assert.match(text, /^Answer: none came/m)
        assert.notMatch(text, /said/)
      }),
    )
  }
})
