/**
 * Cuts the power: recorded writes of a journal are replayed up to a random point, with writes since the last sync dropped,
 * reordered and torn, and the journal of each image is opened. The power is also cut while a damaged journal is recovered.
 *
 * A fact that was confirmed before the point must be in the journal, and a fact that was never asked for must not. The controls
 * are the same journal with fewer syncs: they must fail. Where root and loop devices are available, the power of a real
 * ext4 file system is cut too.
 *
 *     npm run test:power -- [--short] [--images 1000] [--seed 1] [--rounds 20]
 */
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { parseArgs } from "node:util"
import * as Random from "../shared/random.ts"
import { check } from "./check.ts"
import * as Ext4 from "./ext4.ts"
import * as Facts from "./facts.ts"
import * as Image from "./image.ts"
import * as Record from "./record.ts"
import type { Operation } from "./trace.ts"

const { values } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    images: { type: "string" },
    rounds: { type: "string" },
    seed: { type: "string", default: "1" },
  },
})
const images = Number(values.images ?? (values.short ? 100 : 1000))
const rounds = Number(values.rounds ?? (values.short ? 2 : 20))
const seed = Number(values.seed)

/** Files in memory, because no image needs a sync. */
const parent = Fs.mkdtempSync(Path.join(Fs.existsSync("/dev/shm") ? "/dev/shm" : Os.tmpdir(), "holdfast-power-"))

/** Cuts the power at random points of a trace. Returns the number of wrong images. */
const cut = async (
  name: string,
  operations: ReadonlyArray<Operation>,
  count: number,
  { damaged = false, show = 20 }: { readonly damaged?: boolean; readonly show?: number } = {},
): Promise<number> => {
  const random = Random.make(seed)
  let bad = 0
  let confirmed = 0
  for (let n = 0; n < count; n++) {
    const end = random.below(operations.length + 1)
    const directory = Path.join(parent, `image-${n}`)
    Fs.mkdirSync(directory, { mode: 0o700 })
    for (const [file, bytes] of Image.make(operations, end, random)) {
      Fs.writeFileSync(Path.join(directory, file), bytes, { mode: 0o600 })
    }
    const facts = Facts.noted(operations, end)
    confirmed += facts.confirmed.size
    const wrong = await check({ directory, marks: Path.join(directory, "cache"), damaged }, facts)
    if (wrong.length > 0 && bad++ < show)
      console.log(`${name}: image ${n}, cut at ${end}: ${wrong.slice(0, 3).join("; ")}`)
    Fs.rmSync(directory, { recursive: true })
  }
  console.log(
    `${name}: ${count} images of ${operations.length} operations, ${confirmed} confirmed facts, ${bad} wrong images`,
  )
  return bad
}

/** Journals that must lose confirmed facts: one without any sync, and one without the sync after each COMMIT. */
const controls = [
  ["OFF", "synchronous = OFF"],
  ["NORMAL", "synchronous = NORMAL without a sync after COMMIT"],
] as const

let failed = false
try {
  const recorder = Record.compile(parent)
  if (images === 0) console.log("images: skipped, as asked")
  else if ("missing" in recorder) console.log(`images: skipped, ${recorder.missing}`)
  else {
    const full = Record.record(Path.join(parent, "full"), recorder.library, "workload.ts", "40", "FULL")
    if (full.filter(({ _tag }) => _tag === "sync").length < 20) throw new Error("the recorder saw too few syncs")
    failed = (await cut("journal", full, images)) > 0
    const recovery = Record.record(Path.join(parent, "recovery"), recorder.library, "recovery.ts")
    if ((await cut("recovery of a damaged journal", recovery, images, { damaged: true })) > 0) failed = true
    for (const [synchronous, name] of controls) {
      const control = Record.record(Path.join(parent, synchronous), recorder.library, "workload.ts", "40", synchronous)
      if ((await cut(`control, ${name}`, control, Math.ceil(images / 10), { show: 0 })) > 0) continue
      console.log("control: no image was wrong, so this test cannot find a missing sync")
      failed = true
    }
  }
  if ((await Ext4.run(parent, rounds, seed)) > 0) failed = true
} finally {
  Fs.rmSync(parent, { recursive: true, force: true })
}
process.exitCode = failed ? 1 : 0
