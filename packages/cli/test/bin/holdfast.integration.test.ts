/**
 * The file that npm links, as a process: which Node runs it, what it prints, how it ends.
 */
import { assert, describe, it } from "@effect/vitest"
import { execFileSync, spawn, spawnSync } from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"

const bin = fileURLToPath(new URL("../../bin/holdfast.js", import.meta.url))

const run = (node: string, ...args: ReadonlyArray<string>) =>
  spawnSync(node, [bin, ...args], { encoding: "utf8", env: { ...process.env, NODE_OPTIONS: "" } })

/** A Node of the system that is too old for the command, where there is one. */
const oldNode = ["/usr/bin/node", "/usr/local/bin/node"].find((path) => {
  if (!Fs.existsSync(path)) return false
  const [major = 0] = execFileSync(path, ["-p", "process.versions.node"], { encoding: "utf8" }).split(".").map(Number)
  return major >= 18 && major < 22
})

describe("bin/holdfast.js", () => {
  it("is executable and starts with a shebang", () => {
    assert.isAbove(Fs.statSync(bin).mode & 0o111, 0)
    assert.isTrue(Fs.readFileSync(bin, "utf8").startsWith("#!/usr/bin/env node\n"))
  })

  it("runs the sources of a checkout without a build and without a warning", () => {
    const ran = run(process.execPath, "--version")
    assert.deepStrictEqual([ran.status, ran.stderr, ran.stdout], [0, "", "holdfast 0.1.0\n"])
  })

  it.skipIf(oldNode === undefined)("finds the Node of the workspace when an old one starts it", () => {
    const ran = run(oldNode ?? "", "upload")
    assert.strictEqual(ran.status, 2)
    assert.match(ran.stderr, /^holdfast: no file to send.*\n$/)
  })

  for (const node of [process.execPath, ...(oldNode === undefined ? [] : [oldNode])]) {
    it(`ends with 130 on SIGINT and leaves nothing behind (${Path.basename(Path.dirname(Path.dirname(node)))})`, async () => {
      const temporary = Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-bin-"))
      const child = spawn(node, [bin, "sandbox", "--json"], {
        env: { ...process.env, NODE_OPTIONS: "", TMPDIR: temporary, NODE_DISABLE_COMPILE_CACHE: "1" },
        stdio: ["ignore", "pipe", "pipe"],
      })
      const first = await new Promise<string>((resolve) => {
        child.stdout.once("data", (data: Buffer) => resolve(data.toString()))
      })
      const { type, url } = JSON.parse(first)
      assert.strictEqual(type, "listening")
      assert.strictEqual((await fetch(`${url}/health`)).headers.get("x-holdfast-sandbox"), "1")
      assert.isAbove(Fs.readdirSync(temporary).length, 0)
      child.kill("SIGINT")
      const status = await new Promise<number | null>((resolve) => child.once("exit", resolve))
      assert.strictEqual(status, 130)
      assert.deepStrictEqual(Fs.readdirSync(temporary), [])
      Fs.rmdirSync(temporary)
    }, 30_000)
  }
})
