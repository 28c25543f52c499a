import { assert, describe, it } from "@effect/vitest"
import { Connectivity } from "@holdfast/core"
import { C2cClient } from "@holdfast/c2c"
import { DeviceAuthorization, TokenStore } from "@holdfast/oauth"
import { Effect, Fiber, Redacted } from "effect"
import * as Api from "./support/fakeApi.ts"

const me = "GET /v2/devices/me"
const token = "POST /v2/auth/token"
const health = "GET /health"

const pair = (n: number) =>
  Api.json(200, {
    access_token: `access-${n}`,
    refresh_token: `refresh-${n}`,
    expires_in: 28_800,
    token_type: "bearer",
  })

describe("a sign-in with Frame.io", () => {
  it.effect("a sign-in survives a token that expires while the network is down", () =>
    Effect.gen(function* () {
      let offline = false
      const api = Api.make((route, n) => {
        if (offline) return "reset"
        if (route === me && n === 0) {
          // The response to this call is the last one that arrives.
          offline = true
          return Api.json(401, { error: "unauthorized_client" })
        }
        return route === token ? pair(2) : undefined
      })
      yield* Effect.gen(function* () {
        const { gate } = yield* Connectivity
        const client = yield* C2cClient
        const call = yield* Effect.forkChild(client.me)
        yield* Api.advance("30 seconds")
        // The refresh met the outage, and its second attempt waits for the network.
        assert.isFalse(gate.isOpen())
        assert.strictEqual(api.to(token).length, 1)
        offline = false
        yield* Api.advance("90 seconds")
        yield* Fiber.join(call)
        assert.strictEqual(api.to(token).length, 2)
        assert.strictEqual(api.to(me).at(-1)?.bearer, "Bearer access-2")
        const set = yield* TokenStore.use((store) => store.load)
        assert.strictEqual(set && Redacted.value(set.accessToken), "access-2")
      }).pipe(Effect.provide(Api.layer(api)), Api.noJitter)
    }),
  )

  it.effect("waits for the network before sending a refresh if the outage is already known", () =>
    Effect.gen(function* () {
      let offline = false
      const api = Api.make((route) => {
        if (offline) return "reset"
        return route === token ? pair(2) : undefined
      })
      yield* Effect.gen(function* () {
        const connectivity = yield* Connectivity
        const device = yield* DeviceAuthorization
        yield* Api.advance("1 second")
        offline = true
        yield* connectivity.report("ConnectionReset")
        const set = yield* TokenStore.use((store) => store.load)
        const refresh = yield* Effect.forkChild(device.refresh(set!))
        yield* Api.advance("60 seconds")
        assert.strictEqual(api.to(token).length, 0)
        offline = false
        yield* Api.advance("40 seconds")
        assert.strictEqual(Redacted.value((yield* Fiber.join(refresh)).accessToken), "access-2")
        assert.strictEqual(api.to(token).length, 1)
        // A single fiber probed for recovery.
        assert.isAtMost(api.to(health).length, 10)
      }).pipe(Effect.provide(Api.layer(api)), Api.noJitter)
    }),
  )
})
