import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import {
  Cause,
  Clock,
  Deferred,
  Effect,
  Exit,
  Fiber,
  FileSystem,
  Layer,
  type Option,
  Path,
  PlatformError,
  Redacted,
  Stream,
} from "effect"
import { TokenStore } from "@holdfast/oauth"
import { asTimePasses, reveal, tokens } from "./support.ts"

const code = (code: string) =>
  PlatformError.systemError({
    _tag: code === "EACCES" ? "PermissionDenied" : "Unknown",
    module: "FileSystem",
    method: "test",
    cause: Object.assign(new Error(code), { code }),
  })

/** A store in a folder of its own, over the real file system, changed and watched by the test. */
const inFolder = <A, E>(
  body: (tools: {
    readonly fs: FileSystem.FileSystem
    readonly file: string
    readonly folder: string
    readonly open: (
      change?: (fs: FileSystem.FileSystem) => Partial<FileSystem.FileSystem>,
    ) => Effect.Effect<TokenStore["Service"]>
  }) => Effect.Effect<A, E, FileSystem.FileSystem>,
) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const folder = yield* fs.makeTempDirectoryScoped()
    const file = path.join(folder, "state", "tokens.json")
    return yield* body({
      fs,
      file,
      folder: path.join(folder, "state"),
      open: (change = () => ({})) =>
        TokenStore.pipe(
          Effect.provide(
            TokenStore.layerFile(file).pipe(
              Layer.provide([
                Layer.succeed(FileSystem.FileSystem, { ...fs, ...change(fs) }),
                Layer.succeed(Path.Path, path),
              ]),
              Layer.fresh,
            ),
          ),
        ),
    })
  }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))

