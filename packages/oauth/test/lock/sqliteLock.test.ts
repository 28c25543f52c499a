import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { execFileSync, spawnSync } from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"
import { networkFileSystem } from "../../src/FileSystemKind.ts"
import { tryAcquire } from "../../src/internal/lock/sqliteLock.ts"

const inFolder = <A, E>(body: (file: string) => Effect.Effect<A, E>) =>
  Effect.acquireUseRelease(
    Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-lock-"))),
    (folder) => body(Path.join(folder, "x.owner")),
    (folder) => Effect.sync(() => Fs.rmSync(folder, { recursive: true, force: true })),
  )

const refusal = (file: string) => Effect.map(Effect.flip(tryAcquire(file)), ({ detail, action }) => [detail, action])

const source = (path: string) => fileURLToPath(new URL(`../../src/${path}`, import.meta.url))

/** The output of a separate process, warnings included. */
const node = (program: string, ...flags: ReadonlyArray<string>) => {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [...flags, "--conditions=@holdfast/source", "--input-type=module", "-e", program],
    { encoding: "utf8", env: { ...process.env, NODE_OPTIONS: "" } },
  )
  return [stdout.trim(), stderr.trim()]
}

describe("sqliteLock", () => {
  it.effect("admits a single caller, and becomes available again when that caller releases the lock", () =>
    inFolder((file) =>
      Effect.gen(function* () {
        const held = yield* tryAcquire(file)
        assert.isDefined(held)
        assert.isUndefined(yield* tryAcquire(file))
        assert.isUndefined(yield* tryAcquire(file))
        yield* held?.release ?? Effect.void
        const next = yield* tryAcquire(file)
        assert.isDefined(next)
        yield* next?.release ?? Effect.void
      }),
    ),
  )

  it.effect("uses no disk space: the lock file stays empty, and no other file is created", () =>
    inFolder((file) =>
      Effect.gen(function* () {
        const held = yield* tryAcquire(file)
        assert.deepStrictEqual(Fs.readdirSync(Path.dirname(file)), ["x.owner"])
        assert.strictEqual(Fs.statSync(file).size, 0)
        assert.strictEqual(Fs.statSync(file).mode & 0o777, 0o600)
        yield* held?.release ?? Effect.void
        assert.strictEqual(Fs.statSync(file).size, 0)
      }),
    ),
  )

  const odd: ReadonlyArray<readonly [string, string, string, (file: string) => void]> = [
    ["a symbolic link", "the path is a symbolic link", "remove it", (file) => Fs.symlinkSync("other", file)],
    ["a pipe", "the path is a pipe", "remove it", (file) => execFileSync("mkfifo", [file])],
    ["a folder", "the path is a folder", "remove it", (file) => Fs.mkdirSync(file)],
    [
      "another program's file",
      "the file is damaged, or belongs to another program",
      "close all programs that use the file, then remove the file",
      (file) => Fs.writeFileSync(file, "not a database, and longer than its header ".repeat(40)),
    ],
    [
      "full of zeros",
      "the file is damaged, or belongs to another program",
      "close all programs that use the file, then remove the file",
      (file) => Fs.writeFileSync(file, Buffer.alloc(8192)),
    ],
  ]
  for (const [name, detail, action, put] of odd) {
    it.effect(`rejects a lock file that is ${name}`, () =>
      inFolder((file) =>
        Effect.gen(function* () {
          put(file)
          assert.deepStrictEqual(yield* refusal(file), [detail, action])
        }),
      ),
    )
  }

  it.effect("reports a missing folder, and a file in place of the folder", () =>
    inFolder((file) =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* refusal(`${file}/x`), ["the file's folder does not exist", "create the folder"])
        Fs.writeFileSync(file, "")
        assert.strictEqual((yield* refusal(`${file}/x`))[0], "part of the path is a file instead of a folder")
      }),
    ),
  )

  // Only root can write everywhere and give files away.
  const root = process.getuid?.() === 0
  it.effect.skipIf(root)("rejects a read-only folder", () =>
    inFolder((file) =>
      Effect.gen(function* () {
        Fs.chmodSync(Path.dirname(file), 0o500)
        assert.strictEqual((yield* refusal(file))[0], "no permission")
        Fs.chmodSync(Path.dirname(file), 0o700)
      }),
    ),
  )
  it.effect.skipIf(!root)("rejects a lock file of another user", () =>
    inFolder((file) =>
      Effect.gen(function* () {
        Fs.writeFileSync(file, "")
        Fs.chownSync(file, 4711, 4711)
        assert.strictEqual((yield* refusal(file))[0], "the file belongs to another user")
      }),
    ),
  )

  it("identifies file systems whose locks depend on a server", () => {
    const kind = (type: number) => networkFileSystem("/", (() => ({ type })) as never)
    const linux = process.platform === "linux"
    assert.deepStrictEqual(
      [0x6969, 0xff534d42, 0xfe534d42, 0xef53, 0x01021994, 0x65735546].map(kind),
      linux ? ["NFS", "CIFS", "SMB", undefined, undefined, undefined] : Array.from({ length: 6 }, () => undefined),
    )
    assert.isUndefined(networkFileSystem("/does/not/exist"))
  })

  const acquire = (before: string) => `
    import * as Effect from ${JSON.stringify(import.meta.resolve("effect/Effect"))}
    import { tryAcquire } from ${JSON.stringify(source("internal/lock/sqliteLock.ts"))}
    import { mkdtempSync } from "node:fs"
    import { tmpdir } from "node:os"
    ${before}
    const outcome = await Effect.runPromise(Effect.match(tryAcquire(mkdtempSync(tmpdir() + "/holdfast-lock-") + "/x.owner"), {
      onSuccess: (held) => (held === undefined ? "busy" : "held"),
      onFailure: ({ detail, action }) => detail + "; " + action
    }))
    console.log(outcome)`

  it("reports a remedy if Node.js lacks SQLite", () => {
    const [out] = node(acquire("process.getBuiltinModule = () => undefined"))
    assert.strictEqual(
      out,
      "this build of Node.js has no node:sqlite, which the lock requires; use Node.js 22.19 or newer, built with SQLite",
    )
  }, 30_000)

  it("suppresses only the warning about experimental SQLite", () => {
    const [out, error] = node(
      acquire(`
        const load = process.getBuiltinModule
        process.getBuiltinModule = (id) => {
          if (id === "node:sqlite") process.emitWarning("SQLite is an experimental feature", "ExperimentalWarning")
          return load(id)
        }
        process.emitWarning("kept", "DeprecationWarning")`),
    )
    assert.strictEqual(out, "held")
    assert.include(error, "kept")
    assert.notInclude(error, "SQLite")
  }, 30_000)

  it("does not load SQLite in a program that does not acquire a lock", () => {
    const [out] = node(`
      await import(${JSON.stringify(source("index.ts"))})
      console.log(process.moduleLoadList.filter((name) => /sqlite/i.test(name)).length)`)
    assert.strictEqual(out, "0")
  }, 30_000)
})
