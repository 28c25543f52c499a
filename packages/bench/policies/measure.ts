/**
 * Measures one case in this process and prints the figure: `measure.ts time|hold ID`.
 *
 * `time`: nanoseconds per call, the 10th percentile of many short samples. They are short, so that most are undisturbed by
 * other processes; the 10th percentile is used because the best sample is luck. `hold`: heap bytes per call with many calls in
 * flight.
 */
import { percentile } from "../shared/statistics.ts"
import { limit, reached, settle, type Case, type Launch, type Loop } from "./Case.ts"
import { method, plan } from "./plan.ts"

const { length, patience, samples, still, warmup } = method

const time = async (loop: Loop): Promise<number> => {
  let calls = 1
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
    calls = Math.max(1, Math.min(calls * 2, Math.round(length / perCall)))
    now = end
  }
  const figures: Array<number> = []
  for (let sample = 0; sample < samples; sample++) {
    const start = performance.now()
    await loop(calls)
    figures.push((performance.now() - start) / calls)
  }
  return percentile(figures, 10) * 1e6
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
const figure =
  quantity === "time" && found?.time !== undefined
    ? await time(await found.time())
    : quantity === "hold" && found?.hold !== undefined && planned.hold !== undefined
      ? await hold(await found.hold(), planned.hold, planned.unreached ?? false)
      : undefined
if (figure === undefined) throw new Error(`${id} has no ${quantity}`)
console.log(JSON.stringify(figure))
process.exit(0)
