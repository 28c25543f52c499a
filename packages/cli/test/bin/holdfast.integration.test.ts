/**
 * The file that npm links, as a process: the program and Node that it selects, its output and its exit code. A checkout
 * without a bundle and the bundle of a published package must behave alike.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { execFileSync, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { version } from "../../src/process/Version.ts"
import * as Installations from "../support/installations.ts"

const own = fileURLToPath(new URL("../../bin/holdfast.js", import.meta.url))
const exchange = fileURLToPath(new URL("../fixtures/exchanges/late-token.http", import.meta.url))
const clip = fileURLToPath(new URL("../../../../docs/samples/clip.mp4", import.meta.url))

const { FORCE_COLOR: _, ...inherited } = process.env
const env = { ...inherited, NODE_OPTIONS: "", NO_COLOR: "1", NODE_DISABLE_COMPILE_CACHE: "1" }

/** A system Node that is too old for the command, if this machine has one. */
const oldNode = ["/usr/bin/node", "/usr/local/bin/node"].find((path) => {
  if (!Fs.existsSync(path)) return false
  const [major = 0] = execFileSync(path, ["-p", "process.versions.node"], { encoding: "utf8" }).split(".").map(Number)
  return major >= 18 && major < 22
})

const installations = {
  "the sources of a checkout": () => Installations.checkout(),
  "a published package": Installations.published,
}

describe("bin/holdfast.js", () => {
  it("is executable and starts with a shebang", () => {
    assert.isAbove(Fs.statSync(own).mode & 0o111, 0)
    assert.isTrue(Fs.readFileSync(own, "utf8").startsWith("#!/usr/bin/env node\n"))
  })
})

describe("a checkout without its development packages, as after npm ci --omit=dev", () => {
  it("reports the missing package on one line", () => {
    const { bin, remove } = Installations.checkout(["effect", "@holdfast"])
    const ran = spawnSync(process.execPath, [bin, "upload", clip], { encoding: "utf8", env })
    remove()
    assert.deepStrictEqual([ran.status, ran.stdout], [1, ""])
    assert.match(ran.stderr, /^holdfast: this checkout lacks the package \S+; run npm ci in it, without --omit=dev\n$/)
  }, 30_000)
})

