/**
 * Command lines as a shell passes them to the file that npm links. The names that a pattern such as * matches must be
 * sent or rejected.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"

const bin = fileURLToPath(new URL("../../bin/holdfast.js", import.meta.url))

describe("the command line of bin/holdfast.js", () => {
  let folder = ""
  beforeAll(() => {
    folder = Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-arguments-"))
    for (const name of ["clip.mov", "-x.mov", "on", "-q"]) Fs.writeFileSync(Path.join(folder, name), name)
  })
  afterAll(() => Fs.rmSync(folder, { recursive: true }))

  const run = (...args: ReadonlyArray<string>) =>
    spawnSync(process.execPath, [bin, ...args], {
      encoding: "utf8",
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: "", HOLDFAST_HOME: folder },
    })

  const refused: ReadonlyArray<readonly [ReadonlyArray<string>, RegExp]> = [
    [
      ["upload", "-v", "clip.mov"],
      /upload has no flag -v; for a file with this name, write \.\/-v or put -- before the name/,
    ],
    [
      ["upload", "-verbose", "clip.mov"],
      /upload has no flag -verbose; .* write \.\/-verbose or put -- before the name/,
    ],
    [["upload", "-x.mov", "clip.mov"], /upload has no flag -x\.mov; .* write \.\/-x\.mov or put -- before the name/],
    [["upload", "--sandbox", "clip.mov", "-x.mov"], /upload has no flag -x\.mov/],
    [["upload", "--sandbox", "-q", "clip.mov"], /-q is both a flag and the name of a file in this directory/],
    [["upload", "-h", "clip.mov"], /-h accepts no other argument/],
    [["-v", "upload", "clip.mov"], /no flag -v/],
    [["--version=1", "upload", "clip.mov"], /no flag --version=1/],
    [["upload", "--completions", "bash", "clip.mov"], /--completions accepts only the name of a shell/],
    [["upload", "--sandbox", "-"], /upload cannot read standard input/],
  ]
  for (const [args, line] of refused) {
    it(`rejects ${args.join(" ")} without sending anything`, () => {
      const { status, stderr, stdout } = run(...args)
      assert.deepStrictEqual([status, stdout], [2, ""])
      assert.match(stderr, /^holdfast: .*\n$/)
      assert.match(stderr, line)
    }, 30_000)
  }

  const sent: ReadonlyArray<readonly [ReadonlyArray<string>, ReadonlyArray<string>]> = [
    [
      ["--", "-x.mov", "-q"],
      ["-x.mov", "-q"],
    ],
    [["./-x.mov"], ["./-x.mov"]],
    [["--json", "on"], ["on"]],
    [["--quiet=true", "clip.mov"], ["clip.mov"]],
  ]
  for (const [args, files] of sent) {
    it(`sends ${files.join(" and ")} when called with ${args.join(" ")}`, () => {
      const { status, stdout } = run("upload", "--sandbox", "--json", ...args)
      const summary = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "")
      const paths = summary.files.map(({ path }: { readonly path: string }) => path)
      assert.deepStrictEqual([status, summary.outcome, paths], [0, "uploaded", files])
    }, 30_000)
  }
})
