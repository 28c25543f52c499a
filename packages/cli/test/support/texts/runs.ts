/**
 * The output of complete runs to a pipe: the lines of `--json` by outcome, an error of the storage, outages, a running
 * sandbox.
 */
import { Connectivity, Gate, Origins } from "@holdfast/core"
import type { Waiting } from "@holdfast/core/Origins"
import { ConfigProvider, Effect, Fiber, Layer, SubscriptionRef } from "effect"
import { TestClock } from "effect/testing"
import { Output } from "holdfast/Output"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as Outage from "../../../src/upload/Outage.ts"
import * as UploadState from "../../../src/upload/State.ts"
import * as OneRun from "../oneRun.ts"
import * as Proxied from "../proxied.ts"
import * as Shown from "./shown.ts"

const unchanged: Proxied.Change = (headers) => headers

const without =
  (...names: ReadonlyArray<string>): Proxied.Change =>
  (headers) =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)))

/** Events whose number or order depends on the machine. */
const timed = new Set(["progress", "gate", "failure", "retry", "chunk-sent", "unreachable", "device", "pairing"])

/** Numbers that depend on the machine. */
const figures = /"(at|waitMs|elapsedMs|attempts|retries|waitedMs|closed)":\d+/g

const json = (line: string): string => {
  if (!line.startsWith("{")) return line
  const event = JSON.parse(line)
  if (timed.has(event.type)) return ""
  // The texts of `explain` have the problems.
  if (event.type === "explanation") event.problem = {}
  if (event.type === "summary") event.errors = {}
  return JSON.stringify(event)
    .replaceAll(figures, '"$1":0')
    .replaceAll(/"\d{4}-\d\d-\d\dT[^"]*Z"/g, '"2026-11-21T17:24:01.123Z"')
}

const stable = (home: string, line: string): string =>
  line.replaceAll(home, ".").replaceAll(/\b[\da-f]{8}-[\da-f-]{27}\b/g, "00000000-0000-4000-8000-000000000001")

const printed = (home: string, args: ReadonlyArray<string>, { exitCode, stderr, stdout }: OneRun.Ran) =>
  Shown.printed(
    args.map((arg) => arg.replace(home, ".")),
    exitCode,
    stdout.map((line) => stable(home, json(line))),
    // Omits the number of retries, which depends on timing, and the explanation of a failure, which is kept elsewhere.
    stderr.filter((line) => line.startsWith("holdfast:")).map((line) => stable(home, line)),
    (line) => line !== "",
  )

/** Runs `upload` with `clip.mov` while the proxy changes its chunks. */
const upload = (flags: ReadonlyArray<string>, change: Proxied.Change, changeRequest?: Proxied.Change) =>
  Proxied.scene(
    change,
    ({ home, run }) => {
      const clip = Path.join(home, "clip.mov")
      Fs.writeFileSync(clip, "clip")
      const args = ["upload", clip, ...flags.map((flag) => flag.replace(/^\./, home))]
      return Effect.map(run(...args), (ran) => printed(home, args, ran))
    },
    changeRequest,
  )

/** A run that a signal ends while the first file is being sent and another one waits. */
const interrupted = Effect.gen(function* () {
  const home = Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-texts-"))
  const [first, second] = [Path.join(home, "clip.mov"), Path.join(home, "next.mov")]
  Fs.writeFileSync(first, "clip")
  Fs.writeFileSync(second, "next")
  const plan = Path.join(home, "hang.json")
  Fs.writeFileSync(plan, JSON.stringify({ name: "hang", rules: [{ route: "chunk", fault: "hang" }] }))
  const args = ["upload", first, second, "--sandbox", "--faults", plan, "--json"]
  const lines: OneRun.Lines = { stdout: [], stderr: [] }
  const fiber = yield* Effect.forkChild(OneRun.command(args, 20, lines))
  const push = lines.stdout.push.bind(lines.stdout)
  lines.stdout.push = (line: string) => {
    if (line.includes('"type":"created"')) fiber.interruptUnsafe()
    return push(line)
  }
  yield* Fiber.await(fiber)
  Fs.rmSync(home, { recursive: true })
  return printed(home, args, { exitCode: 130, ...lines })
})

/** A run that cannot begin, because its home is below a regular file. */
const skipped = Effect.gen(function* () {
  const home = Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-texts-"))
  const files = ["clip.mov", "next.mov"].map((name) => Path.join(home, name))
  for (const path of files) Fs.writeFileSync(path, "clip")
  const args = ["upload", ...files, "--api", "http://127.0.0.1:9", "--json"]
  const ran = yield* Effect.provideService(
    OneRun.command(args, 20),
    ConfigProvider.ConfigProvider,
    ConfigProvider.fromEnv({ env: { HOLDFAST_HOME: files[0] ?? "" } }),
  )
  Fs.rmSync(home, { recursive: true })
  return printed(home, args, ran)
})

const uploads = Effect.all([
  skipped,
  upload(["--json"], unchanged),
  upload(["--json"], without("etag")),
  upload(["--json", "--accept-unverified"], without("etag")),
  upload(["./missing.mov", "--json"], unchanged),
  interrupted,
  // The header is part of the signature.
  upload([], unchanged, without("x-amz-acl")),
])

