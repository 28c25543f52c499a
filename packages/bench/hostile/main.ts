/**
 * Runs every client against every misbehaviour, on real sockets.
 *
 *     npm run test:hostile -- [--only TEXT]
 *
 * Each run must end within its timeouts, fail with a classified error, show no secret in any spelling, send none to another
 * origin, and report no false success. The clients' clock runs faster, so that their real timeouts and backoffs are used. The
 * memory of this process must stay below the limit throughout.
 */
import { isClassified } from "@holdfast/core/Verdict"
import { Cause, Effect, Exit, Logger } from "effect"
import { fork } from "node:child_process"
import * as Fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { inspect, parseArgs } from "node:util"
import * as ScaledClock from "../../cli/test/support/ScaledClock.ts"
import { clients } from "./clients.ts"
import type { Client } from "./clients/Client.ts"
import { misbehaviours } from "./misbehaviours.ts"
import type { Misbehaviour } from "./responses.ts"
import { shownAs } from "./spellings.ts"

/** How much faster the clients' clock runs: the 15 s of a request take 375 ms. */
const factor = 40

/** The number of concurrent runs. */
const concurrency = 16

// Each running command listens for the end of the input. Node reports a leak from 11 listeners.
process.stdin.setMaxListeners(10 + concurrency)

/** The time limit of a run on a busy machine, in milliseconds: 5 min of the clients' time take 7.5 s. */
const longest = 20_000

/** The memory limit of this process, in bytes. */
const memory = 400 * 1024 ** 2

const { values } = parseArgs({ options: { only: { type: "string" } } })

const directory = Fs.mkdtempSync(join(tmpdir(), "holdfast-hostile-"))
const path = join(directory, "A001.mov")
Fs.writeFileSync(path, Buffer.alloc(100_000, 65))

const server = fork(new URL("./server.ts", import.meta.url), { stdio: ["ignore", "inherit", "inherit", "ipc"] })
const leaks: Array<string> = []
const port = await new Promise<number>((resolve) => {
  server.on(
    "message",
    (message: { readonly port?: number; readonly leaked?: ReadonlyArray<string>; readonly request?: string }) => {
      if (message.port !== undefined) resolve(message.port)
      if ((message.leaked?.length ?? 0) > 0) leaks.push(`${message.request}: ${message.leaked?.join(", ")}`)
    },
  )
})

let peak = 0
const sampler = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20)

/** Every printed form of a value. */
const printed = (value: unknown): string => {
  const texts = [
    inspect(value, { depth: 12, showHidden: true, maxStringLength: Infinity, maxArrayLength: 500 }),
    String(value),
  ]
  try {
    texts.push(JSON.stringify(value) ?? "")
  } catch {
    // A circular value has no JSON.
  }
  if (value instanceof Error) texts.push(value.stack ?? "", value.message)
  return texts.join("\n")
}

const problemsOf = (
  client: Client,
  misbehaviour: Misbehaviour,
  exit: Exit.Exit<unknown, unknown>,
  logs: string,
  secrets: ReadonlyArray<string>,
) => {
  const problems: Array<string> = []
  const error = Exit.isFailure(exit) ? exit.cause.reasons.find(Cause.isFailReason)?.error : undefined
  if (Exit.isSuccess(exit)) {
    if (exit.value !== waiting && !mayEnd.has(client.name) && misbehaviour.done?.includes(client.name) !== true) {
      problems.push(`a false success: ${printed(exit.value).slice(0, 200)}`)
    }
    if (exit.value === waiting && client.waits !== true) problems.push(`did not end within ${longest} ms`)
  } else if (error === undefined) {
    problems.push(`a defect: ${Cause.pretty(exit.cause).slice(0, 600)}`)
  } else if (!isClassified(error)) {
    problems.push(`an error without a verdict: ${printed(error).slice(0, 300)}`)
  } else if (["fetch", "undici", "node", "web"].includes(client.name)) {
    const { outcome, retry } = error.verdict
    if (misbehaviour.retry !== undefined && retry !== misbehaviour.retry)
      problems.push(`retry is ${retry} (${error._tag})`)
    if (misbehaviour.outcome !== undefined && outcome !== misbehaviour.outcome) {
      problems.push(`outcome is ${outcome} (${error._tag})`)
    }
  }
  const lines = Exit.isSuccess(exit) ? exit.value : Reflect.get(Object(error), "lines")
  if (client.command === true && Array.isArray(lines)) {
    const line = lines.find((one: unknown) => controls.test(String(one)))
    if (line !== undefined) problems.push(`controls the terminal: ${JSON.stringify(line).slice(0, 200)}`)
  }
  const shown = [
    client.command === true ? printed(lines) : "",
    Exit.isFailure(exit) ? `${Cause.pretty(exit.cause)}\n${printed(exit.cause)}` : "",
    printed(error),
    logs,
  ].join("\n")
  for (const secret of secrets) {
    const spelling = shownAs(shown, secret)
    if (spelling !== undefined) problems.push(`shows ${secret.slice(0, 14)}… (${spelling})`)
  }
  return problems
}

