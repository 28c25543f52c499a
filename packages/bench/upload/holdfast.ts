/**
 * The same upload through the complete engine, without a journal. `HOLDFAST_BENCH_TIMES` is how often it is uploaded, 4 at once.
 */
import { Uploader } from "@holdfast/c2c/Uploader"
import { Layer } from "effect"
import { requirements, uploading } from "./engine.ts"
import { measure, report, variant } from "./measure.ts"

const run = variant()
const engine = uploading(Uploader.layer.pipe(Layer.provide(await requirements(run))), run)
await engine.build()
let left = Number(process.env["HOLDFAST_BENCH_TIMES"] ?? 1)
const lane = async () => {
  while (left-- > 0) await engine.upload()
}
report(await measure(async () => void (await Promise.all(Array.from({ length: 4 }, lane)))))
await engine.end()
