/**
 * Checks whether the host name of the API, or of the proxy, can be resolved.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { isIP } from "node:net"
import * as Network from "../../network/Network.ts"
import * as Format from "../../terminal/Format.ts"
import * as Finding from "../Finding.ts"
import * as Health from "../Health.ts"
import { Machine } from "../Machine.ts"
import type { Check } from "../Subject.ts"
import * as Subject from "../Subject.ts"
import * as Proxy from "./Proxy.ts"

const failure = (host: string, reason: string) =>
  Finding.problem(
    "temporary",
    `the name ${host} cannot be resolved (${reason})`,
    "check the network and its DNS server, then run the command again",
    { host },
  )

const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[|\]$/g, "")

export const check: Check = {
  name: "dns",
  timeoutMs: Subject.healthMs,
  late: Finding.problem(
    "temporary",
    "the DNS server did not answer in 20 s",
    "check the network and its DNS server, then run the command again",
  ),
  run: (subject) =>
    Effect.gen(function* () {
      const proxies = yield* Effect.result(Network.proxies)
      const proxy = Result.isSuccess(proxies) ? Proxy.proxyOf(subject.target, proxies.success) : undefined
      const host = hostOf(proxy === undefined ? subject.target.config.api : `http://${proxy}`)
      if (isIP(host) !== 0) return Finding.ok(`${host} is an address, which needs no DNS`)
      const found = yield* Effect.result((yield* Machine).addresses(host))
      if (Result.isFailure(found)) return failure(host, found.failure.code)
      // The name server may have failed only for the health check.
      const asked = yield* subject.asked
      if (Result.isSuccess(asked) && Health.failedAt(asked.success) === "dns") return failure(host, "at times")
      const addresses = Format.count(found.success.length, "address", "addresses")
      return Finding.ok(`${host} has ${addresses}${proxy === undefined ? "" : ", and the proxy resolves all others"}`, {
        host,
        addresses: found.success.length,
      })
    }),
}
