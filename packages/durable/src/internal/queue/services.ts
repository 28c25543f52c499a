/**
 * Collects what the drains of a process share.
 */
import { RealtimeUploader } from "@holdfast/c2c/RealtimeUploader"
import { SourceFiles } from "@holdfast/c2c/SourceFile"
import { Uploader } from "@holdfast/c2c/Uploader"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Option from "effect/Option"
import * as Semaphore from "effect/Semaphore"
import { Bandwidth } from "../../Bandwidth.ts"
import { Journal } from "../../Journal.ts"
import * as Describe from "./describe.ts"
import type * as Drain from "./drain.ts"
import * as Limits from "./sharedLimits.ts"
import type { Describe as DescribeError } from "./types.ts"

/** Collects the services. The uploads use the `Bandwidth` of the context, if there is one. */
export const make = (options: {
  readonly describe?: DescribeError | undefined
  readonly parallel?: number | undefined
}) =>
  Effect.gen(function* () {
    const journal = yield* Journal
    const { upload } = yield* Uploader
    const { upload: record } = yield* RealtimeUploader
    const limits = Limits.make(Option.getOrUndefined(yield* Effect.serviceOption(Bandwidth)), options.parallel)
    const services: Drain.Services = {
      journal,
      upload,
      record,
      describe: options.describe ?? Describe.describe,
      requests: new Map(),
      files: yield* SourceFiles,
      adding: Semaphore.makeUnsafe(1),
      limits: limits.of,
      active: undefined,
      drains: 0,
      latch: Latch.makeUnsafe(true),
    }
    return services
  })
