/**
 * Two processes refresh one sign-in at once: no sign-in may be lost, and no refresh token may be used a third time.
 *
 * Method: two processes share a token file. In each round, both have read the same pair, the server counts as having rejected
 * its access token, and both refresh it at the same moment. The sandbox rotates the pair at each refresh and ends it when a
 * refresh token is used again. In a tenth of the rounds, one or both processes are killed at a random moment and replaced. The
 * sandbox also answers some refreshes with an error, or breaks the connection after the refresh. Afterwards, the judge reads
 * how often the sandbox saw each token. A sign-in may be lost only if a response was lost, and the one retry was rejected or
 * its response was lost too; a user then signs in again.
 *
 *     npm run test:refresh -- [--rounds 1000] [--seed 1]
 */
import * as Fs from "node:fs"
import * as Os from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { parseArgs } from "node:util"
import * as Random from "../shared/random.ts"
import * as Server from "../shared/sandbox/Server.ts"
import { savedTokens, signIn, tokenFile } from "../shared/sandbox/signIn.ts"
import type { Named } from "../shared/refreshes/timeline.ts"
import { judge, type Round } from "./judge.ts"
import * as Worker from "./Worker.ts"

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
  },
})
const count = Number(values.rounds)
const random = Random.make(Number(values.seed))
/** A kill comes at a random time within this, in milliseconds; a refresh takes about a third of it. */
const within = 30

const plan = {
  name: "refresh",
  survivable: false,
  rules: [
    { route: "refresh", chance: 0.01, fault: "reset-after" },
    { route: "refresh", chance: 0.03, fault: "unavailable" },
    { route: "refresh", chance: 0.03, fault: "too-many-requests" },
  ],
}

const parent = Fs.mkdtempSync(join(Os.tmpdir(), "holdfast-refresh-"))
const server = Server.start({ PATH: process.env["PATH"] })
const started = performance.now()
try {
  const planFile = join(parent, "plan.json")
  Fs.writeFileSync(planFile, JSON.stringify(plan))
  const directory = join(parent, "stored")
  const sandbox = await server.open({ plan: planFile, seed: Number(values.seed), chunkSize: 65_536, directory })
  const file = tokenFile(parent, sandbox.url)
  await signIn(parent, sandbox.url, sandbox)
  const workers = [await Worker.start(sandbox.url, file), await Worker.start(sandbox.url, file)]

  const rounds: Array<Round> = []
  let seen = 0
  for (let number = 1; number <= count; number++) {
    for (const worker of workers) await worker.ask("read")
    const victims = random.below(10) > 0 ? [] : random.below(4) === 0 ? [0, 1] : [random.below(2)]
    const startedAt = Date.now()
    const processes: Array<Named> = []
    const kills = victims.map(async (at) => {
      await sleep(random.next() * within)
      const killed = workers[at]?.kill()
      const endedAt = Date.now()
      await killed
      const tokens = await savedTokens(file, sandbox)
      processes.push({ startedAt, endedAt, killed: true, tokens, end: "is killed" })
    })
    const replies = await Promise.all(workers.map((worker) => worker.ask("refresh")))
    await Promise.all(kills)
    for (const at of victims) {
      // The next process finds what the killed one has left: the old pair, the new pair, or the record of a refresh.
      const next = await Worker.start(sandbox.url, file)
      workers[at] = next
      if (replies.some((reply) => reply !== "killed" && "token" in reply)) continue
      await next.ask("read")
      replies.push(await next.ask("refresh"))
    }
    const ended = replies.flatMap((reply) => (reply !== "killed" && "ended" in reply ? [reply.ended] : []))[0]
    const endedAt = Date.now()
    const saved = await savedTokens(file, sandbox)
    processes.push({ startedAt, endedAt, killed: false, tokens: saved, end: "ends the round" })
    const requests = await sandbox.refreshes()
    rounds.push({
      number,
      ended,
      processes,
      requests: requests.slice(seen),
      tokens: replies.flatMap((reply) => (reply !== "killed" && "token" in reply ? [reply.token] : [])),
    })
    seen = requests.length
    if (ended !== undefined) {
      await signIn(parent, sandbox.url, sandbox)
      for (const [at, worker] of workers.entries()) {
        worker.end()
        workers[at] = await Worker.start(sandbox.url, file)
      }
    }
    if (number % 100 === 0)
      console.log(`  ${number} of ${count}, ${Math.round((performance.now() - started) / 1000)} s`)
  }
  for (const worker of workers) worker.end()

  const { figures, problems } = judge(rounds)
  for (const problem of problems) console.log(problem)
  console.log(`rounds: ${figures.rounds}, with kills: ${figures.roundsWithKills}, refreshed: ${figures.refreshed}`)
  console.log(`refresh tokens used twice: ${figures.usedTwice}, three times: ${figures.usedThrice}`)
  console.log(`sign-ins lost with a response, and the one retry was rejected: ${figures.rejected}`)
  console.log(`sign-ins lost with two responses: ${figures.lostTwice}`)
  console.log(`sign-ins lost otherwise: ${figures.lostOtherwise}`)
  console.log(problems.length === 0 ? "PASS" : "FAIL")
  process.exitCode = problems.length === 0 ? 0 : 1
} finally {
  server.end()
  Fs.rmSync(parent, { recursive: true, force: true })
}
