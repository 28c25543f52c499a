/** A scripted OAuth server for the tests of this package. */
import { Clock, type Duration, Effect, Fiber, FileSystem, Layer, Random, Redacted } from "effect"
import { HttpClient, HttpClientError, type HttpClientRequest, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { type DeviceCode, DeviceAuthorization, type DeviceAuthorizationOptions, type TokenSet } from "@holdfast/oauth"

export type Step = (
  request: HttpClientRequest.HttpClientRequest,
) => Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.HttpClientError>

/** A response with a body; an object becomes JSON. */
export const answer =
  (status: number, body: unknown, headers: Record<string, string> = {}): Step =>
  (request) =>
    Effect.sync(() =>
      HttpClientResponse.fromWeb(
        request,
        new Response(body === "" ? null : typeof body === "string" ? body : JSON.stringify(body), {
          status,
          headers: { "content-type": typeof body === "string" ? "text/plain" : "application/json", ...headers },
        }),
      ),
    )

/** An OAuth error, with status 400 by default. */
export const refuses = (error: string, status = 400, more: object = {}): Step => answer(status, { error, ...more })

/** A network failure with Node's code. */
export const fails =
  (code: string, more: object = {}): Step =>
  (request) =>
    Effect.fail(
      new HttpClientError.HttpClientError({
        reason: new HttpClientError.TransportError({
          request,
          cause: Object.assign(new Error(`${code} happened`), { code }, more),
        }),
      }),
    )

export const hangs: Step = () => Effect.never

/** A response that ends in the middle of its body. */
export const cut =
  (status: number, begin: string): Step =>
  (request) =>
    Effect.sync(() =>
      HttpClientResponse.fromWeb(
        request,
        new Response(
          new ReadableStream({
            start: (controller) => controller.enqueue(new TextEncoder().encode(begin)),
            pull: (controller) => controller.error(Object.assign(new Error("reset"), { code: "ECONNRESET" })),
          }),
          { status },
        ),
      ),
    )

/** The response after a delay. */
export const slowly =
  (duration: number, step: Step): Step =>
  (request) =>
    Effect.andThen(Effect.sleep(duration), step(request))

/** The requests that arrived at the scripted server. */
export interface Arrived {
  readonly at: number
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly encoding: "form" | "multipart"
  readonly fields: Readonly<Record<string, string>>
}

/** A client that plays the steps in order, the last one forever. It records each request with its time in seconds. */
export const scripted = (...steps: ReadonlyArray<Step>) => {
  const arrived: Array<Arrived> = []
  const client = HttpClient.make((request) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const step = steps[Math.min(arrived.length, steps.length - 1)]!
      arrived.push({ at: now / 1000, url: request.url, headers: request.headers, ...read(request) })
      return step(request)
    }),
  )
  return {
    arrived,
    times: () => arrived.map(({ at }) => at),
    layer: Layer.succeed(HttpClient.HttpClient, client),
  }
}

const read = ({ body }: HttpClientRequest.HttpClientRequest): Pick<Arrived, "encoding" | "fields"> => {
  if (body._tag === "FormData") {
    return { encoding: "multipart", fields: Object.fromEntries([...body.formData].map(([k, v]) => [k, String(v)])) }
  }
  if (body._tag === "Uint8Array" && body.contentType === "application/x-www-form-urlencoded") {
    return { encoding: "form", fields: Object.fromEntries(new URLSearchParams(new TextDecoder().decode(body.body))) }
  }
  throw new Error(`a body that no OAuth server reads: ${body._tag}`)
}

/** A provider other than Frame.io. */
export const provider: DeviceAuthorizationOptions = {
  deviceEndpoint: "https://id.example/device/auth",
  tokenEndpoint: "https://id.example/token",
  revokeEndpoint: "https://id.example/token/revocation",
  clientId: "cam-1",
  clientSecret: Redacted.make("s3cret-of-the-client"),
  scope: "asset_create offline",
  encoding: "form",
}

/** The service with a scripted server. */
export const device = (
  script: Pick<ReturnType<typeof scripted>, "layer">,
  options: Partial<DeviceAuthorizationOptions> = {},
) => DeviceAuthorization.layer({ ...provider, ...options }).pipe(Layer.provide(script.layer))

export const codeAnswer = {
  device_code: "d3vice-code-secret",
  user_code: "CHQH-WSTZ",
  verification_uri: "https://id.example/device",
  expires_in: 120,
  interval: 5,
}

export const code: DeviceCode = {
  deviceCode: Redacted.make("d3vice-code-secret"),
  userCode: "CHQH-WSTZ",
  verificationUri: "https://id.example/device",
  expiresAt: 120_000,
  interval: 5,
}

export const tokenAnswer = (n: number) => ({
  access_token: `access-${n}`,
  refresh_token: `refresh-${n}`,
  expires_in: 28_800,
  token_type: "bearer",
})

export const tokens = (n: number): TokenSet => ({
  accessToken: Redacted.make(`access-${n}`),
  refreshToken: Redacted.make(`refresh-${n}`),
  expiresAt: 28_800_000,
})

/** The secrets inside a pair. */
export const reveal = (set: TokenSet | undefined) =>
  set && [Redacted.value(set.accessToken), set.refreshToken && Redacted.value(set.refreshToken)]

/** Removes jitter, so that every wait is as long as its delay. */
export const withoutJitter = Effect.provideService(Random.Random, {
  nextDoubleUnsafe: () => 1,
  nextIntUnsafe: () => 0,
})

/**
 * Runs an effect that waits by the clock and uses the disk. The clock advances by a step whenever the disk has
 * responded once, so nothing sleeps in real time.
 */
export const asTimePasses = <A, E, R>(effect: Effect.Effect<A, E, R>, step: Duration.Input = "50 millis") =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const fiber = yield* Effect.forkChild(effect)
    while (fiber.pollUnsafe() === undefined) {
      yield* fs.exists("/")
      yield* TestClock.adjust(step)
    }
    return yield* Fiber.join(fiber)
  })
