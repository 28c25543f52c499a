/**
 * A day of calls in virtual time, 100 000 an hour; fails if anything grows with time or is left at the end.
 *
 * `node --expose-gc --conditions=source packages/bench/soak/main.ts [HOURS] [CALLS AN HOUR]`
 */
import { soak, table } from "../../core/test/support/soak.ts"

const [hours = 24, callsPerHour = 100_000] = process.argv.slice(2).map(Number)
const { gc } = globalThis
if (gc === undefined) throw new Error("run with --expose-gc: the memory is measured after collection")

const began = performance.now()
const heap: Array<number> = []
const { left, line, most, state, sums } = soak({
  hours,
  callsPerHour,
  seed: 1,
  onHour: (hour) => {
    gc()
    const { heapUsed } = process.memoryUsage()
    heap.push(heapUsed)
    const seconds = ((performance.now() - began) / 1000).toFixed(0)
    console.log(`hour ${String(hour).padStart(2)}: ${(heapUsed / 1e6).toFixed(3)} MB after ${seconds} s`)
  },
})

/** How much the heap grows an hour, in bytes: the slope of the straight line that fits best, without the first hours. */
const slope = (all: ReadonlyArray<number>): number => {
  const samples = all.slice(Math.min(2, all.length - 2))
  const middle = (samples.length - 1) / 2
  const mean = samples.reduce((sum, bytes) => sum + bytes, 0) / samples.length
  const up = samples.reduce((sum, bytes, n) => sum + (n - middle) * (bytes - mean), 0)
  return up / samples.reduce((sum, _, n) => sum + (n - middle) ** 2, 0)
}

const growth = heap.length < 3 ? 0 : slope(heap)
const outage = sums.outage.requests / sums.outage.calls
console.log(`${line}\n${table(sums)}`)
console.log(`most at a full minute: ${JSON.stringify(most)}; left: ${JSON.stringify(left)}; circuit ${state._tag}`)
console.log(`the heap grows by ${(growth / 1000).toFixed(1)} kB an hour`)

const problems = [
  // One byte of each call that stayed would be 100 kB; a table that doubles once in a day is not a leak.
  ...(growth > 100_000 ? [`the heap grows by ${Math.round(growth)} bytes an hour`] : []),
  ...(left.calls + left.timers + left.inFlight + left.queued > 0 ? ["something is left"] : []),
  ...(outage > 1.2 ? [`${outage} requests a call in outages`] : []),
]
if (problems.length > 0) {
  console.error(problems.join("\n"))
  process.exitCode = 1
}
