import { assert, beforeEach, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"
import { directory } from "../../bin/compileCache.js"

const bin = fileURLToPath(new URL("../../bin/holdfast.js", import.meta.url))
const user = process.geteuid?.() ?? 0
const modeOf = (path: string) => Fs.statSync(path).mode & 0o777

describe.skipIf(process.platform === "win32")("the compile cache", () => {
  let home = ""
  let cache = ""

  beforeEach((test) => {
    home = Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-cache-"))
    cache = Path.join(home, ".cache", "holdfast")
    test.onTestFinished(() => Fs.rmSync(home, { recursive: true, force: true }))
  })

  const inCache = (place: string) => Fs.mkdirSync(place, { recursive: true, mode: 0o700 })

  it("the cache is in a directory that only its owner can read and write", () => {
    assert.strictEqual(directory({ HOME: home }, user), cache)
    assert.deepStrictEqual([modeOf(Path.dirname(cache)), modeOf(cache)], [0o700, 0o700])
  })

  it("the cache is below XDG_CACHE_HOME if that variable contains an absolute path", () => {
    const named = Path.join(home, "caches")
    assert.strictEqual(directory({ HOME: home, XDG_CACHE_HOME: named }, user), Path.join(named, "holdfast"))
    assert.strictEqual(directory({ HOME: home, XDG_CACHE_HOME: "caches" }, user), cache)
    assert.strictEqual(directory({ HOME: home, XDG_CACHE_HOME: "" }, user), cache)
  })

  it.skipIf(process.platform !== "linux")("is disabled without a hang if its directory cannot be created", () => {
    // Runs in a process of its own, because Node's recursive mkdir hangs there.
    const env = { PATH: process.env["PATH"], HOME: home, XDG_CACHE_HOME: "/proc/self" }
    const ran = spawnSync(process.execPath, [bin, "explain", "429"], { env, encoding: "utf8", timeout: 10_000 })
    assert.deepStrictEqual([ran.status, ran.signal], [0, null])
  })

  it("the cache is disabled if its directory belongs to another user", () => {
    inCache(cache)
    assert.strictEqual(directory({ HOME: home }, user + 1), undefined)
  })

  it("the cache is disabled if its directory is a symbolic link", () => {
    const elsewhere = Path.join(home, "elsewhere")
    inCache(elsewhere)
    inCache(Path.dirname(cache))
    Fs.symlinkSync(elsewhere, cache)
    assert.strictEqual(directory({ HOME: home }, user), undefined)
  })

  for (const mode of [0o777, 0o770, 0o702, 0o755]) {
    it(`the cache is disabled if its directory has mode 0${mode.toString(8)}`, () => {
      inCache(cache)
      Fs.chmodSync(cache, mode)
      assert.strictEqual(directory({ HOME: home }, user), undefined)
    })
  }

  it("the cache is disabled if another user can rename one of its parent directories", () => {
    inCache(cache)
    Fs.chmodSync(Path.dirname(cache), 0o777)
    assert.strictEqual(directory({ HOME: home }, user), undefined)
    Fs.chmodSync(Path.dirname(cache), 0o1777)
    assert.strictEqual(directory({ HOME: home }, user), cache)
  })

  it("the cache is disabled if its path is a file or there is no home directory", () => {
    Fs.mkdirSync(Path.dirname(cache))
    Fs.writeFileSync(cache, "")
    assert.strictEqual(directory({ HOME: home }, user), undefined)
    assert.strictEqual(directory({ HOME: "/dev/null" }, user), undefined)
  })

  it("the cache is in the user's profile on Windows, which has no user IDs", () => {
    assert.strictEqual(directory({ LOCALAPPDATA: home }, null), Path.join(home, "holdfast"))
    assert.strictEqual(directory({ HOME: home }, null), undefined)
  })

  it("the first run fills the cache and leaves nothing in the shared temporary directory", () => {
    const temporary = Path.join(home, "tmp")
    Fs.mkdirSync(temporary)
    const { NODE_COMPILE_CACHE: _, NODE_DISABLE_COMPILE_CACHE: __, XDG_CACHE_HOME: ___, ...rest } = process.env
    const ran = spawnSync(process.execPath, [bin, "explain", "429"], {
      encoding: "utf8",
      env: { ...rest, NODE_OPTIONS: "", HOME: home, TMPDIR: temporary },
    })
    assert.deepStrictEqual([ran.status, ran.stderr], [0, ""])
    assert.deepStrictEqual(Fs.readdirSync(temporary), [])
    assert.isAbove(Fs.readdirSync(cache).length, 0)
  }, 60_000)
})
