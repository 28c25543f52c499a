/**
 * Every client that the packages have, each with secrets of its own, sent to one address.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { type AssetRequest, C2cClient, C2cConfig, C2cError, Uploader } from "@holdfast/c2c"
import { Authorization, Connectivity, Health, Pipeline, Tokens, Verdict } from "@holdfast/core"
import type { Classified } from "@holdfast/core/Verdict"
import { HttpPipeline, ResilientClient } from "@holdfast/http"
import { DeviceAuthorization, TokenStore } from "@holdfast/oauth"
import { PresignedPost, PresignedPut } from "@holdfast/s3"
import { Clock, ConfigProvider, Data, Effect, Layer, Redacted, Stream } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import { join } from "node:path"
import * as OneRun from "../../cli/test/support/oneRun.ts"
import { secret } from "./spellings.ts"

/** One call of a client. */
export interface Run {
  /** Fails as the client fails; what it succeeds with is looked at for secrets too. */
  readonly effect: Effect.Effect<unknown, unknown>
  readonly secrets: ReadonlyArray<string>
}

export interface Client {
  readonly name: string
  /** Whether it may wait at a gate for as long as the server is as it is. */
  readonly waits?: true
  /** It prints: what it prints must not control a terminal. */
  readonly command?: true
  readonly run: (url: string, n: number) => Run
}

const undici = NodeHttpClient.layerUndici

/** Calls that need a pair of tokens: every token is refused in the end, and each refresh gives another. */
const signedIn = (token: Redacted.Redacted<string>) =>
  Authorization.layer.pipe(
    Layer.provide(
      Layer.succeed(Tokens, {
        current: Effect.succeed(token),
        refresh: () => Effect.succeed(token),
        renewed: Stream.never,
      } as never),
    ),
  )

/** The network is as the calls find it: the health service always answers. */
const healthy = Connectivity.layer.pipe(Layer.provide(Layer.succeed(Health, { check: Effect.void })))

const attempts = Pipeline.makeUnsafe(
  Pipeline.retry({ attempts: 2, backoff: { base: "100 millis" }, hintCap: "2 seconds" }),
  Pipeline.timeout("15 seconds"),
)

const generic = (name: string, layer: Layer.Layer<HttpClient.HttpClient>, json: boolean): Client => ({
  name,
  run: (url, n) => {
    const token = secret("token", n)
    const key = secret("apikey", n)
    return {
      secrets: [token, key],
      effect: Effect.gen(function* () {
        const client = HttpPipeline.client(attempts, yield* HttpClient.HttpClient, { json })
        const request = HttpClientRequest.get(url).pipe(
          HttpClientRequest.bearerToken(token),
          HttpClientRequest.setHeader("x-api-key", key),
        )
        const response = yield* client.execute(request)
        return json ? yield* response.json : response.status
      }).pipe(Effect.provide(layer), Effect.scoped),
    }
  },
})

const resilient: Client = {
  name: "resilient POST",
  run: (url, n) => {
    const token = secret("token", n)
    const body = secret("body", n)
    return {
      secrets: [token, body],
      effect: Effect.gen(function* () {
        const client = ResilientClient.make(yield* HttpClient.HttpClient, {
          decode: C2cError.fromResponse,
          json: true,
        })
        const request = HttpClientRequest.post(url).pipe(
          HttpClientRequest.bearerToken(token),
          HttpClientRequest.bodyJsonUnsafe({ password: body }),
        )
        return yield* Effect.flatMap(client.execute(request), (response) => response.json)
      }).pipe(Effect.provide(undici)),
    }
  },
}

const fetching: Client = {
  name: "fetch",
  run: (url, n) => {
    const token = secret("token", n)
    return {
      secrets: [token],
      effect: Effect.flatMap(Clock.Clock, (clock) =>
        Effect.tryPromise({
          try: async (signal) => {
            const steady = HttpPipeline.fetch(attempts, undefined, {
              onStatus: "reject",
              context: Effect.runSync(Effect.provideService(Effect.context<never>(), Clock.Clock, clock)),
            })
            const answer = await steady(url, { headers: { authorization: `Bearer ${token}` }, signal })
            await answer.body?.cancel()
            return answer.status
          },
          // The suite checks that it is one.
          catch: (error) => error as Classified,
        }),
      ),
    }
  },
}

