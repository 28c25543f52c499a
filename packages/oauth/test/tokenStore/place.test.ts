import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem, Layer, Option } from "effect"
import { execFileSync } from "node:child_process"
import * as Fs from "node:fs"
import { join } from "node:path"
import { TokenStore, type TokenStoreError } from "@holdfast/oauth"
import { reveal, tokens } from "../support/server.ts"
import { inFolder } from "../support/tokenFolder.ts"

describe("TokenStore", () => {
  describe("layerFile", () => {
    it.effect("makes the file and its folder accessible only to the owner", () =>
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
      it.effect(`rejects a file with mode ${mode.toString(8)} before a sign-in, and reports the remedy`, () =>
        inFolder(({ file, fs, open }) =>
          Effect.gen(function* () {
            const store = yield* open()
            yield* store.save(tokens(1))
            yield* fs.chmod(file, mode)
            const wanted = `other users of this machine can access the file (mode 0${mode.toString(8)})`
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

    it.effect("rejects a file that belongs to another user", () =>
      inFolder(({ file, open }) =>
        Effect.gen(function* () {
          yield* (yield* open()).save(tokens(1))
          const foreign = open((fs) => ({
            stat: (path) => Effect.map(fs.stat(path), (info) => ({ ...info, uid: Option.some(4711) })),
          }))
          const error = yield* Effect.flip(foreign)
          assert.strictEqual(
            error.message,
            `The file ${file} cannot be used to store a sign-in: the file belongs to another user`,
          )
        }),
      ),
    )

    const odd: ReadonlyArray<readonly [string, string, (file: string) => void]> = [
      ["a folder", "the path is a folder", (file) => Fs.mkdirSync(file)],
      ["a pipe", "the path is a pipe", (file) => execFileSync("mkfifo", ["-m", "600", file])],
      ["a device", "the path is a device", (file) => Fs.symlinkSync("/dev/null", file)],
      ["a link to a folder", "the path is a folder", (file) => Fs.symlinkSync("/tmp", file)],
      ["a link to itself", "too many symbolic links", (file) => Fs.symlinkSync(file, file)],
    ]
    for (const [name, detail, put] of odd) {
      it.effect(`rejects ${name} in place of the token file when the layer is built`, () =>
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

    it.effect("rejects a file system without file modes before a sign-in starts", () =>
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
              "the file system cannot protect files from other users",
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
          // All names of the file share the lock.
          assert.deepStrictEqual((yield* fs.readDirectory(elsewhere)).toSorted(), ["real.json", "real.json.owner"])
        }),
      ),
    )

    const folders: ReadonlyArray<readonly [string, (folder: string) => string, RegExp]> = [
      ["in which no folder can be made", () => "/proc/self/holdfast", /the folder for the file cannot be created/],
      [
        "that is a file",
        (folder) => {
          Fs.writeFileSync(join(folder, "file"), "")
          return join(folder, "file")
        },
        /part of the path is a file instead of a folder/,
      ],
    ]
    for (const [name, place, detail] of folders) {
      it.effect.skipIf(process.platform !== "linux")(`reports the problem of a folder ${name} without hanging`, () =>
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
  })
})
