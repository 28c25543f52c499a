/**
 * `holdfast explain` as a process: the modules it loads, the input it reads, its exit codes.
 */
import { assert, describe, it } from "@effect/vitest"
import { spawn, spawnSync } from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"

const bin = fileURLToPath(new URL("../../bin/holdfast.js", import.meta.url))
const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url))
const lateToken = fileURLToPath(new URL("../fixtures/exchanges/late-token.http", import.meta.url))

const env = { ...process.env, NODE_OPTIONS: "", NO_COLOR: "", FORCE_COLOR: "" }

const run = (
  args: ReadonlyArray<string>,
  options: { readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {},
) => {
  const ran = spawnSync(process.execPath, [bin, "explain", ...args], {
    encoding: "utf8",
    env: { ...env, ...options.env },
    input: options.input ?? "",
  })
  return { status: ran.status, stdout: ran.stdout, stderr: ran.stderr }
}

describe("holdfast explain, as a process", () => {
  it("does not load Effect or a schema", () => {
    const directory = Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-loaded-"))
    const hook = Path.join(directory, "hook.mjs")
    Fs.writeFileSync(
      hook,
      `import { registerHooks } from "node:module"
       const loaded = []
       registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context) } })
       process.on("exit", () => process.stderr.write(loaded.join("\\n")))`,
    )
    const ran = spawnSync(
      process.execPath,
      ["--conditions=@holdfast/source", "--import", hook, main, "explain", lateToken],
      { encoding: "utf8", env },
    )
    Fs.rmSync(directory, { recursive: true })
    assert.strictEqual(ran.status, 0)
    assert.include(ran.stderr, "explain/Process")
    const foreign = ran.stderr
      .split("\n")
      .filter((url) => /node_modules\/(?:effect|@effect|undici|log-update)\//.test(url))
    assert.deepStrictEqual(foreign, [])
  })

  it("prints the same output for every spelling of its flags", () => {
    const atOnce = run([lateToken])
    assert.deepStrictEqual([atOnce.status, atOnce.stderr], [0, ""])
    assert.match(atOnce.stdout, /^Diagnosis HF-S3-POST-011: /)
    assert.deepStrictEqual(run([lateToken, "--no-json"]), atOnce)
    const colored = run([lateToken], { env: { FORCE_COLOR: "1" } })
    assert.include(colored.stdout, "\u001b[31mHF-S3-POST-011")
    assert.deepStrictEqual(run([lateToken, "--no-json"], { env: { FORCE_COLOR: "1" } }), colored)
    // Node itself warns about the combination of the two.
    assert.strictEqual(run([lateToken], { env: { FORCE_COLOR: "1", NO_COLOR: "1" } }).stdout, atOnce.stdout)
    assert.deepStrictEqual(run([lateToken], { env: { FORCE_COLOR: "1", TERM: "dumb" } }), atOnce)
  }, 30_000)

  it("reports an unknown flag on one line, as every command does", () => {
    const ran = run(["--nope"])
    assert.deepStrictEqual([ran.status, ran.stdout], [2, ""])
    assert.match(ran.stderr, /^holdfast: explain has no flag --nope; .*see holdfast explain --help\n$/)
    const help = run(["--help"])
    assert.deepStrictEqual([help.status, help.stderr], [0, ""])
    assert.include(help.stdout, "--long")
  }, 30_000)

  it("reads piped input", () => {
    const input = Fs.readFileSync(lateToken, "utf8")
    const named = run([lateToken, "--json"])
    for (const args of [["--json"], ["-", "--json"], ["--json=true"]]) {
      assert.deepStrictEqual(run(args, { input }), named)
    }
    const code = run(["HF-S3-POST-011"])
    assert.deepStrictEqual(run([], { input: "HF-S3-POST-011\n" }), code)
    assert.match(code.stdout, /^Diagnosis HF-S3-POST-011: /)
    const empty = run([])
    assert.deepStrictEqual([empty.status, empty.stdout], [2, ""])
    assert.match(empty.stderr, /^holdfast: standard input: is empty; .*\n$/)
  }, 30_000)

  it("exits with 130 if a signal arrives while it reads input", async () => {
    const child = spawn(process.execPath, [bin, "explain"], { env, stdio: ["pipe", "pipe", "pipe"] })
    // Once the first byte is read, the process is reading and handles signals.
    await new Promise<void>((resolve, reject) => {
      child.stdin.write("x".repeat(1_000_000), (error) => (error ? reject(error) : resolve()))
    })
    child.kill("SIGINT")
    const [status, signal] = await new Promise<ReadonlyArray<unknown>>((resolve) =>
      child.once("exit", (...how) => resolve(how)),
    )
    assert.deepStrictEqual([status, signal], [130, null])
  }, 30_000)

  it("exits silently when the reader of its output closes the pipe", async () => {
    const child = spawn(process.execPath, [bin, "explain", lateToken, "--long"], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
    })
    child.stdout.destroy()
    let said = ""
    child.stderr.on("data", (data: Buffer) => (said += data.toString()))
    const status = await new Promise<number | null>((resolve) => child.once("close", resolve))
    assert.deepStrictEqual([status, said], [130, ""])
  }, 30_000)
})
