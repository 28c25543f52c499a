import { FaultPlan, Sandbox } from "@holdfast/sandbox"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { Agent } from "node:http"
import { type RawResponse, ask, type Broken } from "../support/raw.ts"
import { bearer, deviceCode, deviceGrant, form, json, pair, post, refresh, tokens, version } from "../support/device.ts"

const calm = Sandbox.layer({ plan: FaultPlan.named.calm, seed: 1, chunkSize: 64 })
const faulty = Sandbox.layer({
  plan: {
    name: "refreshes",
    rules: (["too-many-requests", "reset-before", "reset-after"] as const).map((kind, n) => ({
      route: "refresh" as const,
      requests: [n + 1],
      fault: { kind },
    })),
  },
  seed: 1,
  chunkSize: 64,
})
const scopes = { scope: "asset_create offline" }

describe("pairing", () => {
  const poll = (deviceCode: string) =>
    post("/v2/auth/token", form({ grant_type: deviceGrant, device_code: deviceCode }))
  const told = (answer: RawResponse | Broken) => [answer.status, json(answer)["error"]]

  it.effect("keeps a code pending until the user approves it, and issues its tokens once", () =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox
      const code = deviceCode(yield* ask(`${url}/v2/auth/device/code`, form(scopes)))
      assert.match(code.user_code, /^\d{6}$/)
      assert.strictEqual(code.interval, 1)
      assert.strictEqual(code.expires_in, 120)
      assert.deepStrictEqual(told(yield* poll(code.device_code)), [400, "authorization_pending"])
      assert.deepStrictEqual(told(yield* poll(code.device_code)), [400, "slow_down"])

      const page = yield* ask(code.verification_uri_complete)
      assert.include(page.body, `value="${code.user_code}"`)
      const agreed = yield* ask(code.verification_uri, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: `user_code=${code.user_code}&decision=approve`,
      })
      assert.deepStrictEqual([agreed.status, agreed.body.includes("Device connected")], [200, true])
      yield* TestClock.adjust("1 second")
      const given = yield* poll(code.device_code)
      assert.strictEqual(given.status, 200)
      assert.deepStrictEqual(Object.keys(json(given)), ["access_token", "expires_in", "refresh_token", "token_type"])
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(told(yield* poll(code.device_code)), [400, "invalid_request"])
    }).pipe(Effect.provide(calm)),
  )

  it.effect("responds to a denied code with 401 access_denied, and expires a code after two minutes", () =>
    Effect.gen(function* () {
      const { url, approve, deny } = yield* Sandbox
      const first = deviceCode(yield* ask(`${url}/v2/auth/device/code`, form(scopes)))
      assert.isTrue(yield* deny(first.user_code))
      assert.isFalse(yield* approve(first.user_code))
      assert.deepStrictEqual(told(yield* poll(first.device_code)), [401, "access_denied"])

      const second = deviceCode(yield* ask(`${url}/v2/auth/device/code`, form(scopes)))
      yield* TestClock.adjust("121 seconds")
      assert.deepStrictEqual(told(yield* poll(second.device_code)), [400, "expired_token"])
      assert.isFalse(yield* approve(second.user_code))
    }).pipe(Effect.provide(calm)),
  )

  it.effect("reports a wrong code on the page and escapes the text that was entered", () =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox
      const wrong = yield* ask(`${url}/device`, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: "user_code=000000&decision=approve",
      })
      assert.strictEqual(wrong.status, 404)
      assert.include(wrong.body, 'role="alert"')
      const hostile = yield* ask(`${url}/device?user_code=${encodeURIComponent('"><script>')}`)
      assert.notInclude(hostile.body, "<script>")
    }).pipe(Effect.provide(calm)),
  )

  it.effect(
    "responds to a second code request with slow_down on the same connection, and with a code on a new connection",
    () =>
      Effect.gen(function* () {
        const { url } = yield* Sandbox
        const agent = yield* Effect.acquireRelease(
          Effect.sync(() => new Agent({ keepAlive: true, maxSockets: 1 })),
          (agent) => Effect.sync(() => agent.destroy()),
        )
        const first = yield* ask(`${url}/v2/auth/device/code`, { ...form(scopes), agent })
        const second = yield* ask(`${url}/v2/auth/device/code`, { ...form(scopes), agent })
        const third = yield* ask(`${url}/v2/auth/device/code`, form(scopes))
        assert.deepStrictEqual([first.status, second.status, third.status], [200, 400, 200])
        assert.strictEqual(second.body, '{"error":"slow_down"}')
      }).pipe(Effect.provide(calm)),
  )

  it.effect("rejects unknown grants, unsupported content types and missing scopes", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(told(yield* post("/v2/auth/token", form({ grant_type: "password" }))), [
        400,
        "invalid_grant",
      ])
      assert.deepStrictEqual(told(yield* post("/v2/auth/device/code", form({}))), [400, "invalid_request"])
      const answer = yield* post("/v2/auth/token", {
        headers: { ...version, "content-type": "application/json" },
        body: "{}",
      })
      assert.strictEqual(answer._tag === "Response" && answer.status, 415)
    }).pipe(Effect.provide(calm)),
  )
})

