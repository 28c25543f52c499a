/**
 * Holdfast's results for a rejected request: the error, the explanation, and the findings of the lint before sending.
 */
import { assert } from "@effect/vitest"
import { Diagnosis, Lint, S3Error } from "@holdfast/s3"
import type { Answered } from "./byHand.ts"

/** The expected results. `seen` is whether the lint detects the fault from the request alone. */
export interface Diagnosed {
  readonly tag: string
  readonly code: string
  readonly seen: boolean
}

/** Fails unless the exchange is diagnosed as expected. Returns all texts, so that they can be searched for secrets. */
export const assertDiagnosed = (exchange: Answered, { code, seen, tag }: Diagnosed) => {
  assert.strictEqual(S3Error.fromResponse(exchange.response)._tag, tag)
  const explanation = Diagnosis.explain(exchange)
  assert.strictEqual(explanation.code, code)
  const found = Lint.check(exchange.request, { at: exchange.at })
  assert.deepStrictEqual(
    found.map((finding) => finding.code),
    seen ? [code] : [],
  )
  return { explanation, found }
}
