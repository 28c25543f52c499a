import { assert, describe, it } from "@effect/vitest"
import type { FileSystem } from "effect"
import { Deferred, Effect, Exit, Fiber, Redacted } from "effect"
import * as Fs from "node:fs"
import * as Os from "node:os"
import { DeviceAuthorization, Pairing, TokenStore, type TokenStoreError } from "@holdfast/oauth"
import { asTimePasses, code as deviceCode, reveal, tokens } from "../support/server.ts"
import { ioError, inFolder } from "../support/tokenFolder.ts"

/** A store on a disk with this many free bytes. Removing, replacing or truncating a file frees its bytes. */
const limited = (
  open: (
    change: (fs: FileSystem.FileSystem) => Partial<FileSystem.FileSystem>,
  ) => Effect.Effect<TokenStore["Service"], TokenStoreError>,
  { overwrites = true } = {},
) => {
  const disk = { free: 1_000_000 }
  const sizes = new Map<string, number>()
  const grow = (path: string, to: number, taken = to - (sizes.get(path) ?? 0)) => {
    if (taken > disk.free) return Effect.fail(ioError("ENOSPC"))
    disk.free -= taken
    sizes.set(path, to)
    return Effect.void
  }
  const drop = (path: string) => {
    disk.free += sizes.get(path) ?? 0
    sizes.delete(path)
  }
  return Effect.map(
    open((fs) => ({
      open: (path, options) =>
        Effect.map(fs.open(path, options), (handle) => ({
          ...handle,
          sync: handle.sync,
          truncate: (length) =>
            Effect.andThen(
              Effect.suspend(() => grow(path, Number(length))),
              handle.truncate(length),
            ),
          writeAll: (bytes) =>
            Effect.andThen(
              Effect.suspend(() =>
                overwrites || options?.flag === "wx"
                  ? grow(path, Math.max(bytes.length, sizes.get(path) ?? 0))
                  : grow(path, sizes.get(path) ?? 0, bytes.length),
              ),
              handle.writeAll(bytes),
            ),
        })),
      rename: (from, to) =>
        Effect.tap(fs.rename(from, to), () =>
          Effect.sync(() => {
            drop(to)
            sizes.set(to, sizes.get(from) ?? 0)
            sizes.delete(from)
          }),
        ),
      remove: (path, options) =>
        Effect.tap(fs.remove(path, options), () =>
          Effect.sync(() => {
            drop(path)
          }),
        ),
    })),
    (store) => ({ disk, store }),
  )
}

