import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import * as Fs from "node:fs"
import { tmpdir } from "node:os"
import { createServer, type Server } from "node:net"
import { join } from "node:path"
import * as LocalFile from "@holdfast/c2c/LocalFile"
import * as LocalFileError from "@holdfast/c2c/LocalFileError"

const temporary = Effect.acquireRelease(
  Effect.sync(() => Fs.mkdtempSync(join(tmpdir(), "holdfast-local-"))),
  (directory) => Effect.sync(() => Fs.rmSync(directory, { recursive: true, force: true })),
)

const withFile = (content: string) =>
  Effect.map(temporary, (directory) => {
    const path = join(directory, "clip.mov")
    Fs.writeFileSync(path, content)
    return path
  })

/** How many times this process has the path open (Linux). */
const timesOpen = (path: string): number =>
  Fs.readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return Fs.readlinkSync(`/proc/self/fd/${fd}`) === path
    } catch {
      return false
    }
  }).length

const errorOf = (path: string) => Effect.flip(Effect.scoped(LocalFile.open(path)))

describe("LocalFile", () => {
  it.effect("reads any range of the file", () =>
    Effect.gen(function* () {
      const file = yield* LocalFile.open(yield* withFile("0123456789"))
      const buffer = new Uint8Array(4)
      yield* file.read(buffer, 3)
      assert.strictEqual(Buffer.from(buffer).toString(), "3456")
      assert.strictEqual(file.bytes, 10)
      yield* file.read(new Uint8Array(0), 10)
      yield* file.unchanged
    }),
  )

  it.effect("reports when the file was last modified", () =>
    Effect.gen(function* () {
      const path = yield* withFile("x")
      Fs.utimesSync(path, 1_000, 1_234)
      assert.strictEqual((yield* LocalFile.open(path)).modifiedAt, 1_234_000)
    }),
  )

  it.effect("closes the file when its scope closes", () =>
    Effect.gen(function* () {
      const path = Fs.realpathSync(yield* withFile("x"))
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* LocalFile.open(path)
          assert.strictEqual(timesOpen(path), 1)
        }),
      )
      assert.strictEqual(timesOpen(path), 0)
    }),
  )

  it.effect("closes the file when the fiber that uses it is interrupted", () =>
    Effect.gen(function* () {
      const path = Fs.realpathSync(yield* withFile("x"))
      const fiber = yield* Effect.forkChild(Effect.scoped(Effect.andThen(LocalFile.open(path), Effect.never)))
      while (timesOpen(path) === 0) yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(timesOpen(path), 0)
    }),
  )

  it.effect.each(
    process.platform === "linux"
      ? ([
          ["/proc/self/status", "the file system reports a size of 0 bytes, but the content is longer"],
          [
            "/sys/kernel/mm/transparent_hugepage/enabled",
            "the file system reports a size of 4096 bytes, but the content has a different length",
          ],
        ] as const)
      : [],
  )("rejects %s, whose content differs in length from its reported size", ([path, detail]) =>
    Effect.gen(function* () {
      const error = yield* errorOf(path)
      assert.deepStrictEqual([error._tag, error.detail, error.verdict.retry], ["SizeUnreliable", detail, "never"])
    }),
  )

  it.effect("opens an empty file", () =>
    Effect.gen(function* () {
      const file = yield* LocalFile.open(yield* withFile(""))
      assert.strictEqual(file.bytes, 0)
      yield* file.unchanged
    }),
  )

  it.effect("reads the content of a file at once up to the given length", () =>
    Effect.gen(function* () {
      const path = yield* withFile("0123456789")
      const contentOf = (contentUpTo?: number) =>
        Effect.map(LocalFile.open(path, { contentUpTo }), ({ content }) => content && Buffer.from(content).toString())
      assert.strictEqual(yield* contentOf(10), "0123456789")
      assert.strictEqual(yield* contentOf(9), undefined)
      assert.strictEqual(yield* contentOf(), undefined)
      const empty = yield* LocalFile.open(yield* withFile(""), { contentUpTo: 10 })
      assert.strictEqual(empty.content?.byteLength, 0)
      if (process.platform !== "linux") return
      const error = yield* Effect.flip(LocalFile.open("/proc/self/status", { contentUpTo: 10 }))
      assert.strictEqual(error._tag, "SizeUnreliable")
    }),
  )

  it.effect("hashes a range of the file", () =>
    Effect.gen(function* () {
      const file = yield* LocalFile.open(yield* withFile("x".repeat(2_000_000) + "tail"))
      const expected = createHash("sha256")
        .update("x".repeat(1_500_000) + "tail")
        .digest("hex")
      assert.strictEqual(yield* LocalFile.sha256(file, 500_000, 1_500_004), expected)
    }),
  )

  it.effect("reports a missing file as an error that the user must resolve", () =>
    Effect.gen(function* () {
      const error = yield* errorOf(join(yield* temporary, "none.mov"))
      assert.strictEqual(error._tag, "FileMissing")
      assert.strictEqual(error.verdict.retry, "never")
      assert.strictEqual(error.verdict.change, "human")
    }),
  )

  it.effect("reports a file as missing if its path treats another file as a directory", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* errorOf(join(yield* withFile("x"), "none.mov")))._tag, "FileMissing")
    }),
  )

  it.effect("rejects a directory and closes it", () =>
    Effect.gen(function* () {
      const directory = Fs.realpathSync(yield* temporary)
      assert.strictEqual((yield* errorOf(directory))._tag, "IsDirectory")
      assert.strictEqual(timesOpen(directory), 0)
    }),
  )

  it.effect.skipIf(process.platform === "win32")(
    "rejects a named pipe without waiting for its writer (not on Windows)",
    () =>
      Effect.gen(function* () {
        const path = join(yield* temporary, "pipe")
        execFileSync("mkfifo", [path])
        assert.strictEqual((yield* errorOf(path))._tag, "NotRegularFile")
      }),
  )

  it.effect.skipIf(process.platform === "win32")(
    "reports that a socket is not a regular file, instead of reporting a removed medium",
    () =>
      Effect.gen(function* () {
        const path = join(yield* temporary, "socket")
        yield* Effect.acquireRelease(
          Effect.callback<Server>((resume) => {
            const server = createServer().listen(path, () => resume(Effect.succeed(server)))
          }),
          (server) => Effect.sync(() => server.close()),
        )
        assert.strictEqual((yield* errorOf(path))._tag, "NotRegularFile")
      }),
  )

  it.effect("rejects a path that is too long or contains a loop of symbolic links", () =>
    Effect.gen(function* () {
      const directory = yield* temporary
      assert.strictEqual((yield* errorOf(join(directory, "x".repeat(300))))._tag, "BadPath")
      const loop = join(directory, "loop")
      Fs.symlinkSync(loop, loop)
      assert.strictEqual((yield* errorOf(loop))._tag, "BadPath")
    }),
  )

  it.effect("reports a file that cannot be opened because of missing permissions", () =>
    Effect.gen(function* () {
      const path = yield* withFile("x")
      Fs.chmodSync(path, 0)
      assert.strictEqual((yield* errorOf(path).pipe(asNobody))._tag, "NoPermission")
    }),
  )

  it.effect.each([
    ["grew", (path: string) => Fs.appendFileSync(path, "more"), "size"],
    ["was touched", (path: string) => Fs.utimesSync(path, 1, 1), "modification time"],
    [
      "was rewritten in place with its old modification time",
      (path: string) => {
        const { atime, mtime } = Fs.statSync(path)
        Fs.writeFileSync(path, "9876543210")
        Fs.utimesSync(path, atime, mtime)
      },
      "change time",
    ],
    [
      "was replaced",
      (path: string) => {
        const { atime, mtime } = Fs.statSync(path)
        Fs.copyFileSync(path, `${path}.new`)
        Fs.utimesSync(`${path}.new`, atime, mtime)
        Fs.renameSync(`${path}.new`, path)
      },
      "inode",
    ],
    ["was removed", (path: string) => Fs.unlinkSync(path), "removed or renamed"],
  ] as const)("detects that the file %s", ([, change, detail]) =>
    Effect.gen(function* () {
      const path = yield* withFile("0123456789")
      const file = yield* LocalFile.open(path)
      yield* file.unchanged
      change(path)
      const error = yield* Effect.flip(file.unchanged)
      assert.strictEqual(error._tag, "FileChanged")
      assert.strictEqual(error.verdict.retry, "never")
      assert.strictEqual(error.verdict.change, "plan")
      assert.include(error.message, detail)
    }),
  )

  it.effect("reports a truncated file as changed", () =>
    Effect.gen(function* () {
      const path = yield* withFile("0123456789")
      const file = yield* LocalFile.open(path)
      Fs.truncateSync(path, 4)
      const error = yield* Effect.flip(file.read(new Uint8Array(10), 0))
      assert.strictEqual(error._tag, "FileChanged")
      assert.include(error.message, "byte 4")
    }),
  )
})

