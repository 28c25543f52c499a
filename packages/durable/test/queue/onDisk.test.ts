/** Two processes over one journal on disk. */
import { assert, describe, it } from "@effect/vitest"
import { Journal, Queue } from "@holdfast/durable"
import { Effect, Exit, Fiber, Layer } from "effect"
import { join } from "node:path"
import { api, drive, failed, files, folder, md5, quiet, storage, stored, until, uploader } from "../support/bench.ts"

/** Runs a program in layers of its own, like a process. */
const inProcess =
  (directory: string, store: ReturnType<typeof storage>, server: ReturnType<typeof api>) =>
  <A, E>(use: (queue: Queue["Service"]) => Effect.Effect<A, E>) =>
    Queue.use(use).pipe(
      Effect.provide(
        Queue.layer.pipe(
          Layer.provide([
            uploader(store, server),
            Journal.layer({ directory: join(directory, "state"), marks: join(directory, "marks") }),
          ]),
        ),
        { local: true },
      ),
      quiet,
    )

describe("Two processes over one journal on disk", () => {
  it.effect("let one process cancel and add uploads that the other one sends", () =>
    Effect.gen(function* () {
      const directory = yield* folder
      let isStuck = true
      // One part is confirmed, so that other files begin.
      const store = storage((put) => (isStuck && !put.url.endsWith("/1/0") ? Effect.never : stored(md5(put.bytes))))
      const run = inProcess(directory, store, api(2))
      const paths = (yield* files(100, 200, 300)).map(({ path }) => path)
      const list = run((queue) => Effect.map(queue.list, (records) => records.map(({ state }) => state)))

      // The disk takes real time, which the test's clock does not show.
      const isListed = (states: ReadonlyArray<string>): Effect.Effect<void, Effect.Error<typeof list>> =>
        Effect.flatMap(list, (found) =>
          String(found) === String(states) ? Effect.void : Effect.andThen(Effect.sleep(250), isListed(states)),
        )

      const owner = yield* Effect.forkChild(
        run((queue) => Effect.andThen(queue.add(paths.slice(0, 2).map((path) => ({ path }))), queue.drain())),
      )
      yield* drive(until(() => store.seen.inFlight > 1))
      yield* drive(isListed(["sending", "sending"]))
      assert.strictEqual(failed(yield* drive(run((queue) => queue.drain())))._tag, "JournalOwned")

      const [first] = yield* run((queue) => queue.list)
      yield* run((queue) => queue.cancel([first?.id ?? ""]))
      yield* drive(isListed(["canceled", "sending"]))

      yield* run((queue) => queue.add([{ path: paths[2] ?? "" }]))
      isStuck = false
      const again = yield* drive(Fiber.interrupt(owner))
      assert.isTrue(Exit.isSuccess(again))
      const exit = yield* drive(run((queue) => queue.drain()))
      assert.isTrue(Exit.isSuccess(exit), String(exit))
      assert.deepStrictEqual(yield* list, ["canceled", "done", "done"])
      const [, second, third] = yield* run((queue) => queue.list)
      assert.deepInclude(second, { resumed: true, resentBytes: 200, crashes: 0, confirmed: 200 })
      assert.deepInclude(third, { resumed: false, resentBytes: 0, confirmed: 300 })
    }),
  )
})
