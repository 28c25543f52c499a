import { assert, describe, it } from "@effect/vitest"
import * as Format from "../../../src/terminal/Format.ts"
import * as Waiting from "../../../src/upload/progress/Waiting.ts"

const noon = 12 * 3_600_000

describe("Waiting", () => {
  it("returns `undefined` while every gate is open", () => {
    assert.isUndefined(Waiting.describe(Waiting.open, noon))
  })

  it("shows when the network was lost and when the next probe starts", () => {
    const gates: Waiting.Gates = {
      ...Waiting.open,
      connectivity: { _tag: "Closed", reason: "ConnectionReset", since: noon },
      nextProbeAt: noon + 13_000,
    }
    const since = Format.timeOfDay(noon)
    assert.strictEqual(Waiting.describe(gates, noon + 5000)?.text, `offline since ${since}, next probe in 8 s`)
    assert.strictEqual(Waiting.describe(gates, noon + 13_000)?.text, `offline since ${since}, probing`)
  })

  it("does not report the network as offline before the first response from the API", () => {
    const gates: Waiting.Gates = {
      ...Waiting.open,
      connectivity: { _tag: "Closed", reason: "connecting", since: 0 },
    }
    assert.strictEqual(Waiting.describe(gates, noon)?.text, "connecting")
    assert.strictEqual(
      Waiting.describe({ ...gates, nextProbeAt: noon + 900 }, noon)?.text,
      "no response yet, next probe in 1 s",
    )
  })

  it("reports the API outage first if the storage is also unreachable", () => {
    const storage = {
      origin: "https://bucket.s3.example",
      reason: "ConnectionRefused",
      since: noon,
      nextProbeAt: noon + 8000,
    }
    const text = `storage bucket.s3.example offline since ${Format.timeOfDay(noon)}, next probe in 8 s`
    assert.deepStrictEqual(Waiting.describe({ ...Waiting.open, storage }, noon), { text, human: false })
    const connectivity = { _tag: "Closed", reason: "ConnectionReset", since: noon } as const
    assert.match(Waiting.describe({ ...Waiting.open, storage, connectivity }, noon)?.text ?? "", /^offline since/)
  })

  it("asks a person to resume the device, unless the API cannot be reached or the queue is paused", () => {
    const paused: Waiting.Gates = { ...Waiting.open, devicePaused: true }
    assert.deepStrictEqual(Waiting.describe(paused, noon), { text: Waiting.devicePaused, human: true })
    const connectivity = { _tag: "Closed", reason: "ConnectionReset", since: noon } as const
    assert.match(Waiting.describe({ ...paused, connectivity }, noon)?.text ?? "", /^offline since/)
    assert.match(Waiting.describe({ ...paused, paused: true }, noon)?.text ?? "", /holdfast queue resume/)
  })

  it("reports a storage or API that still responds as unavailable, not as offline", () => {
    const since = Format.timeOfDay(noon)
    const storage = { origin: "https://bucket.s3.example", reason: "SlowDown", since: noon, nextProbeAt: noon + 8000 }
    assert.strictEqual(
      Waiting.describe({ ...Waiting.open, storage }, noon)?.text,
      `storage bucket.s3.example unavailable since ${since}, next probe in 8 s`,
    )
    const connectivity = { _tag: "Closed", reason: "UnknownAPIError", since: noon } as const
    assert.strictEqual(
      Waiting.describe({ ...Waiting.open, connectivity, failure: { status: 503, message: "HTTP 503" } }, noon)?.text,
      `unavailable since ${since} (HTTP 503), probing`,
    )
  })

  it("shows the cause of an outage, or the action that the user must take to end it", () => {
    const gates: Waiting.Gates = {
      ...Waiting.open,
      connectivity: { _tag: "Closed", reason: "connecting", since: 0 },
      nextProbeAt: noon + 8000,
    }
    assert.strictEqual(
      Waiting.describe({ ...gates, failure: { _tag: "DnsFailure" } }, noon)?.text,
      "no response yet (the host name cannot be resolved), next probe in 8 s",
    )
    assert.deepStrictEqual(Waiting.describe({ ...gates, failure: { _tag: "CaptivePortal" } }, noon), {
      text: "a captive portal answered instead of the API; open a browser and sign in to the network",
      human: true,
    })
  })

  it("reports a network outage before a required sign-in if no sign-in code can be shown", () => {
    const gates: Waiting.Gates = {
      ...Waiting.open,
      connectivity: { _tag: "Closed", reason: "connecting", since: 0 },
      authorization: { _tag: "NeedsHuman", reason: "this device is not signed in", action: "sign in", since: 0 },
      nextProbeAt: noon + 8000,
      failure: { _tag: "ConnectionRefused" },
    }
    const text = "no response yet (the connection was refused), next probe in 8 s"
    assert.strictEqual(Waiting.describe(gates, noon)?.text, text)
    const pairing = "waiting for you: open https://h/device and enter 123456"
    assert.strictEqual(Waiting.describe({ ...gates, pairing }, noon)?.text, pairing)
    const portal = { ...gates, pairing, failure: { _tag: "CaptivePortal" } }
    assert.match(Waiting.describe(portal, noon)?.text ?? "", /^a captive portal/)
  })

  it("shows that a sign-in is in progress", () => {
    const gates: Waiting.Gates = {
      ...Waiting.open,
      authorization: { _tag: "Closed", reason: "signing in again", since: noon },
    }
    assert.deepStrictEqual(Waiting.describe(gates, noon), { text: "signing in again", human: false })
  })

  it("reports the action that the user must take before any other closed gate", () => {
    const gates: Waiting.Gates = {
      ...Waiting.open,
      connectivity: { _tag: "Closed", reason: "DnsFailure", since: noon },
      authorization: { _tag: "NeedsHuman", reason: "the sign-in has ended", action: "sign in", since: noon },
    }
    assert.deepStrictEqual(Waiting.describe(gates, noon), {
      text: "waiting for a person: the sign-in has ended; sign in",
      human: true,
    })
    const pairing = "waiting for you: open http://127.0.0.1/device and enter 123456"
    assert.deepStrictEqual(Waiting.describe({ ...gates, pairing }, noon), { text: pairing, human: false })
  })
})
