import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { answer, code, codeAnswer, fails, refuses } from "../support/server.ts"
import { run, slowDown, granted } from "../support/device.ts"

describe("DeviceAuthorization", () => {
  describe("request", () => {
    it.effect("sends the client id, secret and scope, and reads the device code from the response", () =>
      Effect.gen(function* () {
        const { arrived, value } = yield* run([answer(200, codeAnswer)], (service) => service.request)
        assert.deepStrictEqual(arrived[0]?.fields, {
          client_id: "cam-1",
          client_secret: "s3cret-of-the-client",
          scope: "asset_create offline",
        })
        assert.strictEqual(arrived[0]?.url, "https://id.example/device/auth")
        assert.strictEqual(arrived[0]?.encoding, "form")
        assert.strictEqual(arrived[0]?.headers["accept"], "application/json")
        assert.strictEqual(value && Redacted.value(value.deviceCode), "d3vice-code-secret")
        assert.deepStrictEqual({ ...value, deviceCode: "" }, { ...code, deviceCode: "" })
      }),
    )

    it.effect("sends a multipart body and the provider's headers if both are configured", () =>
      Effect.gen(function* () {
        const { arrived } = yield* run([answer(200, codeAnswer)], (service) => service.request, {
          encoding: "multipart",
          headers: { "x-client-version": "2.0.0" },
        })
        assert.strictEqual(arrived[0]?.encoding, "multipart")
        assert.strictEqual(arrived[0]?.headers["x-client-version"], "2.0.0")
        assert.strictEqual(arrived[0]?.fields["client_secret"], "s3cret-of-the-client")
      }),
    )

    it.effect("does not send a secret for a public client", () =>
      Effect.gen(function* () {
        const { arrived } = yield* run([answer(200, codeAnswer)], (service) => service.request, {
          clientSecret: undefined,
        })
        assert.notProperty(arrived[0]?.fields, "client_secret")
      }),
    )

    it.effect("closes the connection after each request", () =>
      Effect.gen(function* () {
        const { arrived } = yield* run([slowDown, answer(200, codeAnswer), granted], (service) =>
          Effect.flatMap(service.request, service.poll),
        )
        assert.deepStrictEqual(
          arrived.map(({ headers }) => headers["connection"]),
          ["close", "close", "close"],
        )
      }),
    )

    it.effect(
      "assumes an interval of 5 s if the server sends none, and accepts numbers that are written as strings",
      () =>
        Effect.gen(function* () {
          const { interval: _, ...bare } = codeAnswer
          const silent = yield* run(
            [answer(200, { ...bare, name: null, verification_uri_complete: null })],
            (service) => service.request,
          )
          assert.strictEqual(silent.value?.interval, 5)
          assert.notProperty(silent.value, "name")
          const strings = yield* run(
            [answer(200, { ...codeAnswer, interval: "7", expires_in: "900" })],
            (service) => service.request,
          )
          assert.strictEqual(strings.value?.interval, 7)
        }),
    )

    it.effect("removes control characters from text that the server sends", () =>
      Effect.gen(function* () {
        const hostile = "\u001b[2Jhi\u009b31m"
        const { value } = yield* run(
          [answer(200, { ...codeAnswer, user_code: hostile, name: hostile })],
          (service) => service.request,
        )
        assert.deepStrictEqual([value?.userCode, value?.name], [" [2Jhi 31m", " [2Jhi 31m"])
        const refused = yield* run(
          [refuses(hostile, 400, { error_description: hostile })],
          (service) => service.request,
        )
        assert.match(refused.error?.message ?? "", /\( \[2Jhi 31m, status 400\): {2}\[2Jhi 31m$/)
      }),
    )

    const odd: ReadonlyArray<readonly [address: string, problem: string]> = [
      ["javascript:alert(document.cookie)//", "has the scheme javascript:"],
      ["JavaScript:alert(1)", "has the scheme javascript:"],
      ["data:text/html,x", "has the scheme data:"],
      ["file:///etc/passwd", "has the scheme file:"],
      ["ftp://id.example/device", "has the scheme ftp:"],
      ["vscode://x.y", "has the scheme vscode:"],
      ["http://id.example/device", "is not encrypted (http)"],
      ["http://localhost.evil.example/", "is not encrypted (http)"],
      ["http://127.0.0.1.evil.example/", "is not encrypted (http)"],
      ["//id.example/device", "has no scheme"],
      ["id.example/device", "has no scheme"],
      ["https:id.example", "names no host"],
      ["https:///device", "names no host"],
      ["https://id.example:port/", "names no host"],
      ["https://id.example@evil.example/", "contains a user name"],
      ["https://user:password@id.example/", "contains a user name"],
      ["https://@evil.example/", "contains a user name"],
      ["https://id.example\\@evil.example/", "contains characters that are not valid in an address"],
      ["https://id.exa\u001bmple/", "contains characters that are not valid in an address"],
      ["https://id.example\u202e/", "contains characters that are not valid in an address"],
      ["\u001bhttps://id.example/", "contains characters that are not valid in an address"],
      ["https://id.example/ --flag", "contains characters that are not valid in an address"],
      ["https://id.example/\u00e9", "contains characters that are not valid in an address"],
      ["https://id.exa\u200bmple/", "contains characters that are not valid in an address"],
      ["https://\u0456d.example/", "contains characters that are not valid in an address"],
      [`https://id.example/${"x".repeat(2048)}`, "is 2067 characters long"],
    ]
    for (const [address, problem] of odd) {
      for (const member of ["verification_uri", "verification_uri_complete"]) {
        it.effect(`rejects ${JSON.stringify(address.slice(0, 40))} as ${member}, and reports the reason`, () =>
          Effect.gen(function* () {
            const { arrived, error } = yield* run(
              [answer(200, { ...codeAnswer, [member]: address })],
              (service) => service.request,
            )
            assert.strictEqual(error?._tag, "AnswerUnreadable")
            assert.include(error?.message ?? "", `its verification address ${problem}`)
            assert.notInclude(error?.message ?? "", address)
            assert.strictEqual(arrived.length, 1)
          }),
        )
      }
    }

    for (const address of [
      "https://id.example/device?user_code=CHQH-WSTZ&x=%20#y",
      "https://id.example:8443",
      "HTTPS://ID.example/device",
      "http://127.0.0.1:7500/device",
      "http://localhost:7500/device",
      "http://[::1]:7500/device",
      "http://id.localhost/device",
    ]) {
      it.effect(`returns the verification address ${address} unchanged`, () =>
        Effect.gen(function* () {
          const { value } = yield* run(
            [answer(200, { ...codeAnswer, verification_uri: address, verification_uri_complete: address })],
            (service) => service.request,
          )
          assert.deepStrictEqual([value?.verificationUri, value?.verificationUriComplete], [address, address])
        }),
      )
    }

    it.effect("removes invisible characters from the path of a verification address", () =>
      Effect.gen(function* () {
        const address = "https://id.example/dev\u200bice\u001b]0;x\u0007?a=\u202eb\u2028#\u009b1\ufeff"
        const { value } = yield* run(
          [answer(200, { ...codeAnswer, verification_uri: address, verification_uri_complete: address })],
          (service) => service.request,
        )
        const shown = "https://id.example/device]0;x?a=b#1"
        assert.deepStrictEqual([value?.verificationUri, value?.verificationUriComplete], [shown, shown])
      }),
    )

    it.effect("rejects a code that a user cannot type", () =>
      Effect.gen(function* () {
        const { error } = yield* run(
          [answer(200, { ...codeAnswer, user_code: "9".repeat(60_000) })],
          (service) => service.request,
        )
        assert.match(error?.message ?? "", /the user code is too long \(60000 characters\)/)
      }),
    )

    it.effect(
      "makes up to eight attempts if the verdict allows retries, but only one if the server rejects the client",
      () =>
        Effect.gen(function* () {
          const down = yield* run([fails("ECONNREFUSED")], (service) => service.request)
          assert.deepStrictEqual(down.times(), [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 63.5])
          const wrong = yield* run([refuses("invalid_client")], (service) => service.request)
          assert.strictEqual(wrong.arrived.length, 1)
          assert.strictEqual(wrong.error?._tag, "InvalidClient")
        }),
    )

    it.effect("reports a response that does not contain a code", () =>
      Effect.gen(function* () {
        const odd = yield* run([answer(200, { hello: "world" })], (service) => service.request)
        assert.strictEqual(odd.error?._tag, "AnswerUnreadable")
        assert.strictEqual(odd.arrived.length, 2)
      }),
    )

    it.effect("treats an HTML page in place of JSON as a captive portal's response", () =>
      Effect.gen(function* () {
        const page = answer(200, "<html>Welcome to the hotel", { "content-type": "text/html" })
        const { error } = yield* run([page], (service) => service.request)
        assert.strictEqual(error?._tag, "CaptivePortal")
        const redirect = answer(302, "", { location: "http://portal.hotel/login" })
        const redirected = yield* run([redirect], (service) => service.request)
        assert.strictEqual(redirected.error?._tag, "CaptivePortal")
      }),
    )
  })
})
