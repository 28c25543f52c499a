/**
 * The same upload through the complete engine, without a journal.
 */
import { Uploader } from "@holdfast/c2c/Uploader"
import { Layer } from "effect"
import { requirements, uploading } from "./engine.ts"
import { measure, report, variant } from "./measure.ts"

const run = variant()
const engine = uploading(Uploader.layer.pipe(Layer.provide(await requirements(run))), run)
await engine.build()
report(await measure(engine.upload))
await engine.end()
