/**
 * Serves Frame.io's API, the page on which a user approves a device, and S3's chunk storage on one loopback port, with faults
 * on demand.
 */
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as PubSub from "effect/PubSub"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Credentials from "./Credentials.ts"
import type { FaultPlan } from "./FaultPlan.ts"
import type { InjectedFault } from "./InjectedFault.ts"
import { type SandboxError, StorageError } from "./SandboxError.ts"
import type { RefreshRequest } from "./RefreshRequest.ts"
import type { StoredAsset } from "./StoredAsset.ts"
import type { StoredObject } from "./StoredObject.ts"
import * as accounts from "./internal/accounts/accounts.ts"
import * as pauses from "./internal/accounts/pause.ts"
import { assetRoutes } from "./internal/routes/assets.ts"
import * as assetStore from "./internal/storage/assets.ts"
import { authRoutes } from "./internal/routes/auth.ts"
import type { Backend } from "./internal/routes/backend.ts"
import { chunkRoutes } from "./internal/routes/chunks.ts"
import * as Dealer from "./Dealer.ts"
import { deviceRoutes } from "./internal/routes/devices.ts"
import { formRoutes } from "./internal/routes/forms.ts"
import * as injector from "./internal/faults/injector.ts"
import * as identifiers from "./internal/accounts/identifiers.ts"
import { listen } from "./internal/network/listener.ts"
import * as connections from "./internal/network/connections.ts"
import * as objectStore from "./internal/storage/objects.ts"
import { pageRoutes } from "./internal/routes/approval.ts"
import { sandboxRoutes } from "./internal/routes/sandbox.ts"
import { socketRoutes } from "./internal/routes/socket.ts"

/**
 * The options of a sandbox.
 *
 * **Details**
 *
 * `port` defaults to 0, which selects a free port. `chunkSize` is in bytes. With the default of 256 KiB, even a small file
 * has many chunks. `directory` contains the assets. By default, the assets are stored in a temporary folder that is removed
 * at the end. `interval` is the polling interval that the sandbox sends to a device, in seconds (default 1; Frame.io sends
 * 5). `tokenLife` is the lifetime of an access token (default 8 h, as at Frame.io).
 */
export interface Options {
  readonly plan: FaultPlan
  readonly seed: number
  readonly port?: number
  readonly chunkSize?: number
  readonly directory?: string
  readonly interval?: number
  readonly tokenLife?: Duration.Input
}

/**
 * The bucket of a sandbox, with everything that an application needs to sign forms for its users.
 *
 * **Details**
 *
 * Forms are sent to `POST <url>/<name>`. The credentials belong to a session, like those of a cloud role. A form signed with
 * these credentials must carry the session token, both in the policy and before the file.
 */
export interface Bucket {
  readonly name: string
  readonly region: string
  readonly credentials: {
    readonly accessKeyId: string
    readonly secretAccessKey: Redacted.Redacted<string>
    readonly sessionToken: Redacted.Redacted<string>
  }
  /** The stored objects: for each key, the most recently stored one. */
  readonly objects: Effect.Effect<ReadonlyArray<StoredObject>>
}

/** A running sandbox, as the program that started it sees it. */
export class Sandbox extends Context.Service<
  Sandbox,
  {
    /** The base URL of the API, the approval page and the chunks, without a trailing slash. */
    readonly url: string
    /** The stored assets. Assembles each complete file and reads its content back. */
    readonly assets: Effect.Effect<ReadonlyArray<StoredAsset>, StorageError>
    /** The bucket in which forms store their objects. */
    readonly bucket: Bucket
    /** Approves a device in place of the user on the approval page. Returns false if no device is waiting with this code. */
    readonly approve: (userCode: string) => Effect.Effect<boolean>
    /** Rejects a device. Returns false if no device is waiting with this code. */
    readonly deny: (userCode: string) => Effect.Effect<boolean>
    /**
     * Pauses or resumes the device in place of the user. While the device is paused, the response to every new asset is 409
     * Channel Paused, as in the plan `paused`. Open sockets receive `status_updated`.
     */
    readonly setPaused: (paused: boolean) => Effect.Effect<void>
    /**
     * Fails with the first disk error that a request caused. The client that sent this request received S3's `InternalError`.
     */
    readonly diskFailure: Effect.Effect<never, StorageError>
    /** The requests with refresh tokens so far, in the order of arrival. */
    readonly refreshes: Effect.Effect<ReadonlyArray<RefreshRequest>>
    /** The number of a refresh token's pair, as in `refreshes`; 0 if the sandbox has not issued the token. */
    readonly pairOf: (refreshToken: string) => Effect.Effect<number>
    /** The faults that have been injected so far, in order. */
    readonly log: Effect.Effect<ReadonlyArray<InjectedFault>>
    /** A stream of the faults that are injected from now on. */
    readonly events: Stream.Stream<InjectedFault>
  }
