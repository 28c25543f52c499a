/**
 * Runs the workload under the recorder.
 */
import { execFileSync, spawnSync } from "node:child_process"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"
import * as Trace from "./trace.ts"

const local = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** Compiles the recorder. Returns its path, or why this is not possible. */
export const compile = (folder: string): { readonly library: string } | { readonly missing: string } => {
  if (process.platform !== "linux") return { missing: "the recorder needs Linux" }
  const library = Path.join(folder, "recorder.so")
  for (const compiler of ["cc", "gcc", "clang", "tcc"]) {
    const { status } = spawnSync(compiler, [
      "-shared",
      "-fPIC",
      "-o",
      library,
      local("recorder.c"),
      "-ldl",
      "-lpthread",
    ])
    if (status === 0) return { library }
  }
  return { missing: "no C compiler (cc, gcc, clang or tcc)" }
}

/** Runs a program under the recorder, and returns what it did to its journal. Its last argument is the file for its notes. */
export const record = (
  parent: string,
  library: string,
  program: string,
  ...options: ReadonlyArray<string>
): ReadonlyArray<Trace.Operation> => {
  Fs.mkdirSync(parent)
  const folder = Path.join(parent, "state")
  const trace = Path.join(parent, "trace")
  execFileSync(
    process.execPath,
    ["--conditions=@holdfast/source", local(program), folder, ...options, Path.join(folder, Trace.notes)],
    { env: { ...process.env, LD_PRELOAD: library, POWER_FOLDER: folder, POWER_TRACE: trace }, stdio: "inherit" },
  )
  return Trace.parse(Fs.readFileSync(trace))
}
