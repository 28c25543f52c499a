import { assert, describe, it } from "@effect/vitest"
import type { Option } from "effect"
import { Cause, Effect } from "effect"
import { reveal, tokens } from "../support/server.ts"
import { ioError, inFolder } from "../support/tokenFolder.ts"

describe("TokenStore", () => {
  describe("layerFile", () => {
    it.effect("writes, syncs and renames the file, and then syncs the folder", () =>
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

    it.effect("keeps the old pair if the machine stops between writing and renaming the new file", () =>
      inFolder(({ fs, open, folder }) =>
        Effect.gen(function* () {
          yield* (yield* open()).save(tokens(1))
          // The program ends here: nothing after the rename runs, not even the clean-up.
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

    it.effect("removes files that a crash has left behind, but not another writer's files", () =>
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

    it.effect("keeps the old pair and leaves no temporary file if the disk is full", () =>
      inFolder(({ fs, folder, open }) =>
        Effect.gen(function* () {
          yield* (yield* open()).save(tokens(1))
          const full = yield* open((fs) => ({
            open: (path, options) =>
              Effect.map(fs.open(path, options), (handle) => ({
                ...handle,
                writeAll: () => Effect.fail(ioError("ENOSPC")),
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
      it.effect(`requests a new sign-in if the file is ${name}, and then saves the new pair`, () =>
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

    it.effect("reports why the token file cannot be read", () =>
      inFolder(({ file, open }) =>
        Effect.gen(function* () {
          const denied = yield* open(() => ({ readFileString: () => Effect.fail(ioError("EACCES")) }))
          const error = yield* Effect.flip(denied.load)
          assert.strictEqual(error._tag, "TokensUnreadable")
          assert.strictEqual(error.message, `The saved sign-in ${file} cannot be read: no permission`)
          const broken = yield* open(() => ({ readFileString: () => Effect.fail(ioError("EIO")) }))
          assert.strictEqual((yield* Effect.flip(broken.load)).verdict.retry, "always")
        }),
      ),
    )
  })
})