describe("LocalFileError", () => {
  it.each([
    ["ENOENT", "FileMissing", "never"],
    ["ENOTDIR", "FileMissing", "never"],
    ["EISDIR", "IsDirectory", "never"],
    ["EACCES", "NoPermission", "never"],
    ["EPERM", "NoPermission", "never"],
    ["ENAMETOOLONG", "BadPath", "never"],
    ["ELOOP", "BadPath", "never"],
    ["EBUSY", "FileBusy", "always"],
    ["ETXTBSY", "FileBusy", "always"],
    ["EAGAIN", "FileBusy", "always"],
    ["EINTR", "FileBusy", "always"],
    ["EIO", "ReadFailed", "always"],
    ["ETIMEDOUT", "ReadFailed", "always"],
    ["EMFILE", "TooManyOpenFiles", "always"],
    ["ENFILE", "TooManyOpenFiles", "always"],
    ["ENOMEM", "TooManyOpenFiles", "always"],
    ["ENODEV", "MediumGone", "never"],
    ["ENXIO", "MediumGone", "never"],
    ["ESTALE", "MediumGone", "never"],
    ["ENOTCONN", "MediumGone", "never"],
    ["EOVERFLOW", "UnknownFileError", "once"],
    ["constructor", "UnknownFileError", "once"],
  ] as const)("converts %s to %s, which is retried %s", (code, tag, retry) => {
    const error = LocalFileError.fromCause("/a.mov", Object.assign(new Error(code), { code }))
    assert.strictEqual(error._tag, tag)
    assert.strictEqual(error.verdict.retry, retry)
    assert.strictEqual(error.code, code)
    assert.include(error.message, "/a.mov")
  })

  it("lists 20 error codes", () => {
    assert.strictEqual(LocalFileError.codes.length, 20)
  })

  it("accepts any thrown value", () => {
    for (const cause of [undefined, null, "text", 7, {}, new Error("plain"), { code: 7 }]) {
      assert.strictEqual(LocalFileError.fromCause("/a.mov", cause)._tag, "UnknownFileError")
    }
  })
})

/** Runs as a user who is subject to permissions; root can read everything, so the mode of a file would prove nothing. */
const asNobody = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  process.getuid?.() === 0
    ? Effect.acquireUseRelease(
        Effect.sync(() => process.seteuid?.(65_534)),
        () => effect,
        () => Effect.sync(() => process.seteuid?.(0)),
      )
    : effect
