/**
 * Command lines produced by a shell pattern or a typing error. None of them may exit with 0 without sending.
 */
import type { Expected, Scenario } from "../Scenario.ts"
import type { Stage } from "../stage.ts"
import { chunkSize } from "../stage.ts"

/** Nothing is sent, and the message names the word and shows how to write it as a file name. */
const refused = (word: RegExp): Expected => ({
  exit: [2],
  assets: 0,
  stored: 0,
  sent: 0,
  says: [word, / -- |\.\/-/],
})

const sending =
  (args: ReadonlyArray<string>, files: ReadonlyArray<string> = ["A001.mov"]) =>
  async (stage: Stage) => {
    await stage.pair()
    for (const name of files) stage.file(name, chunkSize)
    return [await stage.start(["upload", "--api", stage.front.api.url, "--no-pair", ...args]).ended]
  }

export const commandLines: ReadonlyArray<Scenario> = [
  {
    name: "upload -v FILE sends nothing and says so",
    short: true,
    play: sending(["-v", "A001.mov"]),
    expected: refused(/-v/),
  },
  { name: "upload FILE -verbose", play: sending(["A001.mov", "-verbose"]), expected: refused(/-verbose/) },
  {
    name: "a pattern that meets -x.mov",
    short: true,
    play: sending(["-x.mov", "A001.mov"], ["-x.mov", "A001.mov"]),
    expected: refused(/-x\.mov/),
  },
  {
    name: "a pattern that matches -x.mov",
    play: sending(["-q", "A001.mov"], ["-q", "A001.mov"]),
    expected: refused(/-q/),
  },
  {
    name: "a pattern that matches a file named -q",
    play: sending(["-q", "A001.mov"]),
    expected: { exit: [0], assets: 1, stored: 1, sent: chunkSize },
  },
  {
    name: "no file",
    play: sending([]),
    expected: { exit: [2], assets: 0, stored: 0, sent: 0, says: [/no file/] },
  },
]
