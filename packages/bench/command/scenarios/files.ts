/**
 * Files that change, report a wrong size, or cannot be read.
 */
import * as Fs from "node:fs"
import type { Expected, Scenario } from "../Scenario.ts"
import type { Stage } from "../stage.ts"
import { chunkSize } from "../stage.ts"

/** The number of chunks of a file that changes during its upload. */
const chunks = 8

/** A time in whole seconds, which `utimes` sets exactly. */
const old = 1_700_000_000

/** Uploads a file and changes it when its second chunk arrives. */
const changing =
  (change: (path: string) => void, prepare: (path: string) => void = () => {}) =>
  async (stage: Stage) => {
    await stage.pair()
    const path = stage.file("A001.mov", chunks * chunkSize)
    prepare(path)
    stage.front.behave(({ nth, route }) => {
      if (route === "chunk" && nth === 2) change(path)
      return undefined
    })
    return [await stage.upload([path]).ended]
  }

/** The change is detected before the whole file is sent: one chunk was in flight, and one more may follow. */
const noticed: Expected = {
  exit: [7],
  assets: 1,
  stored: 0,
  sent: [chunkSize, 4 * chunkSize],
  outcomes: ["failed"],
  says: [/A001\.mov.*changed/s],
}

const arrived = (bytes: number, assets = 1): Expected => ({
  exit: [0],
  assets,
  stored: assets,
  sent: bytes,
  outcomes: Array.from({ length: assets }, () => "uploaded" as const),
})

const existing = ["A001.mov", "A003.mov", "A005.mov"]
const five = ["A001.mov", "A002.mov", "A003.mov", "A004.mov", "A005.mov"]

const unsent = (says: RegExp): Expected => ({
  exit: [7],
  assets: 0,
  stored: 0,
  sent: 0,
  outcomes: ["failed"],
  says: [says],
})

export const files: ReadonlyArray<Scenario> = [
  {
    name: "a file of four chunks arrives",
    short: true,
    play: async (stage) => {
      await stage.pair()
      return [await stage.upload([stage.file("A001.mov")]).ended]
    },
    expected: arrived(4 * chunkSize),
  },
  {
    name: "a file that is read again at the end, with --verify-source",
    play: async (stage) => {
      await stage.pair()
      return [await stage.upload(["--verify-source", stage.file("A001.mov")]).ended]
    },
    expected: arrived(4 * chunkSize),
  },
  {
    name: "a file that grows during its upload",
    short: true,
    play: changing((path) => Fs.appendFileSync(path, "more")),
    expected: noticed,
  },
  {
    name: "a file that shrinks during its upload",
    play: changing((path) => Fs.truncateSync(path, 3 * chunkSize)),
    expected: noticed,
  },
  {
    name: "a file that is replaced by a rename",
    play: changing((path) => {
      Fs.writeFileSync(`${path}.new`, Buffer.alloc(chunks * chunkSize, 1))
      Fs.renameSync(`${path}.new`, path)
    }),
    expected: noticed,
  },
  {
    name: "a file that is rewritten in place and keeps its old time",
    short: true,
    play: changing(
      (path) => {
        const handle = Fs.openSync(path, "r+")
        Fs.writeSync(handle, Buffer.alloc(chunks * chunkSize, 1))
        Fs.closeSync(handle)
        Fs.utimesSync(path, old, old)
      },
      (path) => Fs.utimesSync(path, old, old),
    ),
    expected: noticed,
  },
  {
    name: "a file that vanishes during its upload",
    play: changing((path) => Fs.rmSync(path)),
    expected: { ...noticed, says: [/A001\.mov.*(removed|renamed|gone)/s] },
  },
  {
    name: "a file that vanishes before its turn; the others arrive",
    play: async (stage) => {
      await stage.pair()
      const paths = ["A001.mov", "A002.mov", "A003.mov"].map((name) => stage.file(name, chunkSize))
      stage.front.behave(({ nth, route }) => {
        if (route === "chunk" && nth === 1) Fs.rmSync(paths[1] ?? "")
        return undefined
      })
      return [await stage.upload(paths).ended]
    },
    expected: {
      exit: [3],
      assets: 2,
      stored: 2,
      sent: 2 * chunkSize,
      outcomes: ["uploaded", "failed", "uploaded"],
      says: [/A002\.mov/],
    },
  },
  {
    name: "an empty file arrives as an empty file",
    play: async (stage) => {
      await stage.pair()
      return [await stage.upload([stage.file("A001.mov", 0)]).ended]
    },
    expected: arrived(0),
  },
  {
    name: "a file whose size says 0 but that has content",
    short: true,
    skip: () => (Fs.existsSync("/proc/cpuinfo") ? undefined : "there is no /proc/cpuinfo"),
    play: async (stage) => {
      await stage.pair()
      return [await stage.upload(["/proc/cpuinfo"]).ended]
    },
    expected: unsent(/cpuinfo.*size/s),
  },
  {
    name: "a file that is named twice is rejected",
    short: true,
    play: async (stage) => {
      await stage.pair()
      stage.file("A001.mov", chunkSize)
      return [await stage.upload(["A001.mov", "./A001.mov"]).ended]
    },
    expected: { exit: [2], assets: 0, stored: 0, sent: 0, says: [/A001\.mov/, /twice|same file|more than once/] },
  },
  {
    name: "a folder",
    play: async (stage) => {
      await stage.pair()
      Fs.mkdirSync(`${stage.folder}/A001`)
      return [await stage.upload(["A001"]).ended]
    },
    expected: unsent(/A001.*(directory|folder)/s),
  },
  {
    name: "a file that may not be read",
    skip: () => (process.getuid?.() === 0 ? "the superuser may read every file" : undefined),
    play: async (stage) => {
      await stage.pair()
      const path = stage.file("A001.mov", chunkSize)
      Fs.chmodSync(path, 0)
      return [await stage.upload([path]).ended]
    },
    expected: unsent(/A001\.mov.*permi/is),
  },
  {
    name: "five files of which two do not exist",
    play: async (stage) => {
      await stage.pair()
      for (const name of existing) stage.file(name, chunkSize)
      return [await stage.upload(five).ended]
    },
    expected: {
      exit: [3],
      assets: 3,
      stored: 3,
      sent: 3 * chunkSize,
      outcomes: ["uploaded", "failed", "uploaded", "failed", "uploaded"],
    },
  },
  {
    name: "five files of which two do not exist, without --json: the last lines count what arrived and name what failed",
    play: async (stage) => {
      await stage.pair()
      for (const name of existing) stage.file(name, chunkSize)
      return [await stage.start(["upload", "--api", stage.front.api.url, "--no-pair", ...five]).ended]
    },
    expected: {
      exit: [3],
      assets: 3,
      stored: 3,
      sent: 3 * chunkSize,
      says: [/3 [a-z ]*arrived, 2 [a-z ]*failed[^]*A002\.mov[^]*A004\.mov/],
    },
  },
]