/** Characters that control a terminal or are invisible: control characters, zero-width characters, and direction overrides. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/

/** Commands that exit with 0 whatever the server does: they report what they found, or remove local data. */
const mayEnd = new Set(["holdfast status", "holdfast signout"])

const waiting = Symbol("waits at a gate")

const one = (client: Client, misbehaviour: Misbehaviour, index: number, n: number) =>
  Effect.gen(function* () {
    const { effect, secrets } = client.run(`http://127.0.0.1:${port}/${index}/${n}`, n)
    const logs: Array<string> = []
    const logger = Logger.make(
      ({ cause, message }) => void logs.push(`${inspect(message, { depth: 8 })} ${Cause.pretty(cause)}`),
    )
    const started = performance.now()
    const exit = yield* Effect.exit(
      Effect.suspend(() => effect).pipe(
        ScaledClock.provideRunning(factor),
        Effect.timeoutOrElse({ duration: longest, orElse: () => Effect.succeed<unknown>(waiting) }),
        Effect.provide(Logger.layer([logger])),
      ),
    )
    const problems = problemsOf(client, misbehaviour, exit, logs.join("\n"), secrets)
    return { name: `${client.name} × ${misbehaviour.name}`, ms: performance.now() - started, problems }
  })

const all = clients(path, directory)
const runs = misbehaviours
  .flatMap((misbehaviour, index) => all.map((client) => ({ client, misbehaviour, index })))
  .filter(
    ({ client, misbehaviour }) =>
      values.only === undefined || `${client.name} × ${misbehaviour.name}`.includes(values.only),
  )

const started = performance.now()
const results = await Effect.runPromise(
  Effect.forEach(runs, ({ client, index, misbehaviour }, n) => one(client, misbehaviour, index, n), { concurrency }),
)
clearInterval(sampler)
server.kill()
Fs.rmSync(directory, { recursive: true, force: true })

const failed = results.filter(({ problems }) => problems.length > 0)
for (const { name, problems } of failed) for (const problem of problems) console.error(`✗ ${name}: ${problem}`)
for (const leak of new Set(leaks)) console.error(`✗ reached another origin: ${leak}`)
const slowest = [...results].sort((a, b) => b.ms - a.ms).slice(0, 3)
console.log(
  `${misbehaviours.length} misbehaviours × ${all.length} clients: ${results.length - failed.length} of ${results.length} runs as expected`,
)
console.log(
  `memory at most ${Math.round(peak / 1024 ** 2)} MiB (limit ${memory / 1024 ** 2} MiB), ${Math.round((performance.now() - started) / 1000)} s`,
)
console.log(`the longest: ${slowest.map(({ ms, name }) => `${name} ${(ms / 1000).toFixed(1)} s`).join("; ")}`)
const ok = failed.length === 0 && leaks.length === 0 && peak < memory
console.log(ok ? "PASS" : "FAIL")
process.exitCode = ok ? 0 : 1
