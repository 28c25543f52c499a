/**
 * File names that might break a program.
 */
import type { Expected, Scenario } from "../Scenario.ts"
import type { Stage } from "../stage.ts"
import { chunkSize } from "../stage.ts"

const arrived = (files: number): Expected => ({
  exit: [0],
  assets: files,
  stored: files,
  sent: files * chunkSize,
  outcomes: Array.from({ length: files }, () => "uploaded" as const),
})

const sending =
  (names: ReadonlyArray<string>, before: ReadonlyArray<string> = []) =>
  async (stage: Stage) => {
    await stage.pair()
    for (const name of names) stage.file(name, chunkSize)
    return [await stage.upload([...before, ...names]).ended]
  }

export const names: ReadonlyArray<Scenario> = [
  {
    name: "names with blanks, quotes, a line break, emoji and an escape sequence",
    short: true,
    play: sending(["take 1 'best'.mov", "two\nlines.mov", "🎬 été.mov", "\u001b[31mred.mov", "a;b&c$(d).mov"]),
    expected: arrived(5),
  },
  {
    name: "a name of 255 bytes",
    play: sending([`${"A".repeat(251)}.mov`]),
    expected: arrived(1),
  },
  {
    name: "a name that no file system accepts",
    play: async (stage) => {
      await stage.pair()
      return [await stage.upload([`${"A".repeat(300)}.mov`]).ended]
    },
    expected: {
      exit: [7],
      assets: 0,
      stored: 0,
      sent: 0,
      outcomes: ["failed"],
      says: [/name.*(long|255)|long.*name/is],
    },
  },
  {
    name: "names that begin with a dash, after --",
    short: true,
    play: sending(["-x.mov", "-q", "--verbose"], ["--"]),
    expected: arrived(3),
  },
  {
    name: "names that begin with a dash, as ./-x.mov",
    play: async (stage) => {
      await stage.pair()
      for (const name of ["-x.mov", "-q"]) stage.file(name, chunkSize)
      return [await stage.upload(["./-x.mov", "./-q"]).ended]
    },
    expected: arrived(2),
  },
  {
    name: "a name that is not UTF-8",
    skip: () => (process.platform === "linux" ? undefined : "only Linux has such names"),
    play: async (stage) => {
      await stage.pair()
      stage.file(Buffer.from("A\xff01.mov", "latin1"), chunkSize)
      // The shell passes the bytes unchanged; Node's own `spawn` would encode them.
      const script = `exec "$0" "$@" "$(printf 'A\\37701.mov')"`
      const options = { program: "/bin/sh", before: ["-c", script, process.execPath] }
      return [await stage.upload([], options).ended]
    },
    expected: { exit: [7], assets: 0, stored: 0, sent: 0, outcomes: ["failed"], says: [/UTF-8/] },
  },
]
