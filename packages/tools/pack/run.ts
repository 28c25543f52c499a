import { execFileSync } from "node:child_process"
import { join } from "node:path"

export const root = join(import.meta.dirname, "../../..")

/** Returns the output of a command; throws everything it wrote if it fails. */
export const run = (command: string, args: ReadonlyArray<string>, cwd = root): string => {
  try {
    return execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1 << 26 })
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string }
    throw new Error(`${command} ${args.join(" ")} failed in ${cwd}\n${stdout ?? ""}${stderr ?? ""}`, { cause: error })
  }
}
