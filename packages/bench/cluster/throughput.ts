/**
 * Measures the throughput of 1, 2 and 3 runners against a server that confirms each part after a fixed latency.
 *
 * A runner with n parts in flight cannot send more than n parts within the latency. That is the ideal of one runner, and the
 * ideal of three is three times as much. The measurement begins when a tenth of the parts was confirmed and ends at nine
 * tenths, so that neither the start of the runners nor the last parts count.
 */
import * as Os from "node:os"
import * as Cluster from "./cluster.ts"
import * as Runners from "./runners.ts"

export interface Measured {
  readonly runners: number
  /** In MiB a second. */
  readonly rate: number
  readonly ideal: number
  /** The CPU time of all processes of this machine in the measured time, as a share of its processors. */
  readonly busy: number
}

export const measure = async (count: number, options: Cluster.Options): Promise<Measured> => {
  const { latency, parallel, shape } = options
  const cluster = await Cluster.make({
    ...options,
    name: `rate${count}`,
    shape: { ...shape, count: shape.count * count },
  })
  try {
    const parts = shape.count * count * shape.parts
    const marks: Array<{ readonly at: number; readonly used: Cpu }> = []
    let confirmed = 0
    cluster.sandbox.watch(({ method, path, seen, status }) => {
      if (seen !== "answered" || method !== "PUT" || status !== 200 || !path.startsWith("/parts/")) return
      confirmed++
      if (confirmed === Math.ceil(parts * 0.1) || confirmed === Math.ceil(parts * 0.9)) {
        marks.push({ at: Date.now(), used: cpu() })
      }
    })
    const runners = Array.from({ length: count }, (_, place) => cluster.start(place))
    const isFinished = await cluster.finished(120_000)
    const problems = await Runners.drain(runners, 20_000)
    const [begin, end] = marks
    if (!isFinished || begin === undefined || end === undefined) {
      throw new Error(`${count} runners did not finish: ${runners.map((runner) => Runners.tail(runner)).join("\n")}`)
    }
    for (const problem of problems) console.log(`  ${problem}`)
    const mebibyte = shape.partSize / 1024 ** 2
    return {
      runners: count,
      rate: (parts * 0.8 * mebibyte) / ((end.at - begin.at) / 1000),
      ideal: (count * parallel * mebibyte) / (latency / 1000),
      busy: (end.used.busy - begin.used.busy) / (end.used.all - begin.used.all),
    }
  } finally {
    await cluster.close()
  }
}

interface Cpu {
  readonly busy: number
  readonly all: number
}

const cpu = (): Cpu => {
  const times = Os.cpus().map((one) => one.times)
  const all = times.flatMap((one) => Object.values(one)).reduce((a, b) => a + b, 0)
  return { all, busy: all - times.reduce((total, { idle }) => total + idle, 0) }
}
