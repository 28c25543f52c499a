import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import {
  Cause,
  Deferred,
  Effect,
  Exit,
  Fiber,
  FileSystem,
  Layer,
  Option,
  Path,
  PlatformError,
  Redacted,
  Stream,
} from "effect"
import { execFileSync } from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import { join } from "node:path"
import { DeviceAuthorization, Pairing, TokenStore, type TokenStoreError } from "@holdfast/oauth"
import { asTimePasses, code as deviceCode, reveal, tokens } from "./support/server.ts"

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
    ) => Effect.Effect<TokenStore["Service"], TokenStoreError>
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

    it.effect("keeps the file and its folder for the owner alone", () =>
      inFolder(({ file, folder, fs, open }) =>
        Effect.gen(function* () {
          const store = yield* open()
          yield* store.save(tokens(1))
          assert.strictEqual((yield* fs.stat(file)).mode & 0o777, 0o600)
          assert.strictEqual((yield* fs.stat(folder)).mode & 0o777, 0o700)
        }),
      ),
    )

    for (const mode of [0o666, 0o644, 0o640, 0o604, 0o620]) {
      it.effect(`refuses a file of mode ${mode.toString(8)} before anyone signs in, and says how to mend it`, () =>
        inFolder(({ file, fs, open }) =>
          Effect.gen(function* () {
            const store = yield* open()
            yield* store.save(tokens(1))
            yield* fs.chmod(file, mode)
            const wanted = `other users of this machine have access to it (mode 0${mode.toString(8)})`
            for (const refused of [open(), store.load, store.exclusive(Effect.void), store.save(tokens(2))]) {
              const error = yield* Effect.flip(Effect.asVoid(refused as Effect.Effect<unknown, TokenStoreError>))
              assert.deepStrictEqual([error._tag, error.detail], ["TokensUnusable", wanted])
              assert.strictEqual(error.action, `run chmod 600 ${file}`)
            }
            yield* fs.chmod(file, 0o600)
            assert.deepStrictEqual(reveal(yield* store.load), ["access-1", "refresh-1"])
          }),
        ),
      )
    }

    it.effect("refuses a file of another user", () =>
      inFolder(({ file, open }) =>
        Effect.gen(function* () {
          yield* (yield* open()).save(tokens(1))
          const foreign = open((fs) => ({
            stat: (path) => Effect.map(fs.stat(path), (info) => ({ ...info, uid: Option.some(4711) })),
          }))
          const error = yield* Effect.flip(foreign)
          assert.strictEqual(error.message, `The sign-in cannot be saved in ${file}: it belongs to another user`)
        }),
      ),
    )

    const odd: ReadonlyArray<readonly [string, string, (file: string) => void]> = [
      ["a folder", "it is a folder", (file) => Fs.mkdirSync(file)],
      ["a pipe", "it is a pipe", (file) => execFileSync("mkfifo", ["-m", "600", file])],
      ["a device", "it is a device", (file) => Fs.symlinkSync("/dev/null", file)],
      ["a link to a folder", "it is a folder", (file) => Fs.symlinkSync("/tmp", file)],
      ["a link to itself", "too many symbolic links", (file) => Fs.symlinkSync(file, file)],
    ]
    for (const [name, detail, put] of odd) {
      it.effect(`refuses ${name} in the place of the file when the layer is built`, () =>
        inFolder(({ file, folder, open }) =>
          Effect.gen(function* () {
            Fs.mkdirSync(folder)
            put(file)
            const error = yield* Effect.flip(open())
            assert.deepStrictEqual([error._tag, error.detail], ["TokensUnusable", detail])
          }),
        ),
      )
    }

    it.effect("refuses a file system without modes before anyone signs in", () =>
      inFolder(({ folder, fs, open }) =>
        Effect.gen(function* () {
          const exfat = yield* open((fs) => ({
            stat: (path) => Effect.map(fs.stat(path), (info) => ({ ...info, mode: 0o100755 })),
          }))
          const error = yield* Effect.flip(exfat.exclusive(Effect.die("ran")))
          assert.deepStrictEqual(
            [error._tag, error.detail, error.action],
            [
              "TokensUnusable",
              "its file system cannot protect files from other users",
              "choose a folder on another disk",
            ],
          )
          assert.deepStrictEqual(yield* fs.readDirectory(folder), ["tokens.json.owner"])
        }),
      ),
    )

    it.effect("replaces the target of a symbolic link and keeps the link", () =>
      inFolder(({ file, folder, fs, open }) =>
        Effect.gen(function* () {
          const elsewhere = `${folder}/../elsewhere`
          Fs.mkdirSync(folder)
          Fs.mkdirSync(elsewhere)
          Fs.symlinkSync("second", file)
          Fs.symlinkSync("../elsewhere/real.json", `${folder}/second`)
          const store = yield* open()
          for (const n of [1, 2]) {
            yield* store.exclusive(store.save(tokens(n)))
            assert.deepStrictEqual(reveal(yield* store.load), [`access-${n}`, `refresh-${n}`])
          }
          assert.strictEqual(yield* fs.readLink(file), "second")
          assert.strictEqual(yield* fs.readLink(`${folder}/second`), "../elsewhere/real.json")
          assert.strictEqual(Fs.lstatSync(`${elsewhere}/real.json`).mode & 0o777, 0o600)
          // Every name of the file shares the lock.
          assert.deepStrictEqual((yield* fs.readDirectory(elsewhere)).toSorted(), ["real.json", "real.json.owner"])
        }),
      ),
    )

    const folders: ReadonlyArray<readonly [string, (folder: string) => string, RegExp]> = [
      ["in which no folder can be made", () => "/proc/self/holdfast", /its folder cannot be made/],
      [
        "that is a file",
        (folder) => {
          Fs.writeFileSync(join(folder, "file"), "")
          return join(folder, "file")
        },
        /part of its path is a file/,
      ],
    ]
    for (const [name, place, detail] of folders) {
      it.effect.skipIf(process.platform !== "linux")(
        `says what is wrong with a folder ${name}, and does not hang`,
        () =>
          Effect.gen(function* () {
            const fs = yield* FileSystem.FileSystem
            const file = join(place(yield* fs.makeTempDirectoryScoped()), "tokens.json")
            const layer = Layer.fresh(TokenStore.layerFile(file))
            const error = yield* Effect.flip(TokenStore.use((store) => store.exclusive(Effect.void))).pipe(
              Effect.provide(layer),
            )
            assert.strictEqual(error._tag, "TokensUnwritable")
            assert.match(error.message, detail)
          }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
      )
    }

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
            yield* fs.writeFileString(file, content, { mode: 0o600 })
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
      inFolder(({ file, open }) =>
        Effect.gen(function* () {
          const denied = yield* open(() => ({ readFileString: () => Effect.fail(code("EACCES")) }))
          const error = yield* Effect.flip(denied.load)
          assert.strictEqual(error._tag, "TokensUnreadable")
          assert.strictEqual(error.message, `The saved sign-in ${file} cannot be read: no permission`)
          const broken = yield* open(() => ({ readFileString: () => Effect.fail(code("EIO")) }))
          assert.strictEqual((yield* Effect.flip(broken.load)).verdict.retry, "always")
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
      it.effect("leaves an empty lock file of the owner's alone, and releases it whatever happens", () =>
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

      it.effect("fails before it starts when the disk is full or read-only", () =>
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
                  writeAll: () => Effect.fail(code("ENOSPC")),
                })),
            }))
            assert.strictEqual((yield* Effect.flip(full.exclusive(effect)))._tag, "TokensUnwritable")
            assert.deepStrictEqual(yield* fs.readDirectory(folder), ["tokens.json.owner"])
            const readOnly = yield* open(() => ({ open: () => Effect.fail(code("EROFS")) }))
            assert.match((yield* Effect.flip(readOnly.exclusive(effect))).message, /read-only/)
            assert.isFalse(ran)
          }),
        ),
      )

      it.effect("saves twice on a disk that filled up after it began", () =>
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

      it.effect("saves a pairing on a disk that filled up while the person approved it", () =>
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

      it.effect("releases the reserved space of a pairing that was not approved", () =>
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

      it.effect("saves on a copy-on-write file system in the reserved space", () =>
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

      it.effect("reserves more than the longest pair that a server sends", () =>
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

      it.effect("does not wait for what earlier versions left, a lock with the number of a process that lives", () =>
        inFolder(({ file, folder, fs, open }) =>
          Effect.gen(function* () {
            yield* fs.makeDirectory(folder, { recursive: true })
            yield* fs.writeFileString(`${file}.lock`, `${Os.hostname()} ${process.pid}`)
            assert.strictEqual(yield* (yield* open()).exclusive(Effect.succeed("mine")), "mine")
          }),
        ),
      )

      it.effect("says so when another program keeps the lock for 5 min, and can be interrupted meanwhile", () =>
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
              /^The saved sign-in .* is in use: another process has held its lock for 3\d\d s$/,
            )
            assert.include(error.message, file)
            yield* Fiber.interrupt(holding)
            assert.strictEqual(yield* store.exclusive(Effect.succeed("mine")), "mine")
          }),
        ),
      )

      it.effect("says what is wrong with its lock file", () =>
        inFolder(({ file, folder, open }) =>
          Effect.gen(function* () {
            Fs.mkdirSync(folder)
            Fs.mkdirSync(`${file}.owner`)
            const error = yield* Effect.flip((yield* open()).exclusive(Effect.void))
            assert.deepStrictEqual([error._tag, error.action], ["TokensUnwritable", "remove it"])
            assert.strictEqual(error.detail, `its lock ${file}.owner cannot be used: it is a folder`)
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

/** A store on a disk with so many bytes free; a file that is removed, renamed over or cut gives its bytes back. */
const limited = (
  open: (
    change: (fs: FileSystem.FileSystem) => Partial<FileSystem.FileSystem>,
  ) => Effect.Effect<TokenStore["Service"], TokenStoreError>,
  { overwrites = true } = {},
) => {
  const disk = { free: 1_000_000 }
  const sizes = new Map<string, number>()
  const grow = (path: string, to: number, taken = to - (sizes.get(path) ?? 0)) => {
    if (taken > disk.free) return Effect.fail(code("ENOSPC"))
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