const signIn = (
  name: string,
  call: (service: DeviceAuthorization["Service"], n: number) => Effect.Effect<unknown, unknown>,
): Client => ({
  name,
  run: (url, n) => ({
    secrets: [secret("clientsecret", n), secret("refresh", n), secret("devicecode", n), secret("access", n)],
    effect: Effect.flatMap(DeviceAuthorization, (service) => call(service, n)).pipe(
      Effect.provide(
        DeviceAuthorization.layer({
          deviceEndpoint: `${url}/device`,
          tokenEndpoint: `${url}/token`,
          revokeEndpoint: `${url}/revoke`,
          clientId: "device-1",
          clientSecret: Redacted.make(secret("clientsecret", n)),
          scope: "offline",
          encoding: n % 2 === 0 ? "form" : "multipart",
        }).pipe(Layer.provide(undici)),
      ),
    ),
  }),
})

const pair = (n: number) => ({
  accessToken: Redacted.make(secret("access", n)),
  refreshToken: Redacted.make(secret("refresh", n)),
  expiresAt: 0,
})

const presigned = (url: string, n: number): string => {
  const query = new URLSearchParams({
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": "AKIDEXAMPLE/20990101/us-east-1/s3/aws4_request",
    "X-Amz-Date": "20990101T000000Z",
    "X-Amz-Expires": "86400",
    "X-Amz-SignedHeaders": "host",
    "X-Amz-Security-Token": secret("session", n),
    "X-Amz-Signature": secret("signature", n),
  })
  return `${url}/key?${query}`
}

const put: Client = {
  name: "PUT",
  run: (url, n) => ({
    secrets: [secret("session", n), secret("signature", n)],
    effect: Effect.flatMap(HttpClient.HttpClient, (client) =>
      PresignedPut.put(client, {
        url: Redacted.make(presigned(url, n)),
        body: new Uint8Array(100_000).fill(65),
        length: 100_000,
        lint: false,
      }),
    ).pipe(timed, Effect.provide(undici)),
  }),
}

const form: Client = {
  name: "POST form",
  run: (url, n) => ({
    secrets: [secret("policy", n), secret("signature", n), secret("session", n)],
    effect: Effect.suspend(() =>
      PresignedPost.fromFields(`${url}/bucket`, {
        key: "clip.mov",
        success_action_status: "201",
        "x-amz-algorithm": "AWS4-HMAC-SHA256",
        "x-amz-credential": "AKIDEXAMPLE/20990101/us-east-1/s3/aws4_request",
        "x-amz-date": "20990101T000000Z",
        "x-amz-security-token": secret("session", n),
        policy: Buffer.from(
          JSON.stringify({
            expiration: "2099-01-02T00:00:00.000Z",
            conditions: [
              { bucket: "bucket" },
              { key: "clip.mov" },
              { success_action_status: "201" },
              { "x-amz-algorithm": "AWS4-HMAC-SHA256" },
              { "x-amz-credential": "AKIDEXAMPLE/20990101/us-east-1/s3/aws4_request" },
              { "x-amz-date": "20990101T000000Z" },
              { "x-amz-security-token": secret("session", n) },
            ],
          }),
        ).toString("base64"),
        "x-amz-signature": secret("signature", n),
      }).upload(new Uint8Array(100_000)),
    ).pipe(timed, Effect.provide(undici)),
  }),
}

const c2c = (name: string, call: (client: C2cClient["Service"]) => Effect.Effect<unknown, unknown>): Client => ({
  name,
  run: (url, n) => ({
    secrets: [secret("token", n), secret("clientsecret", n)],
    effect: Effect.flatMap(C2cClient, call).pipe(
      Effect.provide(
        C2cClient.layer.pipe(
          Layer.provide([
            undici,
            healthy,
            signedIn(Redacted.make(secret("token", n))),
            C2cConfig.layer({
              api: url,
              clientVersion: "1.0.0",
              clientId: "device-1",
              clientSecret: Redacted.make(secret("clientsecret", n)),
            }),
          ]),
        ),
      ),
    ),
  }),
})

const clip = { name: "A001.mov", filetype: "video/quicktime", filesize: 100 } satisfies AssetRequest.AssetRequest

