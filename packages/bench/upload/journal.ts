/**
 * The same upload through the engine and the queue, with a journal on a disk. Opening the
 * journal is not part of the cost: `npm run bench:journal` measures it.
 */
import { DurableUploader, Journal } from "@holdfast/durable"
import { Layer } from "effect"
import { join } from "node:path"
import { requirements, uploading } from "./engine.ts"
import { measure, report, variant } from "./measure.ts"

const run = variant()
const OnDisk = Journal.layer({ directory: join(run.state, "queue"), marks: join(run.state, "marks") })
const layer = DurableUploader.layerWith({ parallel: run.parallel }).pipe(
  Layer.provide([await requirements(run), OnDisk]),
)
const engine = uploading(layer, run)
await engine.build()
report(await measure(engine.upload))
await engine.end()
