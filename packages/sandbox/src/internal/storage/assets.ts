/**
 * Assets on disk: one file for each chunk, and the assembled file after the last chunk has arrived.
 *
 * **Details**
 *
 * A chunk is written under a temporary name and renamed, so that it is stored completely or not at all. A chunk sent again
 * replaces the earlier one. After a chunk has changed, the file is assembled again and its digest is recomputed.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type { PlatformError } from "effect/PlatformError"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import { createHash } from "node:crypto"
import { join } from "node:path"
import { StorageError } from "../../SandboxError.ts"
import type { StoredAsset } from "../../StoredAsset.ts"
import type { Identifiers } from "../accounts/identifiers.ts"

/** A version of an asset's content, with its SHA-256 in hexadecimal. */
interface Version {
  readonly version: number
  readonly sha256: string
}

/** An asset during its upload. */
export interface Asset {
  readonly id: string
  name: string
  readonly filetype: string
  /** The size in bytes; undefined until a realtime upload reports its size. */
  filesize: number | undefined
  readonly realtime: boolean
  /** The numbers of the chunks that have a URL, counted from 1. */
  readonly expected: Set<number>
  readonly received: Map<number, number>
  /** The time at which the asset's URLs were made to expire early, in epoch milliseconds. */
  expiredAt: number | undefined
  version: number
  assembled: Version | undefined
  /** The last version of the only chunk, which is the whole file. */
  whole: Version | undefined
  readonly lock: Semaphore.Semaphore
}

export type AssetStore = Effect.Success<ReturnType<typeof make>>

/** Stores assets in `directory`, which must exist. `report` receives every disk error. */
export const make = Effect.fnUntraced(function* (
  directory: string,
  ids: Identifiers,
  report: (error: StorageError) => Effect.Effect<unknown>,
) {
  const fs = yield* FileSystem.FileSystem
  const scope = yield* Effect.scope
  const assets = new Map<string, Asset>()
  let writes = 0
  const storage = reporting(report)

  const folder = (asset: Asset) => join(directory, asset.id)
  const chunkPath = (asset: Asset, number: number) => join(folder(asset), `.chunk-${String(number).padStart(5, "0")}`)
  const filePath = (asset: Asset) => join(folder(asset), fileName(asset.name))

  /** Creates the folder of an asset. A kept folder may hold what an earlier run with the same seed stored. */
  const freshId: Effect.Effect<string, StorageError> = Effect.suspend(() => {
    const id = ids.uuid("asset")
    const path = join(directory, id)
    return fs.makeDirectory(path).pipe(
      Effect.as(id),
      Effect.catchReason("PlatformError", "AlreadyExists", () => freshId),
      storage("create", path),
    )
  })

  const create = Effect.fnUntraced(function* (
    options: Pick<Asset, "name" | "filetype" | "filesize" | "realtime"> & { readonly chunks: number },
  ) {
    const { chunks, ...rest } = options
    const asset: Asset = {
      ...rest,
      id: yield* freshId,
      expected: new Set(Array.from({ length: chunks }, (_, index) => index + 1)),
      received: new Map(),
      expiredAt: undefined,
      version: 0,
      assembled: undefined,
      whole: undefined,
      lock: yield* Semaphore.make(1),
    }
    assets.set(asset.id, asset)
    return asset
  })

  /** Writes all chunks to one file, and returns its SHA-256 in hexadecimal. */
  const concatenate = Effect.fnUntraced(function* (asset: Asset, path: string) {
    const numbers = [...asset.received.keys()].sort((a, b) => a - b)
    const digest = createHash("sha256")
    yield* Stream.fromIterable(numbers).pipe(
      Stream.flatMap((number) => fs.stream(chunkPath(asset, number))),
      Stream.tap((data) => Effect.sync(() => digest.update(data))),
      Stream.run(fs.sink(path)),
      storage("write", path),
    )
    return digest.digest("hex")
  })

  /**
   * Gives the only chunk a second name. Not if the name is taken, or if the file system has no hard links. A chunk sent again
   * replaces the name of the chunk and not its content, so the assembled file stays as it was.
   */
  const isLinked = (chunk: string, path: string) =>
    Effect.match(fs.link(chunk, path), { onFailure: () => false, onSuccess: () => true })

  const assemble = (asset: Asset) =>
    asset.lock.withPermits(1)(
      Effect.gen(function* () {
        if (asset.assembled?.version === asset.version) return asset.assembled.sha256
        const { version } = asset
        const path = filePath(asset)
        const temporary = join(folder(asset), ".assembling")
        const whole = asset.whole?.version === version ? asset.whole.sha256 : undefined
        const sha256 = whole ?? (yield* concatenate(asset, temporary))
        const [only = 1] = asset.received.keys()
        const linked = whole !== undefined && (yield* isLinked(chunkPath(asset, only), path))
        if (whole !== undefined && !linked) {
          yield* fs.copyFile(chunkPath(asset, only), temporary).pipe(storage("write", temporary))
        }
        if (!linked) yield* fs.rename(temporary, path).pipe(storage("rename", temporary))
        asset.assembled = { version, sha256 }
        return sha256
      }),
    )

  /**
   * Writes one chunk and returns the MD5 of the bytes on disk, in hexadecimal. With `spoil`, one bit is stored incorrectly
   * and the digest is computed from the incorrect bytes, as on a server that corrupts data before writing it.
   */
  const write = Effect.fnUntraced(function* <E>(
    asset: Asset,
    number: number,
    body: Stream.Stream<Uint8Array, E>,
    options: { readonly spoil: boolean },
  ) {
    const path = chunkPath(asset, number)
    const temporary = `${path}.${++writes}.tmp`
    const digest = createHash("md5")
    // The file of a single chunk need not be read again.
    const whole = asset.expected.size === 1 && !asset.realtime ? createHash("sha256") : undefined
    let bytes = 0
    const receive = Effect.gen(function* () {
      const file = yield* fs.open(temporary, { flag: "w" }).pipe(storage("write", temporary))
      yield* Stream.runForEach(body, (data) => {
        const stored = options.spoil && bytes === 0 ? spoilt(data) : data
        bytes += stored.length
        digest.update(stored)
        whole?.update(stored)
        return file.writeAll(stored).pipe(storage("write", temporary))
      })
    })
    // An interruption between the rename and the count must not leave an uncounted file.
    const keep = fs.rename(temporary, path).pipe(
      storage("rename", temporary),
      Effect.tap(
        Effect.sync(() => {
          asset.received.set(number, bytes)
          asset.version++
          asset.whole = whole && { version: asset.version, sha256: whole.digest("hex") }
        }),
      ),
      Effect.uninterruptible,
    )
    yield* Effect.scoped(receive).pipe(
      Effect.andThen(keep),
      Effect.onError(() => Effect.ignore(fs.remove(temporary, { force: true }))),
    )
    // Files are assembled in the background. A later request for the asset reports the error.
    if (isComplete(asset)) yield* Effect.forkIn(Effect.ignore(assemble(asset)), scope)
    return digest.digest("hex")
  })

  const describe = Effect.fnUntraced(function* (asset: Asset): Effect.fn.Return<StoredAsset, StorageError> {
    const complete = isComplete(asset)
    return {
      id: asset.id,
      name: asset.name,
      filetype: asset.filetype,
      filesize: asset.filesize ?? 0,
      chunks: asset.expected.size,
      received: asset.received.size,
      complete,
      bytes: sum(asset),
      sha256: complete ? yield* assemble(asset) : "",
      path: filePath(asset),
    }
  })

  return {
    create,
    write,
    describe,
    get: (id: string) => assets.get(id),
    all: Effect.suspend(() => Effect.forEach([...assets.values()], describe)),
  }
})

