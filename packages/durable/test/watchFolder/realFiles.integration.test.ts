import { assert, describe, it } from "@effect/vitest"
import { Clock, Deferred, Duration, Effect, Stream } from "effect"
import { execFileSync, spawn } from "node:child_process"
import * as Fs from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type WatchEvent, WatchFolder } from "@holdfast/durable"

/** Reads the files of 50 folders twice on a busy machine. */
const slow = { timeout: 120_000 }

/** Lets another process write 100 files into each of 50 folders, so that files appear while the watcher reads folders. */
const fill = (root: string, prefix: string) => {
  const program = `
    const Fs = require("node:fs")
    for (let folder = 0; folder < 50; folder++) {
      const path = process.argv[1] + folder
      Fs.mkdirSync(path)
      for (let file = 0; file < 100; file++) Fs.writeFileSync(path + "/" + file + ".mov", "x")
    }`
  return spawn(process.execPath, ["-e", program, join(root, prefix)], { stdio: "inherit" })
}

/** The number of folders that this process watches with inotify. */
const watches = (): number =>
  Fs.readdirSync("/proc/self/fdinfo")
    .flatMap((name) => {
      try {
        return Fs.readFileSync(`/proc/self/fdinfo/${name}`, "utf8").split("\n")
      } catch {
        return []
      }
    })
    .filter((line) => line.startsWith("inotify wd:")).length

/** Watches a new folder with real time and a short quiet time, until `isEnough` holds for the events so far. */
const inFolder = (
  options: WatchFolder.Options,
  prepare: (root: string) => void,
  onEvent: (event: WatchEvent, root: string, all: ReadonlyArray<WatchEvent>) => "enough" | "more",
) =>
  Effect.gen(function* () {
    const root = Fs.realpathSync(Fs.mkdtempSync(join(tmpdir(), "holdfast-watch-")))
    yield* Effect.addFinalizer(() => Effect.sync(() => Fs.rmSync(root, { recursive: true, force: true })))
    prepare(root)
    const all: Array<WatchEvent> = []
    const enough = yield* Deferred.make<void>()
    yield* WatchFolder.watch(root, { quietTime: "300 millis", pollInterval: "500 millis", ...options }).pipe(
      Stream.runForEach((event) => {
        all.push(event)
        return onEvent(event, root, all) === "enough" ? Deferred.succeed(enough, undefined) : Effect.void
      }),
      Effect.raceFirst(Deferred.await(enough)),
      Effect.timeout("90 seconds"),
    )
    return { root, all }
  }).pipe(Effect.scoped)

const finished = (all: ReadonlyArray<WatchEvent>): ReadonlyArray<string> =>
  all.flatMap((event) => (event._tag === "Finished" ? [event.file.relative] : []))

