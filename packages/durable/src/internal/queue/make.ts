/**
 * Makes the queue over a journal and an uploader.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { UploadRecord } from "../../UploadRecord.ts"
import * as Adding from "./adding.ts"
import * as Drain from "./drain.ts"
import * as Ended from "./ended.ts"
import type { DrainOptions } from "./types.ts"

/** Makes the operations of the queue. */
export const make = (services: Drain.Services) => {
  const { journal } = services
  const endless = new Set<UploadRecord["state"]>(["done", "canceled"])

  const retry = (ids: ReadonlyArray<string>, options: { readonly createAgain?: boolean } = {}) =>
    Effect.flatMap(journal.list, (records) => {
      const again = options.createAgain === true
      const wanted = new Set(ids)
      // Without `createAgain`, a person has not decided about an uncertain creation.
      const retried = records.filter(({ id, state }) => wanted.has(id) && (again || state !== "uncertain"))
      if (retried.length === 0) return Effect.void
      return journal.want(
        retried.map(({ id }) => id),
        again ? "retry-create-again" : "retry",
      )
    })

  const cancelAll = Effect.flatMap(journal.list, (records) => {
    const ids = records.filter(({ state }) => !endless.has(state)).map(({ id }) => id)
    return ids.length === 0 ? Effect.void : journal.want(ids, "cancel")
  })

  return {
    add: (files: Parameters<typeof Adding.add>[1]) => Adding.add(services, files),
    list: journal.list,
    receipt: (record: UploadRecord) => Ended.receiptOf(journal, record),
    retry,
    cancel: (ids: ReadonlyArray<string>) => (ids.length === 0 ? Effect.void : journal.want(ids, "cancel")),
    cancelAll,
    prioritize: journal.prioritize,
    pause: journal.setPaused(true),
    resume: journal.setPaused(false),
    clean: (options: { readonly failed?: boolean } = {}) => journal.clean({ failed: options.failed ?? false }),
    // A reader that is slower than the changes gets the state at the time when it asks.
    changes: Stream.merge(Stream.succeed(undefined), journal.changes).pipe(
      Stream.buffer({ capacity: 1, strategy: "sliding" }),
      Stream.mapEffect(() => journal.list),
    ),
    drain: (options: DrainOptions = {}) =>
      Effect.acquireUseRelease(
        Effect.sync(() => services.drains++),
        () => Effect.andThen(services.latch.await, Drain.drain(services, options)),
        () => Effect.sync(() => services.drains--),
      ),
  }
}
