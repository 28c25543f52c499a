/** The waits of the retry policy, and the timeouts of one attempt. */
import { Backoff, Retry } from "@holdfast/core"
import { Duration } from "effect"
import { timeouts } from "../../../core/src/policies/timeout/defaults.ts"
import { table } from "./markdown.ts"

const seconds = (millis: number): string => `${Number((millis / 1000).toFixed(3))}`

/** Formats `15 s`, `2 min`. */
const spoken = (duration: Duration.Duration): string => {
  const millis = Duration.toMillis(duration)
  return millis >= 60_000 ? `${millis / 60_000} min` : `${millis / 1000} s`
}

const retries = Array.from({ length: Retry.defaultAttempts - 1 }, (_, n) => Backoff.delay(Backoff.guide, n))
const total = retries.reduce((sum, delay) => sum + delay, 0)

const delays = [
  table(
    ["retry", ...retries.map((_, n) => String(n + 1)), "together"],
    [
      ["delay, s", ...retries.map(seconds), seconds(total)],
      ["shortest wait, s", ...retries.map((delay) => seconds(Backoff.equalWait(delay, 0))), seconds(total / 2)],
      ["longest wait, s", ...retries.map((delay) => seconds(Backoff.equalWait(delay, 1))), seconds(total)],
    ],
  ),
  "",
  `A call has at most ${Retry.defaultAttempts} attempts, so there are ${retries.length} waits. The cap is ${seconds(Duration.toMillis(Backoff.guide.cap))} s.`,
].join("\n")

const jitters = (() => {
  const longest = Duration.toMillis(Backoff.guide.cap)
  const at = (wait: (delay: number, random: number) => number, delay: number) =>
    `${seconds(wait(delay, 0))} – ${seconds(wait(delay, 1))}`
  const row = (name: string, wait: (delay: number, random: number) => number, note: string) => [
    `\`Backoff.${name}\``,
    at(wait, 2000),
    at(wait, longest),
    note,
  ]
  return table(
    ["jitter", "wait for a delay of 2 s", `at the cap of ${seconds(longest)} s`, "note"],
    [
      row(
        "equalJitter",
        Backoff.equalWait,
        "the default: never exceeds the cap, and spreads the waits even at the cap",
      ),
      row("fullJitter", Backoff.fullWait, "has the widest spread; a wait can be close to 0"),
      row("proportionalJitter", Backoff.proportionalWait, "keeps the mean; can exceed the cap"),
      row(
        "additiveJitter",
        Backoff.additiveWait,
        "is described in the text of Frame.io's error guide; can exceed the cap",
      ),
      [
        "`Backoff.decorrelatedJitter`",
        at((previous, random) => Backoff.decorrelatedWait(Backoff.guide, previous, random), 2000),
        at((previous, random) => Backoff.decorrelatedWait(Backoff.guide, previous, random), longest),
        "depends on the previous wait instead of the delay; never exceeds the cap",
      ],
    ],
  )
})()

const timeoutTable = table(
  ["constant", "time of one attempt", "for"],
  timeouts.map(({ meaning, name, time }) => [`\`${name}\``, spoken(time), meaning]),
)

/** The tables of `docs/policies/backoff.md`, by name. */
export const backoff: ReadonlyArray<readonly [name: string, text: string]> = [
  ["delays", delays],
  ["jitters", jitters],
]

/** The table of `docs/policies/timeout.md`. */
export const timeout: ReadonlyArray<readonly [name: string, text: string]> = [["timeouts", timeoutTable]]