describe("TokenStore", () => {
  describe("layerFile", () => {
    describe("exclusive", () => {
      it.effect("leaves an empty lock file with mode 0600, and always releases the lock", () =>
        inFolder(({ file, folder, fs, open }) =>
          Effect.gen(function* () {
            const store = yield* open()
            const exits = [
              yield* Effect.exit(store.exclusive(Effect.succeed("mine"))),
              yield* Effect.exit(store.exclusive(Effect.fail("mine"))),
              yield* Effect.exit(store.exclusive(Effect.die("bug"))),
              yield* Effect.exit(store.exclusive(Effect.interrupt)),
            ]
            assert.isTrue(Exit.isSuccess(exits[0]!))
            assert.deepStrictEqual(exits[1], Exit.fail("mine"))
            assert.isTrue(Exit.hasDies(exits[2]!))
            const lock = yield* fs.stat(`${file}.owner`)
            assert.deepStrictEqual([lock.mode & 0o777, Number(lock.size)], [0o600, 0])
            assert.deepStrictEqual(yield* fs.readDirectory(folder), ["tokens.json.owner"])
            assert.strictEqual(yield* (yield* open()).exclusive(Effect.succeed("again")), "again")
          }),
        ),
      )

      it.effect("fails before starting the effect if the disk is full or read-only", () =>
        inFolder(({ folder, fs, open }) =>
          Effect.gen(function* () {
            let ran = false
            const effect = Effect.sync(() => {
              ran = true
            })
            const full = yield* open((fs) => ({
              open: (path, options) =>
                Effect.map(fs.open(path, options), (handle) => ({
                  ...handle,
                  writeAll: () => Effect.fail(ioError("ENOSPC")),
                })),
            }))
            assert.strictEqual((yield* Effect.flip(full.exclusive(effect)))._tag, "TokensUnwritable")
            assert.deepStrictEqual(yield* fs.readDirectory(folder), ["tokens.json.owner"])
            const readOnly = yield* open(() => ({ open: () => Effect.fail(ioError("EROFS")) }))
            assert.match((yield* Effect.flip(readOnly.exclusive(effect))).message, /read-only/)
            assert.isFalse(ran)
          }),
        ),
      )

      it.effect("saves twice even if the disk becomes full after the effect starts", () =>
        inFolder(({ folder, fs, open }) =>
          Effect.gen(function* () {
            const { disk, store } = yield* limited(open)
            yield* store.save(tokens(1))
            yield* store.exclusive(
              Effect.gen(function* () {
                disk.free = 0
                yield* store.save(tokens(2))
                disk.free = 0
                yield* store.save(tokens(3))
                disk.free = 0
                const third = yield* Effect.flip(store.save(tokens(4)))
                assert.strictEqual(third.detail, "no space left on the disk")
              }),
            )
            assert.deepStrictEqual(reveal(yield* store.load), ["access-3", "refresh-3"])
            assert.deepStrictEqual((yield* fs.readDirectory(folder)).toSorted(), ["tokens.json", "tokens.json.owner"])
          }),
        ),
      )

      it.effect("saves a pairing even if the disk becomes full before the approval", () =>
        inFolder(({ folder, fs, open }) =>
          Effect.gen(function* () {
            const { disk, store } = yield* limited(open)
            const poll = Effect.sync(() => {
              disk.free = 0
              return tokens(2)
            })
            const service = { request: Effect.succeed(deviceCode), poll: () => poll } as unknown
            yield* Pairing.run(() => Effect.void).pipe(
              Effect.provideService(DeviceAuthorization, service as DeviceAuthorization["Service"]),
              Effect.provideService(TokenStore, store),
            )
            assert.deepStrictEqual(reveal(yield* store.load), ["access-2", "refresh-2"])
            assert.deepStrictEqual((yield* fs.readDirectory(folder)).toSorted(), ["tokens.json", "tokens.json.owner"])
          }),
        ),
      )

      it.effect("releases the space that was reserved for a pairing if the pairing is not approved", () =>
        inFolder(({ folder, fs, open }) =>
          Effect.gen(function* () {
            const store = yield* open()
            const service = { request: Effect.succeed(deviceCode), poll: () => Effect.die("declined") } as unknown
            const during = yield* Effect.exit(
              Pairing.run(() => Effect.void).pipe(
                Effect.provideService(DeviceAuthorization, service as DeviceAuthorization["Service"]),
                Effect.provideService(TokenStore, store),
              ),
            )
            assert.isTrue(Exit.isFailure(during))
            assert.deepStrictEqual(yield* fs.readDirectory(folder), ["tokens.json.owner"])
          }),
        ),
      )

      it.effect("saves within the reserved space on a copy-on-write file system", () =>
        inFolder(({ open }) =>
          Effect.gen(function* () {
            const { disk, store } = yield* limited(open, { overwrites: false })
            yield* store.exclusive(
              Effect.gen(function* () {
                disk.free = 0
                yield* store.save(tokens(2))
              }),
            )
            assert.deepStrictEqual(reveal(yield* store.load), ["access-2", "refresh-2"])
          }),
        ),
      )

      it.effect("reserves more space than the longest pair from a server needs", () =>
        inFolder(({ open }) =>
          Effect.gen(function* () {
            const { disk, store } = yield* limited(open)
            const long = { ...tokens(1), accessToken: Redacted.make("a".repeat(60_000)) }
            yield* store.exclusive(
              Effect.suspend(() => {
                disk.free = 0
                return store.save(long)
              }),
            )
            const loaded = yield* store.load
            assert.strictEqual(loaded && Redacted.value(loaded.accessToken).length, 60_000)
          }),
        ),
      )

      it.effect("runs the effects of two programs one at a time", () =>
        inFolder(({ open }) =>
          Effect.gen(function* () {
            const one = yield* open()
            const two = yield* open()
            let inside = 0
            let most = 0
            const visit = Effect.gen(function* () {
              most = Math.max(most, ++inside)
              yield* Effect.sleep("2 millis")
              inside--
            })
            const visits = [one.exclusive(visit), two.exclusive(visit), one.exclusive(visit)]
            yield* asTimePasses(Effect.all(visits, { concurrency: 3 }))
            assert.strictEqual(most, 1)
          }),
        ),
      )

      it.effect(
        "ignores lock files from earlier versions, even if they contain the process ID of a running process",
        () =>
          inFolder(({ file, folder, fs, open }) =>
            Effect.gen(function* () {
              yield* fs.makeDirectory(folder, { recursive: true })
              yield* fs.writeFileString(`${file}.lock`, `${Os.hostname()} ${process.pid}`)
              assert.strictEqual(yield* (yield* open()).exclusive(Effect.succeed("mine")), "mine")
            }),
          ),
      )

      it.effect("fails if another program holds the lock for 5 min, and can be interrupted while waiting", () =>
        inFolder(({ file, open }) =>
          Effect.gen(function* () {
            const holder = yield* open()
            const store = yield* open()
            const held = yield* Deferred.make<void>()
            const holding = yield* Effect.forkChild(
              holder.exclusive(Effect.andThen(Deferred.succeed(held, undefined), Effect.never)),
            )
            yield* Deferred.await(held)
            const waiter = yield* Effect.forkChild(store.exclusive(Effect.void), { startImmediately: true })
            yield* Fiber.interrupt(waiter)
            const error = yield* asTimePasses(Effect.flip(store.exclusive(Effect.void)), "10 seconds")
            assert.deepStrictEqual([error._tag, error.verdict.retry], ["TokensLocked", "always"])
            assert.match(
              error.message,
              /^The saved sign-in .* is in use: another process has held the file's lock for 3\d\d s$/,
            )
            assert.include(error.message, file)
            yield* Fiber.interrupt(holding)
            assert.strictEqual(yield* store.exclusive(Effect.succeed("mine")), "mine")
          }),
        ),
      )

      it.effect("reports why the lock file cannot be used", () =>
        inFolder(({ file, folder, open }) =>
          Effect.gen(function* () {
            Fs.mkdirSync(folder)
            Fs.mkdirSync(`${file}.owner`)
            const error = yield* Effect.flip((yield* open()).exclusive(Effect.void))
            assert.deepStrictEqual([error._tag, error.action], ["TokensUnwritable", "remove it"])
            assert.strictEqual(
              error.detail,
              `the file cannot be locked because its lock ${file}.owner cannot be used: the path is a folder`,
            )
          }),
        ),
      )
    })
  })
})
