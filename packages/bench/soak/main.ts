/**
 * Runs a day of calls in virtual time, 100 000 per hour. Fails if anything grows with time or is left at the end.
 *
 *     npm run test:soak -- [--short] [--hours 24] [--calls 100000]
 *
 * `--calls` is the number per hour. `--short` runs 12 hours with 10 000 calls each, which takes seconds instead of minutes.
 */
import { parseArgs } from "node:util"
import { soak, table } from "../../core/test/support/soak.ts"
import { slope } from "../shared/statistics.ts"

const { values } = parseArgs({
  options: { short: { type: "boolean", default: false }, hours: { type: "string" }, calls: { type: "string" } },
})
const hours = Number(values.hours ?? (values.short ? 12 : 24))
const callsPerHour = Number(values.calls ?? (values.short ? 10_000 : 100_000))
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

/** How many bytes the heap grows per hour, without the first hours, in which the compiler and caches still fill it. */
const growth = heap.length < 3 ? 0 : slope(heap.slice(Math.min(2, heap.length - 2)))
const outage = sums.outage.requests / sums.outage.calls
console.log(`${line}\n${table(sums)}`)
console.log(`most at a full minute: ${JSON.stringify(most)}; left: ${JSON.stringify(left)}; circuit ${state._tag}`)
console.log(`the heap grows by ${(growth / 1000).toFixed(1)} kB per hour`)

const problems = [
  // A leak of one byte per call would be 100 kB; a table that doubles once a day is not a leak.
  ...(growth > 100_000 ? [`the heap grows by ${Math.round(growth)} bytes per hour`] : []),
  ...(left.calls + left.timers + left.inFlight + left.queued > 0 ? ["something is left at the end"] : []),
  ...(outage > 1.2 ? [`${outage} requests per call in outages`] : []),
]
if (problems.length > 0) {
  console.error(problems.join("\n"))
  process.exitCode = 1
}