const notices = (heading: string, play: (now: Now) => Effect.Effect<void>) =>
  Effect.gen(function* () {
    const lines = { stdout: new Array<string>(), stderr: new Array<string>() }
    const gate = yield* Gate.make("connectivity")
    const failure = yield* SubscriptionRef.make<unknown>(undefined)
    const nextProbeAt = yield* SubscriptionRef.make<number | undefined>(undefined)
    const waiting = yield* SubscriptionRef.make<ReadonlyArray<Waiting>>([])
    const services = Layer.mergeAll(
      Output.layerMemory(lines),
      Layer.succeed(Origins, { waiting, of: () => Effect.die("no call") }),
      Layer.succeed(Connectivity, { gate, nextProbeAt, failure, report: () => Effect.void }),
    )
    const options = { api: "https://api.frame.io", quiet: false, json: false, firstContact: undefined }
    const run = yield* Effect.provide(
      Output.use((output) => UploadState.make({ paths: ["clip.mov"], json: false, output })),
      services,
    )
    yield* Effect.forkScoped(Effect.provide(Outage.notices(options), services), { startImmediately: true })
    yield* Effect.forkScoped(Effect.provide(Outage.followStorages(run, options), services), { startImmediately: true })
    yield* play({ gate, failure, waiting })
    return Shown.scene(heading, lines.stderr)
  }).pipe(Effect.scoped, Effect.provide(TestClock.layer()))

interface Now {
  readonly gate: Gate.Gate<"connectivity">
  readonly failure: SubscriptionRef.SubscriptionRef<unknown>
  readonly waiting: SubscriptionRef.SubscriptionRef<ReadonlyArray<Waiting>>
}

const minute = TestClock.adjust("1 minute")

/** The API cannot be reached for a minute. */
const api =
  (reason: string, why: unknown) =>
  ({ failure, gate }: Now) =>
    Effect.gen(function* () {
      yield* gate.close(reason)
      yield* SubscriptionRef.set(failure, why)
      yield* minute
      yield* gate.open
      yield* minute
    })

/** The storage cannot be reached for a minute. */
const storage =
  (reason: string) =>
  ({ waiting }: Now) =>
    Effect.gen(function* () {
      const away = { origin: "https://bucket.s3.amazonaws.com", reason, since: 0, nextProbeAt: 8000 }
      yield* SubscriptionRef.set(waiting, [away])
      yield* minute
      yield* SubscriptionRef.set(waiting, [])
      yield* minute
    })

const outages = Effect.all([
  notices("a network that is away and comes back", api("ConnectionRefused", { _tag: "ConnectionRefused" })),
  notices("no name server, and then one", api("DnsFailure", { _tag: "DnsFailure" })),
  notices("an API that answers 503 and recovers", api("UnknownAPIError", { status: 503, message: "HTTP 503" })),
  notices("a captive portal, and a sign-in to it", api("CaptivePortal", { _tag: "CaptivePortal" })),
  notices("a storage that refuses connections and comes back", storage("ConnectionRefused")),
  notices("a storage that asks for fewer requests and recovers", storage("SlowDown")),
])

/** A sandbox that gets one request and answers it with its plan. */
const sandbox = (...flags: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const home = Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-texts-"))
    const plan = Path.join(home, "plan.json")
    Fs.writeFileSync(plan, JSON.stringify({ name: "once", rules: [{ route: "health", fault: "internal-error" }] }))
    const args = ["sandbox", "--port", "0", "--faults", plan, ...flags]
    const lines: OneRun.Lines = { stdout: [], stderr: [] }
    const fiber = yield* Effect.forkChild(OneRun.command(args, 1, lines))
    const url = /http:\/\/127\.0\.0\.1:\d+/
    const has = (pattern: RegExp) =>
      Effect.repeat(Effect.sleep("5 millis"), {
        until: () => pattern.test([...lines.stdout, ...lines.stderr].join("\n")),
      })
    yield* has(/upload {3}holdfast|"listening"/)
    yield* Effect.promise(() => fetch(`${url.exec(lines.stdout[0] ?? "")?.[0]}/health`))
    yield* has(/ 500 |"fault"/)
    yield* Fiber.interrupt(fiber)
    Fs.rmSync(home, { recursive: true })
    const time = (line: string) => line.replace(/^(\S*)\d\d:\d\d(?::\d\d)?/, "$112:00").replace(/"at":\d+/, '"at":0')
    return Shown.printed(
      args.map((arg) => arg.replace(home, ".")),
      130,
      lines.stdout.map((line) => time(line).replaceAll(home, ".")),
      lines.stderr.map((line) => time(line).replaceAll(home, ".")),
    )
  })

/** The runs of a topic. */
export const topics: Readonly<Record<string, Effect.Effect<ReadonlyArray<string>>>> = {
  runs: Effect.orDie(uploads),
  outages,
  sandbox: Effect.all([sandbox(), sandbox("--json")]),
}
