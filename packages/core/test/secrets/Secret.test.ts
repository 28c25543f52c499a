import { assert, describe, it } from "@effect/vitest"
import * as Secret from "@holdfast/core/Secret"
import { Redacted } from "effect"

/** A secret as made by another copy of Effect: the same type, but another prototype and another registry. */
const foreign = (): Redacted.Redacted => {
  const own = Redacted.make("s3cr3t")
  return Object.create(
    Object.create(null, Object.getOwnPropertyDescriptors(Object.getPrototypeOf(own))),
    Object.getOwnPropertyDescriptors(own),
  ) as Redacted.Redacted
}

const message = (read: () => unknown): string => {
  try {
    read()
  } catch (error) {
    return (error as Error).message
  }
  return "nothing was thrown"
}

describe("Secret", () => {
  it("reads a secret created by the same copy of Effect", () => {
    assert.strictEqual(Secret.value(Redacted.make("s3cr3t")), "s3cr3t")
  })

  it("reports on one line that another copy of Effect created the secret, and states which release to install", () => {
    assert.isTrue(Redacted.isRedacted(foreign()))
    const said = message(() => Secret.value(foreign()))
    assert.match(said, /^@holdfast\/core uses effect 4\.1\.0 \(.*\), but received a secret created by another copy; /)
    assert.match(said, /install a single copy of effect, version \^4\.1\.0 \(npm ls effect lists all copies\)$/)
    assert.notInclude(said, "\n")
    assert.notInclude(said, "s3cr3t")
  })

  it("identifies both copies of Effect if both are found", () => {
    assert.strictEqual(
      Secret.mismatch({
        ours: { version: "4.1.0", folder: "/app/node_modules/tool/node_modules/effect" },
        theirs: { version: "4.0.6", folder: "/app/node_modules/effect" },
      }),
      "@holdfast/core uses effect 4.1.0 (/app/node_modules/tool/node_modules/effect), but received a secret created by effect 4.0.6 (/app/node_modules/effect); install a single copy of effect, version ^4.1.0 (npm ls effect lists all copies)",
    )
  })

  it.each([
    ["a string", "s3cr3t"],
    ["undefined", undefined],
    ["a plain object", { value: "s3cr3t" }],
  ])("rejects a value that is not Redacted without quoting it: %s", (kind, given) => {
    assert.strictEqual(
      message(() => Secret.value(given as never)),
      `a secret must be Redacted (got ${kind}); use Redacted.make`,
    )
  })

  it("throws Effect's error for a wiped secret", () => {
    const wiped = Redacted.make("s3cr3t")
    Redacted.wipeUnsafe(wiped)
    assert.strictEqual(
      message(() => Secret.value(wiped)),
      "Unable to get redacted value",
    )
  })
})
