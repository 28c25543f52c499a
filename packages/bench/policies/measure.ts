/**
 * Measures one case in this process and prints the figure: `measure.ts time|again|hold ID`.
 *
 * `time`: nanoseconds per call, the 10th percentile of many short samples. They are short, so that most are undisturbed by
 * other processes; the 10th percentile is used because the best sample is luck. `again`: the CPU time in another harness, the
 * median of its samples. `hold`: heap bytes per call with many calls in flight.
 */
import { percentile } from "../shared/statistics.ts"
import { Bench } from "tinybench"
import { limit, reached, settle, type Case, type Launch, type Loop } from "./Case.ts"
import { method, plan } from "./plan.ts"
import type { Timed } from "./Planned.ts"

const cpuMillis = (): number => {
  const { system, user } = process.cpuUsage()
  return (user + system) / 1000
}

const { fewest, length, patience, samples, still, warmup } = method

/** Nanoseconds of a call: by the clock, and of CPU in all threads of this process. */
const time = async (loop: Loop, batch: number): Promise<Timed> => {
  let calls = batch
  let best = Infinity
  const began = performance.now()
  let improved = began
  for (let now = began; now - began < warmup || (now - improved < still && now - began < patience);) {
    await loop(calls)
    const end = performance.now()
    const perCall = (end - now) / calls
    if (perCall < 0.97 * best) {
      best = perCall
      improved = end
    }
    calls = Math.max(1, Math.min((calls / batch) * 2, Math.round(length / perCall / batch))) * batch
    now = end
  }
  const wall: Array<number> = []
  const cpu: Array<number> = []
  const sampled = performance.now()
  for (let sample = 0; sample < samples && (sample < fewest || performance.now() - sampled < patience); sample++) {
    const start = performance.now()
    const before = cpuMillis()
    await loop(calls)
    cpu.push((cpuMillis() - before) / calls)
    wall.push((performance.now() - start) / calls)
  }
  return { wall: percentile(wall, 10) * 1e6, cpu: percentile(cpu, 10) * 1e6 }
}

/** The same in the other harness, tinybench, which measures only CPU time here. */
const again = async (loop: Loop, batch: number): Promise<Timed> => {
  const calls = Math.max(batch, 1000)
  const bench = new Bench({ now: cpuMillis, time: warmup, warmupTime: warmup })
  bench.add("case", () => loop(calls), { async: true })
  await bench.run()
  const result = bench.tasks[0]?.result
  if (result === undefined || !("latency" in result)) throw new Error("tinybench has no result")
  const cpu = (result.latency.p50 / calls) * 1e6
  return { wall: cpu, cpu }
}

const heap = async (): Promise<number> => {
  for (let turn = 0; turn < 4; turn++) {
    globalThis.gc?.()
    await settle()
  }
  return process.memoryUsage().heapUsed
}

/** The number of calls before the measured ones, so that one-time initialization is not measured. */
const before = 500

const hold = async (launch: Launch, calls: number, unreached: boolean): Promise<number> => {
  await launch(before)
  const start = await heap()
  const began = performance.now()
  await launch(calls)
  const end = await heap()
  if (reached() !== (unreached ? 0 : before + calls)) throw new Error(`${reached()} calls are in flight`)
  if (performance.now() - began > limit) throw new Error("the machine is too slow: calls have timed out")
  return (end - start) / calls
}

const [quantity, id = ""] = process.argv.slice(2)
const planned = plan.find((one) => one.id === id)
const [group = "", name = ""] = id.split(".")
if (planned === undefined) throw new Error(`no case ${id}`)
if (globalThis.gc === undefined) throw new Error("start Node with --expose-gc")
const { cases } = (await import(`./cases/${group}.ts`)) as { readonly cases: Readonly<Record<string, Case>> }
const found = cases[name]
const batch = found?.batch ?? 1
const figure =
  (quantity === "time" || quantity === "again") && found?.time !== undefined
    ? await (quantity === "time" ? time : again)(await found.time(), batch)
    : quantity === "hold" && found?.hold !== undefined && planned.hold !== undefined
      ? await hold(await found.hold(), planned.hold, planned.unreached ?? false)
      : undefined
if (figure === undefined) throw new Error(`${id} has no ${quantity}`)
console.log(JSON.stringify(figure))
process.exit(0)
