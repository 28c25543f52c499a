/**
 * Checks the proxy variables.
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Network from "../../network/Network.ts"
import type { Target } from "../../network/Target.ts"
import * as Finding from "../Finding.ts"
import type { Check } from "../Subject.ts"
import * as Subject from "../Subject.ts"

/** Whether `NO_PROXY` lists a host, by the rules of undici. */
const isExcepted = (host: string, except: string): boolean =>
  except.split(/[,\s]+/).some((entry) => {
    const name = entry.replace(/:\d+$/, "").toLowerCase()
    if (name === "*") return true
    return /^[.*]/.test(name) ? host.endsWith(name.replace(/^\*/, "")) : name === host
  })

/** Returns the proxy for a target's requests, without its user name and password, or `undefined` for direct requests. */
export const proxyOf = (target: Target, proxies: Network.Proxies): string | undefined => {
  const url = new URL(target.config.api)
  const proxy = url.protocol === "https:" ? proxies.https : proxies.http
  return proxy === undefined || target.isLoopback || isExcepted(url.hostname, proxies.except)
    ? undefined
    : new URL(Redacted.value(proxy)).host
}

/** Returns the names of the variables whose two spellings have different values. */
const contradictions = Effect.filter(["https_proxy", "http_proxy", "all_proxy", "no_proxy"], (name) =>
  Effect.gen(function* () {
    const read = (spelling: string) => Effect.orDie(Config.option(Config.String(spelling)))
    const [lower, upper] = [yield* read(name), yield* read(name.toUpperCase())]
    return Option.isSome(lower) && Option.isSome(upper) && lower.value.trim() !== upper.value.trim()
  }),
)

export const check: Check = {
  name: "proxy",
  timeoutMs: Subject.localMs,
  late: Finding.skipped("the environment cannot be read"),
  run: ({ target }) =>
    Effect.gen(function* () {
      const proxies = yield* Effect.result(Network.proxies)
      if (Result.isFailure(proxies)) return Finding.fromError(proxies.failure)
      const proxy = proxyOf(target, proxies.success)
      const details = { proxy: proxy ?? null }
      const [name] = yield* contradictions
      if (name !== undefined) {
        const text = `${name} and ${name.toUpperCase()} differ, and only ${name} is used`
        return Finding.warning(text, `remove one of the two variables`, details)
      }
      return Finding.ok(proxy === undefined ? "requests use no proxy" : `requests use the proxy ${proxy}`, details)
    }),
}
