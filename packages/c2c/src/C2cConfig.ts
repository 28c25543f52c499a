/**
 * The configuration of the C2C API and of the device.
 */
import * as Verdict from "@holdfast/core/Verdict"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import { isLoopback } from "./internal/api/hosts.ts"
import { isSemver } from "./internal/api/semver.ts"

export { isSemver } from "./internal/api/semver.ts"

/** The configuration is invalid. `field` is the name of the invalid value, and `reason` explains the problem. */
export class InvalidC2cConfig extends Data.TaggedError("InvalidC2cConfig")<{
  readonly field: "api" | "clientVersion" | "clientId" | "userAgent"
  readonly reason: string
}> {
  readonly verdict: Verdict.Verdict = Verdict.never({ change: "plan" })
  override get message(): string {
    return `${this.field}: ${this.reason}`
  }
}

/** The values from which a configuration is built. */
export interface Options {
  /** The base URL. Default: `https://api.frame.io`, which is Frame.io's own API. */
  readonly api?: string
  /** The semantic version of the device's firmware or program, sent as `x-client-version`. */
  readonly clientVersion: string
  /**
   * A permanent identifier for this device, such as a serial number or a UUID. The identifier must not contain personal data.
   */
  readonly clientId: string
  /** The secret that Frame.io issued to identify the device model. */
  readonly clientSecret: Redacted.Redacted<string>
  /**
   * The `user-agent` header for requests that do not set one. Default: `holdfast-c2c/` followed by the version of this
   * package.
   */
  readonly userAgent?: string | undefined
  /** Whether requests carry Effect's trace headers (`traceparent`, `b3`). Default: false. */
  readonly traceHeaders?: boolean | undefined
}

/**
 * Contains the API's base URL and the identity of the device.
 *
 * **Details**
 *
 * `api` does not end with a slash.
 */
export class C2cConfig extends Context.Service<
  C2cConfig,
  {
    readonly api: string
    readonly clientVersion: string
    readonly clientId: string
    readonly clientSecret: Redacted.Redacted<string>
    readonly userAgent?: string | undefined
    readonly traceHeaders?: boolean | undefined
  }
>()("@holdfast/c2c/C2cConfig") {
  /** Validates the values and provides the resulting configuration. */
  static readonly layer = (options: Options): Layer.Layer<C2cConfig, InvalidC2cConfig> =>
    Layer.effect(C2cConfig, make(options))
}

/** Frame.io's own API. */
export const frameIo = "https://api.frame.io"

/**
 * Validates the values of a configuration.
 *
 * **Details**
 *
 * Frame.io responds with `InvalidClientVersion` to every call whose version is not a semantic version, so `make` rejects such
 * a version first. Requests contain the secret and the tokens, so plain HTTP is allowed only for loopback hosts.
 */
export const make = (options: Options): Effect.Effect<C2cConfig["Service"], InvalidC2cConfig> =>
  Effect.gen(function* () {
    const refuse = (field: InvalidC2cConfig["field"], reason: string) => new InvalidC2cConfig({ field, reason })

    const api = options.api ?? frameIo
    const url = URL.canParse(api) ? new URL(api) : undefined
    if (url === undefined) return yield* refuse("api", `"${api}" is not a URL`)
    if (url.protocol !== "https:" && url.protocol !== "http:") return yield* refuse("api", "must begin with https://")
    if (url.protocol === "http:" && !isLoopback(url.hostname)) {
      return yield* refuse("api", `${url.host} is not this machine, so it must begin with https://`)
    }
    if (url.username !== "" || url.password !== "")
      return yield* refuse("api", "the URL must not contain a user name or password")
    if (url.search !== "" || url.hash !== "")
      return yield* refuse("api", "the URL must not contain a query (?) or a fragment (#)")

    if (!isSemver(options.clientVersion)) {
      return yield* refuse("clientVersion", `expected a semantic version such as 2.0.0, got "${options.clientVersion}"`)
    }
    if (options.clientId.trim() === "") return yield* refuse("clientId", "is empty")

    const { traceHeaders, userAgent } = options
    if (userAgent !== undefined && !/^[\x21-\x7e][\x20-\x7e]*$/.test(userAgent)) {
      return yield* refuse("userAgent", "must be printable ASCII")
    }

    return {
      ...(userAgent === undefined ? undefined : { userAgent }),
      ...(traceHeaders === undefined ? undefined : { traceHeaders }),
      api: (url.origin + url.pathname).replace(/\/+$/, ""),
      clientVersion: options.clientVersion,
      clientId: options.clientId,
      clientSecret: options.clientSecret,
    }
  })
