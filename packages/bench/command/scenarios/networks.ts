/**
 * Networks with intermediaries: portals and proxies.
 */
import { spawnSync } from "node:child_process"
import type { Answer } from "../front.ts"
import * as Front from "../front.ts"
import type { Scenario } from "../Scenario.ts"
import type { Stage } from "../stage.ts"
import { certificate, chunkSize, names } from "../stage.ts"

const page: Answer = {
  status: 200,
  headers: { "content-type": "text/html" },
  body: "<!doctype html><html><head><title>Venue WiFi</title></head><body><form>Sign in</form></body></html>",
}

const fast = { clock: { factor: 20 } }

const withoutOpenssl = () => (spawnSync("openssl", ["version"]).status === 0 ? undefined : "openssl is not installed")

const throughProxy = (refuse?: number) => async (stage: Stage) => {
  await stage.pair()
  const path = stage.file("A001.mov", 2 * chunkSize)
  const proxy = await Front.proxy(
    { [names.api]: stage.front.api.port, [names.storage]: stage.front.storage.port },
    refuse,
  )
  try {
    const env = {
      HTTPS_PROXY: proxy.url,
      NODE_EXTRA_CA_CERTS: certificate(stage.parent),
      HOLDFAST_CLIENT_ID: "Some-Client-ID",
      HOLDFAST_CLIENT_SECRET: "sandbox-client-secret",
    }
    const ended = await stage.upload(["--first-contact", "30s", path], { ...fast, env }).ended
    if (refuse === undefined && proxy.tunnels() === 0) throw new Error("nothing went through the proxy")
    return [ended]
  } finally {
    await proxy.end()
  }
}

export const networks: ReadonlyArray<Scenario> = [
  {
    name: "a captive portal that stays, with --first-contact",
    short: true,
    play: async (stage) => {
      await stage.pair()
      stage.front.behave(() => page)
      return [await stage.upload(["--first-contact", "30s", stage.file("A001.mov", chunkSize)], fast).ended]
    },
    expected: { exit: [5], assets: 0, stored: 0, sent: 0, outcomes: ["failed"], says: [/sign.?in/i], within: 30_000 },
  },
  {
    name: "a captive portal that opens after a sign-in",
    play: async (stage) => {
      await stage.pair()
      let signedIn = false
      stage.front.behave(() => (signedIn ? undefined : page))
      const running = stage.upload([stage.file("A001.mov", 2 * chunkSize)], fast)
      await running.prints(/"unreachable"/)
      signedIn = true
      return [await running.ended]
    },
    expected: { exit: [0], assets: 1, stored: 1, outcomes: ["uploaded"] },
  },
  {
    name: "a portal that takes over in the middle of a file",
    play: async (stage) => {
      await stage.pair()
      let until: number | undefined
      stage.front.behave(({ nth, route }) => {
        if (route === "chunk" && nth === 2) until ??= performance.now() + 2000
        return until !== undefined && performance.now() < until ? page : undefined
      })
      return [await stage.upload([stage.file("A001.mov", 4 * chunkSize)], fast).ended]
    },
    expected: { exit: [0], assets: 1, stored: 1, outcomes: ["uploaded"] },
  },
  {
    name: "an HTTP proxy, and a custom certificate authority",
    secure: true,
    skip: withoutOpenssl,
    play: throughProxy(),
    expected: { exit: [0], assets: 1, stored: 1, sent: 2 * chunkSize, outcomes: ["uploaded"] },
  },
  {
    name: "a proxy that requires a password",
    secure: true,
    skip: withoutOpenssl,
    play: throughProxy(407),
    expected: { exit: [5], assets: 0, stored: 0, sent: 0, outcomes: ["failed"], says: [/proxy/i], within: 30_000 },
  },
]