describe("TokenStore", () => {
  describe("layerMemory", () => {
    it.effect("keeps the tokens, says what was saved, and forgets", () =>
      Effect.gen(function* () {
        const store = yield* TokenStore
        assert.isUndefined(yield* store.load)
        const seen = yield* store.changes.pipe(
          Stream.take(2),
          Stream.runCollect,
          Effect.forkChild({ startImmediately: true }),
        )
        yield* store.save(tokens(1))
        yield* store.save(tokens(2))
        assert.deepStrictEqual(reveal(yield* store.load), ["access-2", "refresh-2"])
        assert.deepStrictEqual((yield* Fiber.join(seen)).map(reveal), [
          ["access-1", "refresh-1"],
          ["access-2", "refresh-2"],
        ])
        yield* store.clear
        assert.isUndefined(yield* store.load)
      }).pipe(Effect.provide(TokenStore.layerMemory)),
    )
  })

  describe("layerFile", () => {
    it.effect("keeps the tokens for the next program", () =>
      inFolder(({ open }) =>
        Effect.gen(function* () {
          const first = yield* open()
          assert.isUndefined(yield* first.load)
          yield* first.save({ ...tokens(1), scope: "offline" })
          const next = yield* open()
          const loaded = yield* next.load
          assert.deepStrictEqual(reveal(loaded), ["access-1", "refresh-1"])
          assert.strictEqual(loaded?.scope, "offline")
          assert.strictEqual(loaded?.expiresAt, 28_800_000)
          yield* next.clear
          assert.isUndefined(yield* first.load)
          yield* next.clear
        }),
      ),
    )

    it.effect("keeps a sign-in without a refresh token", () =>
      inFolder(({ open }) =>
        Effect.gen(function* () {
          const store = yield* open()
          yield* store.save({ ...tokens(1), refreshToken: undefined })
          assert.deepStrictEqual(reveal(yield* store.load), ["access-1", undefined])
        }),
      ),
    )

    it.effect("lets nobody but the owner read, also where the file was open to all before", () =>
      inFolder(({ file, folder, fs, open }) =>
        Effect.gen(function* () {
          const store = yield* open()
          yield* store.save(tokens(1))
          assert.strictEqual((yield* fs.stat(file)).mode & 0o777, 0o600)
          assert.strictEqual((yield* fs.stat(folder)).mode & 0o777, 0o700)
          yield* fs.chmod(file, 0o666)
          yield* store.save(tokens(2))
          assert.strictEqual((yield* fs.stat(file)).mode & 0o777, 0o600)
        }),
      ),
    )

    it.effect("writes, syncs, renames and syncs the folder, in this order", () =>
      inFolder(({ file, folder, open }) =>
        Effect.gen(function* () {
          const log: Array<string> = []
          const name = (path: string) =>
            path === folder
              ? "folder"
              : path === file
                ? "file"
                : path.replace(file, "file").replace(/\.[0-9a-f]+\.tmp/, ".tmp")
          const store = yield* open((fs) => ({
            open: (path, options) =>
              Effect.map(fs.open(path, options), (handle) => {
                log.push(`open ${name(path)} ${options?.flag} ${options?.mode?.toString(8) ?? ""}`.trim())
                return {
                  ...handle,
                  writeAll: (bytes) =>
                    Effect.tap(handle.writeAll(bytes), () => Effect.sync(() => log.push(`write ${name(path)}`))),
                  sync: Effect.tap(handle.sync, () => Effect.sync(() => log.push(`sync ${name(path)}`))),
                }
              }),
            rename: (from, to) =>
              Effect.tap(fs.rename(from, to), () => Effect.sync(() => log.push(`rename ${name(from)} ${name(to)}`))),
          }))
          yield* store.save(tokens(1))
          assert.deepStrictEqual(log, [
            "open file.tmp wx 600",
            "write file.tmp",
            "sync file.tmp",
            "rename file.tmp file",
            "open folder r",
            "sync folder",
          ])
        }),
      ),
    )

    it.effect("has the old pair when the machine stops between writing and renaming", () =>
      inFolder(({ fs, open, folder }) =>
        Effect.gen(function* () {
          yield* (yield* open()).save(tokens(1))
          // The program ends here: nothing after the rename runs, not even cleaning up.
          const stops = yield* open(() => ({ rename: () => Effect.never }))
          yield* Effect.forkDetach(stops.save(tokens(2)), { startImmediately: true })
          const written = (name: string) => name.endsWith(".tmp")
          let left: ReadonlyArray<string> = []
          while (!left.some(written)) {
            left = yield* fs.readDirectory(folder)
          }
          const next = yield* open()
          assert.deepStrictEqual(reveal(yield* next.load), ["access-1", "refresh-1"])
          yield* next.save(tokens(3))
          assert.deepStrictEqual(reveal(yield* next.load), ["access-3", "refresh-3"])
        }),
      ),
    )

    it.effect("removes what a crash has left, but not what another writer is writing now", () =>
      inFolder(({ file, folder, fs, open }) =>
        Effect.gen(function* () {
          const store = yield* open()
          yield* store.save(tokens(1))
          const hourAgo = ((yield* fs.stat(file)).mtime as Option.Some<Date>).value.getTime() - 3_600_000
          for (const name of ["tokens.json.1f.tmp", "tokens.json.notes", "other.json.1f.tmp"]) {
            yield* fs.writeFileString(`${folder}/${name}`, "left over")
            yield* fs.utimes(`${folder}/${name}`, hourAgo / 1000, hourAgo / 1000)
          }
          yield* fs.writeFileString(`${folder}/tokens.json.2f.tmp`, "being written")
          yield* store.save(tokens(2))
          assert.deepStrictEqual((yield* fs.readDirectory(folder)).toSorted(), [
            "other.json.1f.tmp",
            "tokens.json",
            "tokens.json.2f.tmp",
            "tokens.json.notes",
          ])
        }),
      ),
    )

    it.effect("keeps the old pair and leaves nothing behind when the disk is full", () =>
      inFolder(({ fs, folder, open }) =>
        Effect.gen(function* () {
          yield* (yield* open()).save(tokens(1))
          const full = yield* open((fs) => ({
            open: (path, options) =>
              Effect.map(fs.open(path, options), (handle) => ({
                ...handle,
                writeAll: () => Effect.fail(code("ENOSPC")),
              })),
          }))
          const error = yield* Effect.flip(full.save(tokens(2)))
          assert.strictEqual(error._tag, "TokensUnwritable")
          assert.strictEqual(error.detail, "no space left on the disk")
          assert.strictEqual(error.verdict.retry, "never")
          assert.deepStrictEqual(reveal(yield* full.load), ["access-1", "refresh-1"])
          assert.deepStrictEqual(yield* fs.readDirectory(folder), ["tokens.json"])
        }),
      ),
    )

    const damaged: ReadonlyArray<readonly [string, string]> = [
      ["empty", ""],
      ["blank", "\n \n"],
      ["cut short", '{"version":1,"accessToken":"canary-4711","refr'],
      ["not JSON", "canary-4711"],
      ["not an object", "[1,2]"],
      ["without tokens", '{"version":1}'],
      ["of another version", '{"version":2,"accessToken":"canary-4711","refreshToken":"b","expiresAt":1}'],
      ["of other types", '{"version":1,"accessToken":4711,"expiresAt":"canary-4711"}'],
      ["full of zeros", "\0".repeat(512)],
    ]
    for (const [name, content] of damaged) {
      it.effect(`says to sign in again when the file is ${name}, and can be signed in again`, () =>
        inFolder(({ file, folder, fs, open }) =>
          Effect.gen(function* () {
            yield* fs.makeDirectory(folder, { recursive: true })
            yield* fs.writeFileString(file, content)
            const store = yield* open()
            const error = yield* Effect.flip(store.load)
            assert.strictEqual(error._tag, "TokensCorrupt")
            assert.include(error.message, file)
            assert.match(error.action, /sign in again/)
            assert.notInclude(error.message + JSON.stringify(error) + Cause.pretty(Cause.fail(error)), "4711")
            yield* store.save(tokens(1))
            assert.deepStrictEqual(reveal(yield* store.load), ["access-1", "refresh-1"])
          }),
        ),
      )
    }

    it.effect("says what is wrong when the file cannot be read", () =>
      inFolder(({ file, fs, open }) =>
        Effect.gen(function* () {
          const denied = yield* open(() => ({ readFileString: () => Effect.fail(code("EACCES")) }))
          const error = yield* Effect.flip(denied.load)
          assert.strictEqual(error._tag, "TokensUnreadable")
          assert.strictEqual(error.message, `The saved sign-in ${file} cannot be read: no permission`)
          const broken = yield* open(() => ({ readFileString: () => Effect.fail(code("EIO")) }))
          assert.strictEqual((yield* Effect.flip(broken.load)).verdict.retry, "always")
          // A folder where the file should be.
          yield* fs.makeDirectory(file, { recursive: true })
          const folder = yield* Effect.flip((yield* open()).load)
          assert.strictEqual(folder.detail, "it is a folder")
        }),
      ),
    )

    it.effect("says what this program saved", () =>
      inFolder(({ open }) =>
        Effect.gen(function* () {
          const store = yield* open()
          const seen = yield* store.changes.pipe(
            Stream.take(1),
            Stream.runCollect,
            Effect.forkChild({ startImmediately: true }),
          )
          yield* store.save(tokens(1))
          assert.deepStrictEqual((yield* Fiber.join(seen)).map(reveal), [["access-1", "refresh-1"]])
        }),
      ),
    )

    it.effect("finishes a save that is interrupted", () =>
      inFolder(({ open }) =>
        Effect.gen(function* () {
          const store = yield* open()
          const fiber = yield* Effect.forkChild(store.save(tokens(1)), { startImmediately: true })
          yield* Fiber.interrupt(fiber)
          assert.deepStrictEqual(reveal(yield* store.load), ["access-1", "refresh-1"])
        }),
      ),
    )

    describe("exclusive", () => {
      it.effect("holds a lock file for its owner only, and removes it whatever happens", () =>
        inFolder(({ file, fs, open }) =>
          Effect.gen(function* () {
            const store = yield* open()
            const lock = `${file}.lock`
            yield* store.exclusive(
              Effect.gen(function* () {
                assert.strictEqual((yield* fs.stat(lock)).mode & 0o777, 0o600)
              }),
            )
            assert.isFalse(yield* fs.exists(lock))
            assert.strictEqual(yield* Effect.flip(store.exclusive(Effect.fail("mine"))), "mine")
            assert.isFalse(yield* fs.exists(lock))
            const exit = yield* Effect.exit(store.exclusive(Effect.die("bug")))
            assert.isTrue(Exit.hasDies(exit))
            assert.isFalse(yield* fs.exists(lock))
          }),
        ),
      )

      it.effect("fails before it starts when the disk is full or read-only", () =>
        inFolder(({ file, fs, open }) =>
          Effect.gen(function* () {
            let ran = false
            const effect = Effect.sync(() => {
              ran = true
            })
            const full = yield* open((fs) => ({
              open: (path, options) =>
                Effect.map(fs.open(path, options), (handle) => ({
                  ...handle,
                  writeAll: () => Effect.fail(code("ENOSPC")),
                })),
            }))
            assert.strictEqual((yield* Effect.flip(full.exclusive(effect)))._tag, "TokensUnwritable")
            assert.isFalse(yield* fs.exists(`${file}.lock`))
            const readOnly = yield* open(() => ({ open: () => Effect.fail(code("EROFS")) }))
            assert.match((yield* Effect.flip(readOnly.exclusive(effect))).message, /read-only/)
            assert.isFalse(ran)
          }),
        ),
      )

      it.effect("lets two programs take turns", () =>
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

      it.effect("takes over the lock of a program that has ended", () =>
        inFolder(({ file, folder, fs, open }) =>
          Effect.gen(function* () {
            yield* fs.makeDirectory(folder, { recursive: true })
            const store = yield* open()
            // No process has this number on any system: the limit of Linux is 2^22.
            const host = yield* lockedBy(store, fs, file)
            yield* fs.writeFileString(`${file}.lock`, `${host} 999999999`)
            assert.strictEqual(yield* store.exclusive(Effect.succeed("mine")), "mine")
          }),
        ),
      )

      it.effect("takes over a lock of unknown origin after 3 min without a change", () =>
        inFolder(({ file, folder, fs, open }) =>
          Effect.gen(function* () {
            yield* fs.makeDirectory(folder, { recursive: true })
            yield* fs.writeFileString(`${file}.lock`, "another-host 1")
            const store = yield* open()
            const mine = store.exclusive(Effect.succeed("mine"))
            assert.strictEqual(yield* asTimePasses(mine, "10 seconds"), "mine")
            const waited = (yield* Clock.currentTimeMillis) / 1000
            assert.isAtLeast(waited, 180)
          }),
        ),
      )

      it.effect("can be interrupted while it waits, and leaves the other's lock alone", () =>
        inFolder(({ file, folder, fs, open }) =>
          Effect.gen(function* () {
            yield* fs.makeDirectory(folder, { recursive: true })
            yield* fs.writeFileString(`${file}.lock`, "another-host 1")
            const looked = yield* Deferred.make<void>()
            const store = yield* open((fs) => ({
              readFileString: (path) => Effect.tap(fs.readFileString(path), () => Deferred.succeed(looked, undefined)),
            }))
            const fiber = yield* Effect.forkChild(store.exclusive(Effect.succeed("mine")))
            yield* Deferred.await(looked)
            yield* fs.exists(file)
            yield* Fiber.interrupt(fiber)
            assert.isTrue(yield* fs.exists(`${file}.lock`))
          }),
        ),
      )
    })
  })

  it("shows nothing of a pair that is printed", () => {
    const text = `${JSON.stringify(tokens(1))} ${String(tokens(1).accessToken)} ${Redacted.make("x")}`
    assert.notInclude(text, "access-1")
    assert.notInclude(text, "refresh-1")
  })
})

/** The name of this host, as it stands in a lock. */
const lockedBy = (store: TokenStore["Service"], fs: FileSystem.FileSystem, file: string) =>
  Effect.map(store.exclusive(Effect.orDie(fs.readFileString(`${file}.lock`))), (content) => content.split(" ")[0]!)