describe("tokens", () => {
  const me = (token: string) =>
    Effect.flatMap(Sandbox, ({ url }) =>
      Effect.map(ask(`${url}/v2/devices/me`, { headers: bearer(token) }), (a) => a.status),
    )

  it.effect("issues a new token pair for a refresh token only once, and revokes the old pair", () =>
    Effect.gen(function* () {
      const old = yield* pair
      assert.strictEqual(yield* me(old.access_token), 200)
      const answer = yield* refresh(old.refresh_token)
      assert(answer._tag === "Response" && answer.status === 200)
      const fresh = tokens(answer)
      assert.deepStrictEqual([yield* me(old.access_token), yield* me(fresh.access_token)], [401, 200])
      const again = yield* refresh(old.refresh_token)
      assert(again._tag === "Response")
      assert.deepStrictEqual([again.status, again.body], [400, '{"error":"invalid_request"}'])
      assert.strictEqual(yield* me(fresh.access_token), 200)
    }).pipe(Effect.provide(calm)),
  )

  it.effect("lists the requests with each refresh token, and counts its uses", () =>
    Effect.gen(function* () {
      const { pairOf, refreshes, url } = yield* Sandbox
      const first = yield* pair
      const answer = yield* refresh(first.refresh_token)
      assert(answer._tag === "Response")
      const second = tokens(answer)
      yield* refresh(first.refresh_token)
      yield* refresh(second.refresh_token)
      yield* refresh("a token of another server")
      const requests = yield* refreshes
      assert.deepStrictEqual(
        requests.map(({ pair, use, issued, status }) => [pair, use, issued, status]),
        [
          [1, 1, 2, 200],
          [1, 2, null, 400],
          [2, 1, 3, 200],
          [0, 1, null, 400],
        ],
      )
      assert.deepStrictEqual([yield* pairOf(second.refresh_token), yield* pairOf("a token of another server")], [2, 0])
      const listed = yield* ask(`${url}/sandbox/refreshes`)
      assert(listed._tag === "Response")
      assert.deepStrictEqual(JSON.parse(listed.body), requests)
    }).pipe(Effect.provide(calm)),
  )

  it.effect(
    "states for each refresh whether a fault kept it from the endpoint, and whether a response was written",
    () =>
      Effect.gen(function* () {
        const { refreshes } = yield* Sandbox
        const { refresh_token } = yield* pair
        for (let n = 0; n < 4; n++) yield* refresh(refresh_token)
        assert.deepStrictEqual(
          (yield* refreshes).map(({ fault, use, issued, status, endedAt }) => [fault, use, issued, status, endedAt]),
          [
            ["too-many-requests", null, null, 429, 0],
            ["reset-before", null, null, null, 0],
            ["reset-after", 1, 2, null, 0],
            [null, 2, null, 400, 0],
          ],
        )
      }).pipe(Effect.provide(faulty)),
  )

  it.effect("expires an access token after its lifetime, and expires a revoked token immediately", () =>
    Effect.gen(function* () {
      const { access_token } = yield* pair
      yield* TestClock.adjust("7 hours")
      assert.strictEqual(yield* me(access_token), 200)
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(yield* me(access_token), 401)
      const others = yield* pair
      yield* post("/v2/auth/revoke", form({ token: others.access_token }))
      assert.strictEqual(yield* me(others.access_token), 401)
      const answer = yield* refresh(others.refresh_token)
      assert.strictEqual(answer._tag === "Response" && answer.status, 400)
    }).pipe(Effect.provide(calm)),
  )
})
