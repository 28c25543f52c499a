/**
 * Long inputs: how much longer a reader takes for twice as much.
 */
import type { Reader } from "./Reader.ts"
import * as Shapes from "./shapes.ts"

/** Twice the input takes at most so many times the CPU. */
export const most = 2.6

/** The lengths that are compared, in characters. */
export const lengths = [4, 8, 16, 32, 64].map((kib) => kib * 1024)

/** What a shape costs. */
export interface Cost {
  readonly reader: string
  readonly shape: string
  /** Milliseconds of CPU, by length. */
  readonly millis: ReadonlyArray<number>
  /** The greatest of the quotients of neighbours that can be measured. */
  readonly growth: number
}

/** A reader that grows too fast and takes longer than this is measured no further, in milliseconds. */
const hopeless = 300

/** Times below this say more of the machine than of the reader, in milliseconds; a tenth of what 64 KiB may take. */
const measurable = 5

/**
 * The milliseconds of a run: the lesser of the CPU of the process, to which threads that collect garbage and compile add
 * their own, and of the time that passed, to which a busy machine adds. The CPU of one thread would be what is meant, but
 * the kernel counts it in steps of some milliseconds.
 */
const cpu = (run: () => unknown): number => {
  const start = process.cpuUsage()
  const began = process.hrtime.bigint()
  run()
  const passed = Number(process.hrtime.bigint() - began) / 1e6
  const { system, user } = process.cpuUsage(start)
  return Math.min((system + user) / 1000, passed)
}

/** The best of so many times; short ones are repeated until they can be measured. */
const best = (reader: Reader, input: string, times: number): number => {
  let least = Number.POSITIVE_INFINITY
  for (let left = times; left > 0; left--) {
    let repeats = 1
    let taken = cpu(() => reader.read(input))
    if (taken < measurable) {
      repeats = Math.min(10, Math.ceil(measurable / Math.max(taken, 0.1)))
      taken = cpu(() => {
        for (let again = 0; again < repeats; again++) reader.read(input)
      })
    }
    least = Math.min(least, taken / repeats)
  }
  return least
}

/** The growth of each step to twice the input; 0 where it cannot be measured. */
const steps = (millis: ReadonlyArray<number>): ReadonlyArray<number> =>
  millis.slice(1).map((more, index) => {
    const less = millis[index] ?? 0
    return more < measurable ? 0 : more / Math.max(less, measurable / 2)
  })

const growthOf = (millis: ReadonlyArray<number>): number => Math.max(0, ...steps(millis))

/** How often a step that seems to grow too fast is measured again: the machine may have been busy. */
const doubts = 8

/** A doubtful step is measured no further once it has taken this long, in milliseconds. */
const patience = 20_000

/** Measures one shape. A step that seems to grow too fast is measured again, both of its lengths. */
export const measure = (reader: Reader, shape: Shapes.Shape, times = 3): Cost => {
  const inputs = lengths.map(shape.make)
  // Compiled before it is measured, or the first lengths pay for the compiler.
  for (let again = 0; again < 3; again++) reader.read(inputs[0] ?? "")
  let millis: ReadonlyArray<number> = []
  for (const input of inputs) {
    millis = [...millis, best(reader, input, times)]
    // It will not get better, and takes minutes.
    if (growthOf(millis) > 1.3 * most && (millis.at(-1) ?? 0) > hopeless) break
  }
  const doubted = performance.now()
  for (let again = 0; again < doubts && growthOf(millis) > most; again++) {
    if (performance.now() - doubted > patience) break
    const doubtful = steps(millis).findIndex((step) => step > most)
    millis = millis.map((known, index) =>
      index === doubtful || index === doubtful + 1 ? Math.min(known, best(reader, inputs[index] ?? "", times)) : known,
    )
  }
  return { reader: reader.name, shape: shape.name, millis, growth: growthOf(millis) }
}

/** Of which length the inputs are that sort out shapes, and how many of these stay. */
type Stages = ReadonlyArray<readonly [length: number, keep: number]>

const thorough: Stages = [
  [1024, 40],
  [4096, 12],
]

/** Less than a minute for all readers. */
export const quick: Stages = [[512, 6]]

/** The shapes that a reader takes longest for, found with shorter inputs first. */
export const worst = (reader: Reader, count: number, stages = thorough): ReadonlyArray<Shapes.Shape> => {
  let shapes = Shapes.of(reader)
  for (const [length, keep] of [...stages, [16_384, count] as const]) {
    const timed = shapes.map((shape) => {
      const input = shape.make(length)
      const start = process.hrtime.bigint()
      reader.read(input)
      const once = process.hrtime.bigint() - start
      const second = process.hrtime.bigint()
      reader.read(input)
      const twice = process.hrtime.bigint() - second
      return { shape, taken: Number(once < twice ? once : twice) }
    })
    shapes = timed
      .sort((a, b) => b.taken - a.taken)
      .slice(0, keep)
      .map(({ shape }) => shape)
  }
  return shapes
}
