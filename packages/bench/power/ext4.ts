/**
 * Cuts the power of a real ext4 file system: it is shut down without a flush of its journal while the workload runs, and mounted
 * again.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"
import * as Random from "../shared/random.ts"
import { check } from "./check.ts"
import * as Facts from "./facts.ts"

/** `FS_IOC_SHUTDOWN` with the flag for "do not flush the log", from the kernel's `include/uapi/linux/fs.h`. */
const shutdown = `import fcntl,os,struct,sys; fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587D, struct.pack('I', 2))`

/** Runs the rounds, or prints why they are skipped. Returns the number of wrong rounds. */
export const run = async (parent: string, rounds: number, seed: number): Promise<number> => {
  const missing = unavailable()
  if (missing !== undefined) {
    console.log(`ext4: skipped, ${missing}`)
    return 0
  }
  const random = Random.make(seed)
  const disk = Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-ext4-"))
  let bad = 0
  let confirmed = 0
  try {
    for (let n = 0; n < rounds; n++) {
      const image = Path.join(disk, "image")
      const mount = Path.join(disk, "mount")
      Fs.rmSync(image, { force: true })
      Fs.mkdirSync(mount, { recursive: true })
      Fs.closeSync(Fs.openSync(image, "w"))
      Fs.truncateSync(image, 48 << 20)
      execFileSync("mkfs.ext4", ["-q", "-F", image])
      execFileSync("mount", ["-o", "loop", image, mount])
      let mounted = true
      try {
        const facts = await interrupted(Path.join(mount, "state"), mount, random)
        execFileSync("umount", [mount])
        mounted = false
        execFileSync("mount", ["-o", "loop", image, mount])
        mounted = true
        confirmed += facts.confirmed.size
        const wrong = await check(
          { directory: Path.join(mount, "state"), marks: Path.join(parent, `marks-${n}`) },
          facts,
        )
        if (wrong.length > 0) {
          bad++
          console.log(`ext4: round ${n}: ${wrong.slice(0, 3).join("; ")}`)
        }
      } finally {
        if (mounted) execFileSync("umount", [mount])
      }
    }
  } finally {
    Fs.rmSync(disk, { recursive: true, force: true })
  }
  console.log(`ext4: ${rounds} rounds, ${confirmed} confirmed facts, ${bad} wrong rounds`)
  return bad
}

/** Runs the workload until the power fails, and returns what it noted. */
const interrupted = async (directory: string, mount: string, random: Random.Random): Promise<Facts.Facts> => {
  const workload = fileURLToPath(new URL("workload.ts", import.meta.url))
  const child = spawn(process.execPath, ["--conditions=@holdfast/source", workload, directory, "2000", "FULL", "-"], {
    stdio: ["ignore", "pipe", "ignore"],
  })
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()))
  let output = ""
  /** What was noted before the power failed. A process that outlives the shutdown for some milliseconds proves nothing. */
  let before: string | undefined
  // The number of lines after which the power fails.
  const lines = 20 + random.below(400)
  for await (const data of child.stdout) {
    output += String(data)
    if (before === undefined && output.split("\n").length > lines) {
      before = output
      execFileSync("python3", ["-c", shutdown, mount])
      child.kill("SIGKILL")
    }
  }
  await ended
  const facts = (text: string) => Facts.fromLines(text.split("\n").slice(0, -1))
  return { asked: facts(output).asked, confirmed: facts(before ?? output).confirmed }
}

const unavailable = (): string | undefined => {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "it needs Linux and root"
  if (!Fs.existsSync("/dev/loop-control")) return "there are no loop devices"
  const missing = ["mkfs.ext4", "mount", "python3"].find((name) => spawnSync("which", [name]).status !== 0)
  if (missing !== undefined) return `${missing} is missing`
  return undefined
}
