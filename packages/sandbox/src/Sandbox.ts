import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as HttpRouter from "effect/http/HttpRouter"
import type { ServeError } from "effect/http/HttpServerError"
import * as Layer from "effect/Layer"
import * as PubSub from "effect/PubSub"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { createServer } from "node:http"
import * as Credentials from "./Credentials.ts"
import type { FaultPlan } from "./FaultPlan.ts"
import type { InjectedFault } from "./InjectedFault.ts"
import { ListenFailed, PortInUse, type SandboxError, StorageError } from "./SandboxError.ts"
import type { StoredAsset } from "./StoredAsset.ts"
import * as accounts from "./internal/accounts.ts"
import * as answers from "./internal/answers.ts"
import { assetRoutes } from "./internal/assetRoutes.ts"
import * as assetStore from "./internal/assetStore.ts"
import { authRoutes } from "./internal/authRoutes.ts"
import type { Backend } from "./internal/backend.ts"
import { chunkRoutes } from "./internal/chunkRoutes.ts"
import { deviceRoutes } from "./internal/deviceRoutes.ts"
import * as dealer from "./internal/dealer.ts"
import * as guard from "./internal/guard.ts"
import * as identifiers from "./internal/identifiers.ts"
import * as network from "./internal/network.ts"
import { pageRoutes } from "./internal/pageRoutes.ts"
import { sandboxRoutes } from "./internal/sandboxRoutes.ts"

export interface Options {
  readonly port?: number
  readonly plan: FaultPlan
  readonly seed: number
  readonly chunkSize?: number
  readonly directory?: string
  readonly interval?: number
  readonly tokenLife?: Duration.Input
}

export class Sandbox extends Context.Service<
  Sandbox,
  {
    readonly url: string
    readonly assets: Effect.Effect<ReadonlyArray<StoredAsset>, StorageError>
    readonly approve: (userCode: string) => Effect.Effect<boolean>
    readonly deny: (userCode: string) => Effect.Effect<boolean>
    readonly log: Effect.Effect<ReadonlyArray<InjectedFault>>
    readonly events: Stream.Stream<InjectedFault>
  }
>()("@holdfast/sandbox/Sandbox") {
  static readonly credentials = Credentials

  static readonly layer = (options: Options): Layer.Layer<Sandbox, SandboxError> =>
    Layer.effect(Sandbox, make(options)).pipe(Layer.provide(NodeServices.layer))
}

const make = Effect.fnUntraced(function* (options: Options) {
  const fs = yield* FileSystem.FileSystem
  const ids = identifiers.make(options.seed)
  const directory = yield* storageDirectory(fs, options.directory)
  const people = accounts.make(ids, {
    interval: options.interval ?? 1,
    tokenLife: Duration.toSeconds(Duration.fromInputUnsafe(options.tokenLife ?? "8 hours")),
  })
  const store = yield* assetStore.make(directory, ids)
  const node = createServer({ requestTimeout: 0 })
  const wires = yield* network.make(node)
  const log: Array<InjectedFault> = []
  const events = yield* Effect.acquireRelease(PubSub.unbounded<InjectedFault>(), PubSub.shutdown)
  const report = (fault: InjectedFault) =>
    Effect.suspend(() => {
      log.push(fault)
      return Effect.asVoid(PubSub.publish(events, fault))
    })
  const backend: Backend = {
    accounts: people,
    store,
    guard: guard.make({ dealer: dealer.make(options.plan, options.seed), network: wires, accounts: people, ids, report }),
    ids,
    signer: {
      accessKeyId: `AKIA${ids.hex("access key").slice(0, 16).toUpperCase()}`,
      secretAccessKey: Redacted.make(ids.hex("secret key"), { label: "secret key" }),
      region: "us-east-1",
    },
    chunkSize: options.chunkSize ?? 256 * 1024,
  }

  const routes: ReadonlyArray<HttpRouter.Route> = [
    ...authRoutes(backend),
    ...deviceRoutes(backend),
    ...assetRoutes(backend),
    ...chunkRoutes(backend),
    ...pageRoutes(backend),
    ...sandboxRoutes(backend),
    HttpRouter.route("*", "/*", answers.notFound),
  ]
  const app = yield* HttpRouter.toHttpEffect(HttpRouter.addAll(routes))

  const port = options.port ?? 0
  const server = yield* NodeHttpServer.make(() => node, { port, host: "127.0.0.1" }).pipe(
    Effect.mapError((error) => listenError(error, port)),
  )
  yield* server.serve(app)
  // Added last, so run first: a client that keeps its connections open must not hold up the end of the layer.
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      node.close()
      node.closeAllConnections()
    }),
  )

  const address = node.address()
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : port}`
  return Sandbox.of({
    url,
    assets: store.all,
    approve: (userCode) => people.decide(userCode, "approved"),
    deny: (userCode) => people.decide(userCode, "denied"),
    log: Effect.sync(() => [...log]),
    events: Stream.fromPubSub(events),
  })
})

const storageDirectory = (fs: FileSystem.FileSystem, directory: string | undefined) =>
  directory === undefined
    ? fs
        .makeTempDirectoryScoped({ prefix: "holdfast-sandbox-" })
        .pipe(Effect.mapError((cause) => new StorageError({ operation: "create a folder in", path: "the temporary directory", cause })))
    : fs.makeDirectory(directory, { recursive: true }).pipe(
        Effect.as(directory),
        Effect.mapError((cause) => new StorageError({ operation: "create", path: directory, cause })),
      )

const listenError = (error: ServeError, port: number) =>
  error.cause instanceof Error && "code" in error.cause && error.cause.code === "EADDRINUSE"
    ? new PortInUse({ port })
    : new ListenFailed({ port, cause: error.cause })
