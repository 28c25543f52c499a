/**
 * Measures how much longer a reader takes for inputs of twice the length.
 */
import type { Reader } from "./Reader.ts"
import * as Shapes from "./shapes.ts"

/** Doubling the input may multiply the CPU time by at most this factor. */
export const most = 2.6

/** The compared lengths, in characters. */
export const lengths = [4, 8, 16, 32, 64].map((kib) => kib * 1024)

/** The length that shows whether a reader that seems to grow too fast does so beyond the compared lengths. */
const further = 128 * 1024

/** The cost of a shape. */
export interface Cost {
  readonly reader: string
  readonly shape: string
  /** Milliseconds of CPU by length. */
  readonly millis: ReadonlyArray<number>
  /** How many times as long the reader takes for twice the input. */
  readonly growth: number
}

/** A reader that grows too fast and takes longer than this is not measured further, in milliseconds. */
const hopeless = 300

/** Times below this depend more on the machine than on the reader, in milliseconds: a tenth of the limit for 64 KiB. */
const measurable = 5

/**
 * The milliseconds of a run: the smaller of the process's CPU time, which includes garbage collection and compilation in other
 * threads, and the elapsed time, which includes other load. The CPU time of one thread would be better, but the kernel counts
 * it in steps of some milliseconds.
 */
const cpu = (run: () => unknown): number => {
  const start = process.cpuUsage()
  const began = process.hrtime.bigint()
  run()
  const passed = Number(process.hrtime.bigint() - began) / 1e6
  const { system, user } = process.cpuUsage(start)
  return Math.min((system + user) / 1000, passed)
}

/** The best of several runs; short runs are repeated until they can be measured. */
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

/**
 * The growth for a doubling of the input, from the lengths that can be measured; 0 if none can.
 *
 * **Details**
 *
 * This is the greatest average of two doublings in a row: a single step also shows the size of the machine's caches, the first
 * collection of garbage, or the length from which V8 compiles a regular expression. A reader whose time grows with the square
 * of the length has 4.
 */
export const growthOf = (millis: ReadonlyArray<number>): number => {
  const [first = 0, second, ...more] = millis.filter((time) => time >= measurable)
  const times = [first, second ?? 0, ...more]
  if (more.length > 0) return Math.max(...more.map((time, index) => Math.sqrt(time / (times[index] ?? time))))
  // With fewer times, a doubling begins at a time that cannot be measured.
  const last = second ?? first
  const average = last === 0 ? 0 : Math.sqrt(last / (measurable / 2))
  return second === undefined ? average : Math.min(average, second / first)
}

/** How often a reader that seems to grow too fast is measured again, because the machine may have been busy. */
const doubts = 8

/** A doubtful reader is not measured further after this time, in milliseconds. */
const patience = 20_000

/** Measures one shape, and measures it again if it seems to grow too fast. */
export const measure = (reader: Reader, shape: Shapes.Shape, times = 3): Cost => {
  const inputs = lengths.map(shape.make)
  // Compiled before the measurement; otherwise the first lengths would include the compiler.
  for (let again = 0; again < 3; again++) reader.read(inputs[0] ?? "")
  let millis: ReadonlyArray<number> = []
  for (const input of inputs) {
    millis = [...millis, best(reader, input, times)]
    // The result would not improve, and further lengths take minutes.
    if (growthOf(millis) > 1.3 * most && (millis.at(-1) ?? 0) > hopeless) break
  }
  const doubted = performance.now()
  for (let again = 0; again < doubts && growthOf(millis) > most; again++) {
    if (performance.now() - doubted > patience) break
    millis = millis.map((known, index) => Math.min(known, best(reader, inputs[index] ?? "", times)))
  }
  const growth = growthOf(millis)
  if (growth <= most || millis.length < lengths.length)
    return { reader: reader.name, shape: shape.name, millis, growth }
  // At a certain length, V8 keeps arrays and strings elsewhere, and each costs several times more. This happens once, but a
  // reader that grows too fast continues to do so.
  const longest = best(reader, shape.make(further), times)
  const beyond = growthOf([...millis, longest].slice(-3))
  return { reader: reader.name, shape: shape.name, millis, growth: Math.min(growth, beyond) }
}

/** The length of the inputs that preselect shapes, and the number of shapes that remain. */
type Stages = ReadonlyArray<readonly [length: number, keep: number]>

const thorough: Stages = [
  [1024, 40],
  [4096, 12],
]

/** Less than a minute for all readers. */
export const quick: Stages = [[512, 6]]

/** The slowest shapes for a reader, preselected with shorter inputs. */
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