>()("@holdfast/sandbox/Sandbox") {
  /** The client credentials that the sandbox accepts. */
  static readonly credentials: { readonly clientId: string; readonly clientSecret: Redacted.Redacted<string> } =
    Credentials

  /**
   * Runs a server on 127.0.0.1 until the layer's scope closes.
   *
   * **Details**
   *
   * All times come from `Clock`, so a test can speed up or stop time. Closing the layer closes all connections.
   */
  static readonly layer = (options: Options): Layer.Layer<Sandbox, SandboxError> =>
    Layer.effect(Sandbox, make(options)).pipe(Layer.provide(NodeServices.layer))
}

/** The one bucket of a sandbox. */
const bucket = "sandbox-uploads"

const make = Effect.fnUntraced(function* (options: Options) {
  const ids = identifiers.make(options.seed)
  const people = accounts.make(ids, {
    interval: options.interval ?? 1,
    tokenLife: Duration.toSeconds(Duration.fromInputUnsafe(options.tokenLife ?? "8 hours")),
  })
  const directory = yield* storage(options.directory)
  const diskFailure = yield* Deferred.make<never, StorageError>()
  const refused = (error: StorageError) => Deferred.fail(diskFailure, error)
  const store = yield* assetStore.make(directory, ids, refused)
  const objects = yield* objectStore.make(directory, refused)

  const log: Array<InjectedFault> = []
  const events = yield* Effect.acquireRelease(PubSub.unbounded<InjectedFault>(), PubSub.shutdown)
  const report = (fault: InjectedFault) =>
    Effect.suspend(() => {
      log.push(fault)
      return Effect.asVoid(PubSub.publish(events, fault))
    })

  // Node must not close idle connections: that could lose the response to a call that must not be repeated. Headers
  // must arrive within 30 s; a body may take any time while bytes keep coming. The import is dynamic because node:http
  // also loads Node's WebSocket, which would cost every command 35 ms.
  const { createServer } = yield* Effect.promise(() => import("node:http"))
  const node = createServer({ requestTimeout: 0, keepAliveTimeout: 0, headersTimeout: 30_000 })
  const backend: Backend = {
    accounts: people,
    pause: pauses.make(),
    store,
    injector: injector.make({
      dealer: Dealer.make(options.plan, options.seed),
      connections: yield* connections.make(node),
      accounts: people,
      ids,
      report,
    }),
    ids,
    signer: {
      accessKeyId: `AKIA${ids.hex("access key").slice(0, 16).toUpperCase()}`,
      secretAccessKey: Redacted.make(ids.hex("secret key"), { label: "secret key" }),
      region: "us-east-1",
    },
    chunkSize: options.chunkSize ?? 256 * 1024,
  }
  const session = {
    accessKeyId: `ASIA${ids.hex("session key").slice(0, 16).toUpperCase()}`,
    secretAccessKey: Redacted.make(ids.hex("session secret"), { label: "secret key" }),
    sessionToken: Redacted.make(Array.from({ length: 8 }, () => ids.hex("session token")).join(""), {
      label: "session token",
    }),
    region: backend.signer.region,
  }
  const url = yield* listen(
    node,
    [
      ...authRoutes(backend),
      ...deviceRoutes(backend),
      ...assetRoutes(backend),
      ...chunkRoutes(backend),
      ...formRoutes({ bucket, signers: [backend.signer, session], objects, ids }),
      ...pageRoutes(backend),
      ...sandboxRoutes(backend),
      ...socketRoutes(backend, yield* Effect.scope),
    ],
    options.port ?? 0,
    ["/parts/", `/${bucket}`],
  )

  return Sandbox.of({
    url,
    assets: store.all,
    bucket: { name: bucket, region: session.region, credentials: session, objects: objects.all },
    approve: (userCode) => people.decide(userCode, "approved"),
    deny: (userCode) => people.decide(userCode, "denied"),
    setPaused: backend.pause.set,
    diskFailure: Deferred.await(diskFailure),
    refreshes: people.refreshes,
    pairOf: people.pairOf,
    log: Effect.sync(() => [...log]),
    events: Stream.fromPubSub(events),
  })
})

const storage = Effect.fnUntraced(function* (directory: string | undefined) {
  const fs = yield* FileSystem.FileSystem
  const failed = (path: string) => Effect.mapError((cause) => new StorageError({ operation: "create", path, cause }))
  if (directory === undefined) {
    return yield* fs.makeTempDirectoryScoped({ prefix: "holdfast-sandbox-" }).pipe(failed("a temporary folder"))
  }
  yield* fs.makeDirectory(directory, { recursive: true }).pipe(failed(directory))
  return directory
})
