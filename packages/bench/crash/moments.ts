/**
 * Chooses when processes are killed, from a seed.
 */
import type { Random } from "../shared/random.ts"

/** When a process is killed. `delay` is in milliseconds after the step. */
export type Moment =
  /** After a share of the time that an undisturbed process takes to load its program, or for its work after that. */
  | { readonly at: "loading" | "work"; readonly share: number }
  /** After the nth line of this type in the output. */
  | { readonly at: "line"; readonly type: string; readonly nth: number; readonly delay: number }
  /** After the nth request of this kind has arrived or was answered. */
  | {
      readonly at: "request"
      readonly route: "creation" | "part" | "refresh"
      readonly seen: "arrived" | "answered"
      readonly nth: number
      readonly delay: number
    }
  /** When the last missing part of any file arrives or was answered. */
  | { readonly at: "last part"; readonly seen: "arrived" | "answered"; readonly delay: number }
  /** After the nth change of a file of the journal, or of the token file. */
  | { readonly at: "journal" | "tokens"; readonly nth: number; readonly delay: number }

type Aim = (nth: number, delay: number) => Moment

/** The steps of a refresh: the record before the request, its arrival, its response, and the record after the response. */
const refreshes: ReadonlyArray<Aim> = [
  (nth, delay) => ({ at: "tokens", nth: nth * 4, delay }),
  (nth, delay) => ({ at: "request", route: "refresh", seen: "arrived", nth: Math.ceil(nth / 2), delay }),
  (nth, delay) => ({ at: "request", route: "refresh", seen: "answered", nth: Math.ceil(nth / 2), delay }),
]

/** The steps at which kills are aimed. */
const steps: ReadonlyArray<Aim> = [
  (nth, delay) => ({ at: "request", route: "creation", seen: "arrived", nth, delay }),
  (nth, delay) => ({ at: "request", route: "creation", seen: "answered", nth, delay }),
  (nth, delay) => ({ at: "line", type: "created", nth, delay }),
  (_, delay) => ({ at: "request", route: "part", seen: "arrived", nth: 1, delay }),
  (_, delay) => ({ at: "request", route: "part", seen: "answered", nth: 1, delay }),
  (nth, delay) => ({ at: "request", route: "part", seen: "answered", nth: nth * 3, delay }),
  (nth, delay) => ({ at: "line", type: "chunk-confirmed", nth, delay }),
  (nth, delay) => ({ at: "line", type: "chunk-confirmed", nth: nth * 4, delay }),
  (_, delay) => ({ at: "last part", seen: "arrived", delay }),
  (_, delay) => ({ at: "last part", seen: "answered", delay }),
  (_, delay) => ({ at: "line", type: "file", nth: 1, delay }),
  (_, delay) => ({ at: "request", route: "refresh", seen: "arrived", nth: 1, delay }),
  (nth, delay) => ({ at: "journal", nth, delay }),
  (nth, delay) => ({ at: "journal", nth: nth * 4, delay }),
  (nth, delay) => ({ at: "journal", nth: nth * 12, delay }),
  (_, delay) => ({ at: "line", type: "resumed", nth: 1, delay }),
]

/** Kills of which all are aimed at the steps of a refresh. */
export const planRefreshes = (random: Random, count: number): ReadonlyArray<Moment> =>
  Array.from({ length: count }, () => aimed(random, random.pick(refreshes)))

/** Two of three aimed kills come at the step itself, the others up to 5 ms after it. */
const aimed = (random: Random, aim: Aim): Moment => {
  const delay = random.below(3) === 0 ? random.next() * 5 : 0
  return aim(1 + random.below(5), delay)
}

/**
 * Half of the kills are spread evenly over the time of a process, and half are aimed at single steps. Of the former, one in
 * eight comes while the process loads its program.
 */
export const plan = (random: Random, count: number): ReadonlyArray<Moment> => {
  const half = Math.ceil(count / 2)
  const moments = Array.from({ length: count }, (_, n): Moment => {
    if (n < half) {
      const loading = Math.floor(half / 8)
      return n < loading
        ? { at: "loading", share: (n + random.next()) / loading }
        : { at: "work", share: (n - loading + random.next()) / (half - loading) }
    }
    return aimed(random, steps[(n - half) % steps.length] ?? random.pick(steps))
  })
  return shuffled(random, moments)
}

const shuffled = <A>(random: Random, all: ReadonlyArray<A>): ReadonlyArray<A> => {
  const left = [...all]
  const drawn: Array<A> = []
  while (left.length > 0) drawn.push(...left.splice(random.below(left.length), 1))
  return drawn
}

/** The step at which a moment is aimed, for the report. */
export const name = (moment: Moment): string => {
  switch (moment.at) {
    case "loading":
      return "at a random time of the start"
    case "work":
      return "at a random time of the work"
    case "line":
      return `after "${moment.type}"`
    case "request":
      return `${moment.route} ${moment.seen}`
    case "last part":
      return `last part ${moment.seen}`
    case "journal":
      return "while the journal was written"
    case "tokens":
      return "while the tokens were saved"
  }
}