/** A whole upload whose API is honest and whose storage is not. */
const upload = (path: string): Client => ({
  name: "upload",
  waits: true,
  run: (url, n) => ({
    secrets: [secret("session", n), secret("signature", n)],
    effect: Effect.flatMap(Uploader, (uploader) => uploader.upload({ path })).pipe(
      Effect.provide(
        Uploader.layer.pipe(
          Layer.provide([
            undici,
            healthy,
            Layer.mock(C2cClient, {
              createAsset: () =>
                Effect.succeed({ id: "a1", name: "A001.mov", uploadUrls: [Redacted.make(presigned(url, n))] }),
            }),
          ]),
        ),
      ),
    ),
  }),
})

/** What a caller's pipeline does around a single request to the storage. */
const timed = <A, E, R>(send: Effect.Effect<A, E, R>) =>
  Effect.timeout(send, "1 minute").pipe(
    Effect.catchTag("TimeoutError", () => Effect.fail({ _tag: "AttemptTimedOut", verdict: Verdict.always() } as const)),
  )

/** What the command printed, as an error: its exit code is not 0. */
class Exited extends Data.TaggedError("Exited")<{ readonly exitCode: number; readonly lines: ReadonlyArray<string> }> {
  readonly verdict = Verdict.never()
}

/** A command line, in a home with a pair of tokens. */
const command = (home: string, args: ReadonlyArray<string>, factor: number): Client => ({
  name: `holdfast ${args[0]}`,
  command: true,
  run: (url, n) => {
    const secrets = [secret("token", n), secret("refresh", n), secret("clientsecret", n)]
    const api = url.replace(/\/(\d+)$/, "/honest$1")
    const state = join(home, `${n}`)
    const file = join(state, "tokens", `${new URL(api).host.replace(/[^a-zA-Z0-9.-]/g, "_")}.json`)
    const pair = {
      accessToken: Redacted.make(secret("token", n)),
      refreshToken: Redacted.make(secret("refresh", n)),
      expiresAt: 8_000_000_000_000_000,
    }
    const written =
      args[0] === "pair"
        ? Effect.void
        : TokenStore.use(({ save }) => save(pair)).pipe(
            Effect.provide(TokenStore.layerFile(file).pipe(Layer.provide(NodeServices.layer))),
          )
    const env = {
      HOLDFAST_HOME: state,
      HOLDFAST_CLIENT_ID: "device-1",
      HOLDFAST_CLIENT_SECRET: secret("clientsecret", n),
    }
    return {
      secrets,
      effect: Effect.andThen(written, OneRun.command([...args, "--api", api], factor)).pipe(
        Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env })),
        Effect.flatMap(({ exitCode, stderr, stdout }) => {
          const lines = [...stdout, ...stderr]
          return exitCode === 0 ? Effect.succeed(lines) : Effect.fail(new Exited({ exitCode, lines }))
        }),
      ),
    }
  },
})

/** All of them; `path` is a file to upload. */
export const clients = (path: string, home: string, factor: number): ReadonlyArray<Client> => [
  fetching,
  generic("undici", undici, true),
  generic("node", NodeHttpClient.layerNodeHttp, true),
  generic("web", FetchHttpClient.layer, true),
  resilient,
  signIn("device code", ({ request }) => request),
  signIn("poll", ({ poll }, n) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) =>
      poll({
        deviceCode: Redacted.make(secret("devicecode", n)),
        userCode: "123456",
        verificationUri: "https://id.example/device",
        expiresAt: now + 20_000,
        interval: 5,
      }),
    ),
  ),
  signIn("refresh", ({ refresh }, n) => refresh(pair(n))),
  signIn("revoke", ({ revoke }, n) => revoke(pair(n))),
  put,
  form,
  c2c("health", ({ health }) => health),
  c2c("me", ({ me }) => me),
  c2c("heartbeat", ({ heartbeat }) => heartbeat),
  c2c("create", ({ createAsset }) => createAsset(clip)),
  c2c("parts", ({ realtimeParts }) => realtimeParts("a1", { parts: [{ number: 1, size: 100, isFinal: true }] })),
  upload(path),
  command(home, ["upload", path, "--no-pair"], factor),
  command(home, ["pair"], factor),
  command(home, ["status"], factor),
  command(home, ["signout"], factor),
]
