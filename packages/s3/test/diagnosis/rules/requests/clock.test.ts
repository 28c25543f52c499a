import { assert, describe, it } from "@effect/vitest"
import { answered, codes, denied, explain, first, found, own, put, refused, signed } from "../../../support/requests.ts"

const skewed = (made: string) =>
  refused(403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.", {
    RequestTime: made,
    ServerTime: "2026-11-21T17:24:10Z",
    MaxAllowedSkewMilliseconds: "900000",
  })
const at = (text: string) => own({}, { "x-amz-date": text, Authorization: own().headers?.["Authorization"] ?? "" })
const minutes = (n: number) => n * 60_000

describe("a request with another time", () => {
  it("explains that the request was signed too long ago if the local clock agrees with the server's", () => {
    const late = at("20261121T165358Z")
    const explanation = explain(late, skewed("20261121T165358Z"), { at: answered })
    assert.strictEqual(`${explanation.code} ${explanation.confidence}`, "HF-S3-CLOCK-001 likely")
    assert.match(explanation.detail, /30 min behind the server.*apart/)
  })

  it("reports a wrong local clock if it disagrees with the server's clock", () => {
    for (const [text, local, word] of [
      ["20261121T162410Z", answered - minutes(60), "60 min slow"],
      ["20261121T182410Z", answered + minutes(60), "60 min fast"],
    ] as const) {
      const explanation = explain(at(text), skewed(text), { at: local })
      assert.strictEqual(`${explanation.code} ${explanation.confidence}`, "HF-S3-CLOCK-002 certain")
      assert.include(explanation.detail, word)
      assert.strictEqual(explanation.retry.change, "clock")
    }
  })

  it("is certain that the clock is wrong if the request is dated in the future, whatever the local clock shows", () => {
    assert.strictEqual(first(at("20261121T182410Z"), skewed("20261121T182410Z")), "HF-S3-CLOCK-002 certain")
  })

  it("recognizes a clock difference from the response alone, and states the difference if the response contains it", () => {
    assert.strictEqual(first(undefined, skewed("20261121T162410Z")), "HF-S3-CLOCK-002 likely")
    assert.match(explain(undefined, skewed("20261121T162410Z")).detail, /60 min behind/)
    assert.match(explain(undefined, skewed("Sat, 21 Nov 2026 16:24:10 GMT")).detail, /60 min behind/)
    assert.strictEqual(first(undefined, refused(403, "RequestTimeTooSkewed")), "HF-S3-CLOCK-002 likely")
    assert.include(codes(at("20261121T165358Z"), skewed("20261121T165358Z"), { attempt: 3 }), "HF-S3-CLOCK-001")
  })

  it("lint rejects a request more than 15 minutes after it was signed", () => {
    assert.deepStrictEqual(found(own(), { at: signed + 900_000 }), [])
    assert.deepStrictEqual(found(own(), { at: signed + 900_001 }), ["SignedTooLongAgo"])
    assert.deepStrictEqual(found(own(), { at: signed - 900_001 }), ["ClockWrong"])
    assert.deepStrictEqual(found(put(), { at: signed + 899_000 }), [], "a URL has a time of its own")
  })

  it("rules out a clock difference if the clocks agree, and does not report it for other errors", () => {
    const explanation = explain(own(), denied, { at: answered + 400 })
    assert.deepInclude(explanation.ruledOut, { check: "clock", value: "0.4 s apart" })
    assert.notInclude(codes(at("20261121T165358Z"), refused(404, "NoSuchBucket"), { at: answered }), "HF-S3-CLOCK-001")
  })
})
