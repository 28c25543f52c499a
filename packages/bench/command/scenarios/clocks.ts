/**
 * Wrong clocks of cameras and carts.
 */
import type { Expected, Scenario } from "../Scenario.ts"
import type { Stage } from "../stage.ts"
import { chunkSize } from "../stage.ts"

const hour = 3_600_000

const sending = (hours: number) => async (stage: Stage) => {
  await stage.pair()
  const paths = ["A001.mov", "A002.mov"].map((name) => stage.file(name, 2 * chunkSize))
  return [await stage.upload(paths, { clock: { shift: hours * hour } }).ended]
}

/** The server's `Date` takes precedence over the local clock: everything arrives, and no asset stays empty. */
const arrived: Expected = { exit: [0], assets: 2, stored: 2, sent: 4 * chunkSize, outcomes: ["uploaded", "uploaded"] }

export const clocks: ReadonlyArray<Scenario> = [
  {
    name: "a clock that is 24 hours ahead",
    short: true,
    play: sending(24),
    expected: { ...arrived, says: [/clock/] },
  },
  { name: "a clock that is 24 hours behind", play: sending(-24), expected: { ...arrived, says: [/clock/] } },
  { name: "a clock that is an hour ahead", play: sending(1), expected: arrived },
  { name: "a clock that starts in 2016", play: sending(-24 * 3650), expected: arrived },
]
