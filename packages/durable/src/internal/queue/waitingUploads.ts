/**
 * Uploads single files through the queue, and waits for each.
 */
import type { UploadError } from "@holdfast/c2c/UploadError"
import type { UploadReceipt, UploadRequest } from "@holdfast/c2c/Uploader"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import * as Adding from "./adding.ts"
import * as Drain from "./drain.ts"
import * as Ended from "./ended.ts"
import type { Waiting } from "./requests.ts"
import type { FailedUpload } from "./types.ts"

/** The interval, in milliseconds, at which the end of an upload is checked for while another drain owns the queue. */
const lookEvery = 500

/** The pause between two drains, in milliseconds. */
const pause = 10

/**
 * Returns a function that adds a file to the queue and waits until it is uploaded.
 *
 * **Details**
 *
 * While callers wait, one fiber drains their uploads, and only these. If another process owns the queue, the fiber polls the
 * journal until that process has finished the uploads, and takes over if the process ends first. If this process has another
 * drain, that drain uploads the files. When the last caller of an upload is interrupted, the upload stops and stays in the
 * queue.
 */
export const make = (services: Drain.Services, scope: Scope.Scope) => {
  const { journal, requests } = services
  let isServing = false

  const complete = (id: string, exit: Exit.Exit<UploadReceipt, FailedUpload>) =>
    Effect.suspend(() => {
      const waiting = requests.get(id)
      return waiting === undefined ? Effect.void : Effect.asVoid(Deferred.done(waiting.ended, exit))
    })

  const completeAll = (exit: Exit.Exit<never, FailedUpload>) =>
    Effect.suspend(() => Effect.forEach([...requests.keys()], (id) => complete(id, exit), { discard: true }))

  /** Completes the callers whose uploads ended in another process. */
  const look = Effect.suspend(() =>
    Effect.forEach(
      requests,
      ([id, { request }]) => {
        // The drain completes the caller itself, with a more precise error.
        if (services.active?.isRunning(id) === true) return Effect.void
        return Effect.flatMap(Ended.read(journal, id, request.path), (exit) =>
          exit === undefined ? Effect.void : complete(id, exit),
        )
      },
      { discard: true },
    ),
  )

  const waitForOther = Effect.andThen(look, Effect.sleep(lookEvery))

  const { latch } = services
  const hosted = Effect.acquireUseRelease(
    latch.close,
    () => Drain.drain(services, { only: new Set() }),
    () => latch.open,
  )

  const serve: Effect.Effect<void> = Effect.suspend(() => {
    if (requests.size === 0) {
      isServing = false
      return Effect.void
    }
    const drained =
      services.active === undefined && services.drains === 0
        ? hosted.pipe(
            Effect.andThen(look),
            Effect.catchTag("JournalOwned", () => waitForOther),
          )
        : waitForOther
    return drained.pipe(
      // An error of the journal concerns all callers.
      Effect.catch((error) => completeAll(Exit.fail(error))),
      // The callers remove their requests meanwhile.
      Effect.andThen(Effect.sleep(pause)),
      Effect.andThen(serve),
    )
  })

  const serving = Effect.suspend(() => {
    services.active?.wake()
    if (isServing) return Effect.void
    isServing = true
    const served = Effect.onInterrupt(serve, () => completeAll(Exit.interrupt()))
    return Effect.asVoid(Effect.forkIn(served, scope))
  })

  const join = (id: string, request: UploadRequest): Effect.Effect<Waiting> =>
    Effect.sync(() => {
      const waiting = requests.get(id) ?? { request, ended: Deferred.makeUnsafe(), callers: 0 }
      waiting.callers++
      requests.set(id, waiting)
      return waiting
    })

  const leave = (id: string, waiting: Waiting) =>
    Effect.suspend(() => {
      waiting.callers--
      if (waiting.callers > 0) return Effect.void
      requests.delete(id)
      return services.active?.stop(id) ?? Effect.void
    })

  return (request: UploadRequest): Effect.Effect<UploadReceipt, UploadError> =>
    Effect.gen(function* () {
      const { channel, filetype, name, onUncertainCreation, path } = request
      const createAgain = onUncertainCreation === "repeat"
      const [record] = yield* Adding.add(services, [{ path, name, filetype, channel, createAgain }])
      if (record === undefined) return yield* Effect.die("the queue did not return an upload that was added")
      if (record.state === "uncertain" && record.wanted === undefined) return yield* Ended.lost(record)
      const receipt = yield* Effect.acquireUseRelease(
        join(record.id, request),
        ({ ended }) => Effect.andThen(serving, Deferred.await(ended)),
        (waiting) => leave(record.id, waiting),
      )
      return { ...receipt, path }
    }).pipe(Effect.catch(Ended.toUploadError))
}