/** Whether all chunks have arrived and their sizes add up to the file size. */
const isComplete = (asset: Asset): boolean =>
  asset.filesize !== undefined && asset.received.size === asset.expected.size && sum(asset) === asset.filesize

const sum = (asset: Asset): number => [...asset.received.values()].reduce((total, bytes) => total + bytes, 0)

const spoilt = (data: Uint8Array): Uint8Array => {
  const copy = Uint8Array.from(data)
  copy[0] = (copy[0] ?? 0) ^ 1
  return copy
}

// The client chooses the name. It may contain slashes or only dots, and must stay inside the asset's folder.
const fileName = (name: string): string => {
  const safe = name
    .replace(/[/\\\0]/g, "_")
    .replace(/^\.+/, "")
    .slice(0, 200)
  return safe === "" ? "unnamed" : safe
}

const reporting =
  (report: (error: StorageError) => Effect.Effect<unknown>) =>
  (operation: string, path: string) =>
  <A, E, R>(
    self: Effect.Effect<A, E | PlatformError, R>,
  ): Effect.Effect<A, Exclude<E, PlatformError> | StorageError, R> =>
    Effect.mapError(self, (error) =>
      isPlatformError(error)
        ? new StorageError({ operation, path, cause: error })
        : (error as Exclude<E, PlatformError>),
    ).pipe(Effect.tapError((error) => (error instanceof StorageError ? report(error) : Effect.void)))

const isPlatformError = (error: unknown): error is PlatformError =>
  typeof error === "object" && error !== null && "_tag" in error && error._tag === "PlatformError"
