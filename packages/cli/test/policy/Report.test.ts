import { assert, describe, it } from "@effect/vitest"
import type { Pipeline } from "@holdfast/core"
import { report } from "../support/policies.ts"

describe("the figures of a worst case", () => {
  const why = (settings: Pipeline.Settings, name: string) =>
    report(settings).figures.find((figure) => figure.name === name)?.why

  it("the figures state the settings from which they are derived", () => {
    assert.strictEqual(why({ retry: { attempts: 3 }, timeout: "5 seconds" }, "time"), "3 × 5 s, 1.5 s of waits")
    assert.strictEqual(why({ timeout: "5 seconds" }, "time"), "5 s")
    assert.strictEqual(why({}, "time"), "no timeout limits the duration of an attempt")
    const queue = { bulkhead: { permits: 1, queue: 5, maxWait: "10 seconds" } } as const
    assert.strictEqual(
      why({ ...queue, retry: { attempts: 2 }, timeout: "5 seconds" }, "time"),
      "2 × (5 s + 10 s in queues), 500 ms of waits",
    )
    assert.strictEqual(why({ hedge: { delay: "1 second" }, timeout: "5 seconds" }, "time"), "(5 s + 1 s for copies)")
    assert.strictEqual(
      why({ deadline: "10 seconds", retry: { attempts: 3 }, timeout: "5 seconds" }, "time"),
      "the deadline; without it 16.5 s: 3 × 5 s, 1.5 s of waits",
    )
    assert.strictEqual(
      why({ retry: {}, budget: { kind: "ratio" } }, "load"),
      "the budget: 20 more requests per 100 calls on average",
    )
    assert.strictEqual(why({}, "load"), "nothing is sent twice")
    assert.strictEqual(
      why({ adaptiveLimit: { queue: 5 }, timeout: "5 seconds" }, "plus"),
      "calls wait at closed gates for the vendor or for a token",
    )
  })
})