describe("WatchFolder, with real files", () => {
  it.live.runIf(process.platform === "linux")(
    "misses none of 10 000 files in 50 folders and 50 folders that appear at once, with one watch for each folder",
    () =>
      Effect.gen(function* () {
        const before = watches()
        let most = 0
        let done = 0
        const started = yield* Clock.monotonicTimeNanos
        const { all } = yield* inFolder(
          {},
          (root) => fill(root, "old"),
          (event, root) => {
            if (event._tag !== "Finished") return "more"
            done++
            if (done === 5000) fill(root, "new")
            if (done < 10_000) return "more"
            most = watches()
            return "enough"
          },
        )
        const seconds = Duration.toSeconds(Duration.nanos((yield* Clock.monotonicTimeNanos) - started))
        yield* Effect.logInfo(`10 000 files: ${seconds.toFixed(1)} s, ${most - before} watches`)
        const names = finished(all)
        assert.lengthOf(names, 10_000)
        assert.strictEqual(new Set(names).size, 10_000)
        assert.deepStrictEqual(
          all.filter(({ _tag }) => _tag !== "Found" && _tag !== "Finished"),
          [],
        )
        assert.strictEqual(most - before, 101)
        assert.strictEqual(watches(), before)
      }),
    slow,
  )

  it.live(
    "emits files whose names contain newlines, dashes, emoji, brackets and a trailing space, with their real paths",
    () =>
      Effect.gen(function* () {
        const names = ["-rf.mov", "a\nb.mov", "a b .mov ", "[a]{b}*?.mov", "🎬 Å.mov", "con.mov", "\ufffd.mov"]
        const { all, root } = yield* inFolder(
          {},
          (root) => names.forEach((name) => Fs.writeFileSync(join(root, name), "x")),
          (_event, _root, all) => (finished(all).length === names.length ? "enough" : "more"),
        )
        assert.sameMembers([...finished(all)], names)
        for (const event of all)
          if ("file" in event) assert.strictEqual(event.file.path, `${root}/${event.file.relative}`)
      }),
    slow,
  )

  it.live.runIf(process.platform === "linux")(
    "reports links, pipes, sockets and names that are not UTF-8",
    () =>
      Effect.gen(function* () {
        const server = createServer()
        yield* Effect.addFinalizer(() => Effect.sync(() => server.close()))
        const { all } = yield* inFolder(
          {},
          (root) => {
            Fs.writeFileSync(Buffer.concat([Buffer.from(`${root}/a`), Buffer.from([0xff]), Buffer.from(".mov")]), "x")
            Fs.symlinkSync("/etc", join(root, "link"))
            Fs.symlinkSync(".", join(root, "loop"))
            execFileSync("mkfifo", [join(root, "pipe")])
            server.listen(join(root, "socket"))
            Fs.writeFileSync(join(root, "b.mov"), "x")
          },
          ({ _tag }) => (_tag === "Finished" ? "enough" : "more"),
        )
        const skipped = all.flatMap((event) =>
          event._tag === "Skipped" ? [`${event.path.slice(event.path.lastIndexOf("/") + 1)} ${event.reason}`] : [],
        )
        assert.sameMembers(skipped, [
          "a\\xff.mov nameNotUtf8",
          "link symbolicLink",
          "loop symbolicLink",
          "pipe notAFile",
          "socket notAFile",
        ])
      }).pipe(Effect.scoped),
    slow,
  )

  it.live(
    "follows a folder that is renamed, a file that is rewritten, and a root that is moved away and back",
    () =>
      Effect.gen(function* () {
        const { all } = yield* inFolder(
          {},
          (root) => {
            Fs.mkdirSync(join(root, "a"))
            Fs.writeFileSync(join(root, "a/1.mov"), "x")
          },
          (event, root) => {
            const name = "file" in event ? `${event._tag} ${event.file.relative}` : event._tag
            if (name === "Finished a/1.mov") {
              Fs.renameSync(join(root, "a"), join(root, "b"))
              Fs.writeFileSync(join(root, "b/2.mov"), "x")
            }
            if (name === "Finished b/2.mov") Fs.appendFileSync(join(root, "b/1.mov"), "header")
            if (name === "Changed b/1.mov") Fs.renameSync(root, `${root}.away`)
            if (name === "RootMissing") Fs.renameSync(`${root}.away`, root)
            if (name === "RootBack") Fs.writeFileSync(join(root, "b/3.mov"), "x")
            return name === "Finished b/3.mov" ? "enough" : "more"
          },
        )
        assert.deepStrictEqual(
          all.map((event) => ("file" in event ? `${event._tag} ${event.file.relative}` : event._tag)),
          [
            "Found a/1.mov",
            "Finished a/1.mov",
            "Found b/2.mov",
            "Finished b/2.mov",
            "Found b/1.mov",
            "Changed b/1.mov",
            "RootMissing",
            "RootBack",
            "Found b/3.mov",
            "Finished b/3.mov",
          ],
        )
      }),
    slow,
  )

  it.live(
    "emits the files of another folder at the same path as new, even with equal names, sizes and times",
    () =>
      Effect.gen(function* () {
        const write = (root: string): void => {
          Fs.writeFileSync(join(root, "C0001.MP4"), "x")
          Fs.utimesSync(join(root, "C0001.MP4"), 1_700_000_000, 1_700_000_000)
        }
        const { all } = yield* inFolder({}, write, (event, root, all) => {
          if (event._tag !== "Finished") return "more"
          if (finished(all).length === 2) return "enough"
          Fs.rmSync(root, { recursive: true })
          Fs.mkdirSync(root)
          write(root)
          return "more"
        })
        assert.deepStrictEqual(finished(all), ["C0001.MP4", "C0001.MP4"])
      }),
    slow,
  )
})