describe.each(Object.entries(installations))("%s", (name, install) => {
  let installed: Installations.Installation

  beforeAll(() => {
    installed = install()
  }, 60_000)

  afterAll(() => installed.remove())

  const run = (node: string, args: ReadonlyArray<string>, options: object = {}) => {
    const ran = spawnSync(node, [installed.bin, ...args], { encoding: "utf8", env, ...options })
    return { status: ran.status, stdout: ran.stdout, stderr: ran.stderr }
  }

  it("prints its version even if its program file is missing", () => {
    Fs.renameSync(Path.join(Path.dirname(installed.bin), "start.js"), `${installed.bin}.away`)
    try {
      const ran = run(process.execPath, ["--version"])
      assert.deepStrictEqual(ran, { status: 0, stdout: `holdfast ${version}\n`, stderr: "" })
    } finally {
      Fs.renameSync(`${installed.bin}.away`, Path.join(Path.dirname(installed.bin), "start.js"))
    }
  })

  describe.skipIf(!Fs.existsSync("/dev/full"))("with standard output on a full disk", () => {
    const runFull = (args: ReadonlyArray<string>) => {
      const full = Fs.openSync("/dev/full", "w")
      const ran = run(process.execPath, args, { stdio: ["ignore", full, "pipe"] })
      Fs.closeSync(full)
      return ran
    }

    it.each([
      ["--version"],
      ["--help"],
      ["help upload"],
      ["--completions bash"],
      ["policy"],
      ["policy --svg -"],
      ["explain SlowDown"],
    ])(
      "exits with 7 and reports the reason: %s",
      (line) => {
        const ran = runFull(line.split(" "))
        assert.strictEqual(ran.status, 7)
        assert.match(ran.stderr, /^holdfast: cannot write to standard output: ENOSPC.*\n$/)
      },
      30_000,
    )

    it("finishes an upload and reports once that its output was lost", () => {
      const ran = runFull(["upload", "--sandbox", "--sample", clip, "--json"])
      assert.strictEqual(ran.status, 0)
      assert.match(ran.stderr, /^holdfast: cannot write to standard output: ENOSPC.*\n$/)
    }, 60_000)
  })

  it("rejects an invalid command line without printing a warning", () => {
    const ran = run(process.execPath, ["upload"])
    assert.deepStrictEqual([ran.status, ran.stdout], [2, ""])
    assert.match(ran.stderr, /^holdfast: no file to send.*\n$/)
  }, 30_000)

  it("explains an exchange", () => {
    const ran = run(process.execPath, ["explain", exchange])
    assert.deepStrictEqual([ran.status, ran.stderr], [0, ""])
    assert.match(ran.stdout, /^Diagnosis HF-S3-POST-011: /)
  }, 30_000)

  it("uploads a file and verifies it", () => {
    const ran = run(process.execPath, ["upload", "--sandbox", "--sample", clip, "--json"])
    assert.deepStrictEqual([ran.status, ran.stderr], [0, ""])
    const { files, outcome, type } = JSON.parse(ran.stdout.trimEnd().split("\n").at(-1) ?? "")
    assert.deepStrictEqual([type, outcome, files.length, files[0]?.verified], ["summary", "uploaded", 1, true])
  }, 60_000)

  it("includes source file names and line numbers in a detailed bug report", () => {
    const broken = Path.join(Path.dirname(installed.bin), "broken.mjs")
    Fs.writeFileSync(
      broken,
      `Object.defineProperty(process.stdout, "columns", { get: () => { throw new Error("broken") } })`,
    )
    const ran = run(process.execPath, ["explain", exchange], {
      env: { ...env, NODE_OPTIONS: `--import=${pathToFileURL(broken).href}`, HOLDFAST_DEBUG: "1" },
    })
    assert.strictEqual(ran.status, 1)
    assert.match(ran.stderr, /^holdfast: this is a bug in holdfast 0\.1\.0: Error: broken; please report/)
    assert.match(ran.stderr, /[\\/]src[\\/]terminal[\\/]Columns\.ts:\d+:\d+/)
    assert.match(ran.stderr, /[\\/]src[\\/]explain[\\/]Process\.ts:\d+:\d+/)
  }, 30_000)

  const nodes =
    oldNode === undefined || name === "a published package" ? [process.execPath] : [process.execPath, oldNode]
  for (const node of nodes) {
    it(`exits with 130 on SIGINT and leaves nothing behind (${Path.basename(Path.dirname(Path.dirname(node)))})`, async () => {
      const temporary = Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-bin-"))
      const child = spawn(node, [installed.bin, "sandbox", "--json"], {
        env: { ...env, TMPDIR: temporary },
        stdio: ["ignore", "pipe", "pipe"],
      })
      const [first] = await once(child.stdout, "data")
      const { type, url } = JSON.parse(String(first))
      assert.strictEqual(type, "listening")
      assert.strictEqual((await fetch(`${url}/health`)).headers.get("x-holdfast-sandbox"), "1")
      assert.isAbove(Fs.readdirSync(temporary).length, 0)
      child.kill("SIGINT")
      assert.deepStrictEqual(await once(child, "exit"), [130, null])
      assert.deepStrictEqual(Fs.readdirSync(temporary), [])
      Fs.rmdirSync(temporary)
    }, 30_000)
  }

  it("ends an upload with a summary if a signal arrives while the program loads", () => {
    const early = Path.join(Path.dirname(installed.bin), "early.mjs")
    // The signal is sent as soon as the command listens for it.
    Fs.writeFileSync(
      early,
      `process.once("newListener", (name) => name === "SIGINT" && setImmediate(() => process.kill(process.pid, name)))`,
    )
    const ran = run(process.execPath, ["upload", "--sandbox", "--sample", clip, "--json"], {
      env: { ...env, NODE_OPTIONS: `--import=${pathToFileURL(early).href}` },
    })
    assert.deepStrictEqual([ran.status, ran.stderr], [130, ""])
    const { counts, outcome, type } = JSON.parse(ran.stdout.trimEnd().split("\n").at(-1) ?? "{}")
    assert.deepStrictEqual([type, outcome, counts.interrupted, counts.uploaded], ["summary", "interrupted", 1, 0])
    assert.notInclude(ran.stdout, '"type":"opened"')
  }, 30_000)

  it("the Node process that the command started exits when the command is killed", async () => {
    const temporary = Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-bin-"))
    const other = pathToFileURL(Path.join(Path.dirname(installed.bin), "otherNode.js")).href
    const script = `import { run } from ${JSON.stringify(other)}; run(process.execPath, ["sandbox", "--json"])`
    const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
      env: { ...env, TMPDIR: temporary },
      stdio: ["ignore", "pipe", "pipe"],
    })
    await once(child.stdout, "data")
    child.kill("SIGKILL")
    // Its streams close once no process has them open.
    await once(child, "close")
    assert.deepStrictEqual(Fs.readdirSync(temporary), [])
    Fs.rmdirSync(temporary)
  }, 30_000)

  if (oldNode !== undefined) {
    it("prints its version on an old Node without starting a second Node process", () => {
      const ran = run(oldNode, ["--version"], { env: { ...env, PATH: "" } })
      assert.deepStrictEqual(ran, { status: 0, stdout: `holdfast ${version}\n`, stderr: "" })
    })

    it("switches from an old Node to the workspace's Node, or reports the required version outside the workspace", () => {
      const ran = run(oldNode, ["upload"])
      const isWorkspace = name === "the sources of a checkout"
      assert.strictEqual(ran.status, isWorkspace ? 2 : 1)
      assert.match(
        ran.stderr,
        isWorkspace ? /^holdfast: no file to send.*\n$/ : /^holdfast: needs Node 22\.19 or newer.*\n$/,
      )
    }, 30_000)
  }
})
