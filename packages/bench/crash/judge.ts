/**
 * Judges an upload by what the sandbox saw, and not by what the command says about itself.
 */
import type { StoredAsset } from "@holdfast/sandbox/StoredAsset"
import type { History, Line, ProcessRun } from "./History.ts"
import { partName, puts as putsIn, type Put as AnyPut } from "../shared/sandbox/puts.ts"
import * as SignIns from "./signIns.ts"

/** The figures of one upload. */
export interface Figures {
  readonly kills: number
  /** Parts that were sent although an earlier line had confirmed them. */
  readonly confirmedSentAgain: number
  /** For each kill, the parts that were being sent at it, and those of them that a later process sent again. */
  readonly inFlight: ReadonlyArray<number>
  readonly sentAgain: ReadonlyArray<number>
  readonly filesUnequal: number
  readonly storedTwice: number
  readonly falseSuccesses: number
  readonly createdWithoutConsent: number
  /** Assets without a part, whose creation response a kill lost. */
  readonly orphans: number
  /** Incomplete assets with parts, beside a complete one. */
  readonly abandoned: number
  /** Sign-ins that were lost because a retry was rejected, and because two responses were lost. */
  readonly signInsRejected: number
  readonly signInsLostTwice: number
  readonly resumed: number
}

export interface Verdict {
  readonly figures: Figures
  /** What the upload did wrong, one per line; empty if it did nothing wrong. */
  readonly problems: ReadonlyArray<string>
  /** The refreshes and the kills in the order of time, if a sign-in was lost. */
  readonly timeline: ReadonlyArray<string>
}

/** One attempt to send a part. */
interface Put extends AnyPut {
  /** The number of the process that sent it. */
  readonly process: number
}

/** A part that was stored longer before a kill than this, in milliseconds, should have been confirmed before the kill. */
const longestConfirmation = 2000

export const judge = (history: History): Verdict => {
  const problems: Array<string> = []
  const puts = putsOf(history)
  const confirmed = confirmations(history.processes)

  const again = puts.filter(({ at, part }) => at > (confirmed.get(part) ?? Number.POSITIVE_INFINITY))
  for (const { part, process } of again)
    problems.push(`part ${part} was confirmed, and process ${process} sent it again`)

  const kills = history.processes.flatMap((run, number) =>
    run.killed === undefined ? [] : [atKill(number, run, puts, confirmed)],
  )
  for (const { late } of kills) problems.push(...late)

  const stored = wholeFiles(history, puts)
  const falseSuccesses = claims(history.processes).filter(({ at, path }) => {
    const since = stored.get(path)
    return since === undefined || since > at
  })
  for (const { path } of falseSuccesses) problems.push(`${path} was reported as uploaded before it was stored`)

  const last = history.processes.at(-1)
  const assets = last?.assets ?? []
  const unequal = history.files.filter(
    ({ name, sha256 }) => !assets.some((asset) => asset.name === name && asset.complete && asset.sha256 === sha256),
  )
  for (const { name } of unequal) problems.push(`${name} is not stored with the same bytes`)
  const twice = history.files.filter(
    ({ name }) => assets.filter((asset) => asset.name === name && asset.complete).length > 1,
  )
  for (const { name } of twice) problems.push(`${name} is stored twice`)
  const abandoned = assets.filter(({ complete, received }) => !complete && received > 0)
  for (const { name, received } of abandoned) problems.push(`an asset of ${name} was abandoned with ${received} parts`)
  const blind = createdWithoutConsent(history.processes)
  for (const name of blind) problems.push(`${name} was created again without consent`)
  const signIns = SignIns.judge(history)
  problems.push(...signIns.problems)
  if (last === undefined || last.killed !== undefined || last.exitCode !== 0) {
    problems.push(`the last process ended with ${last?.exitCode ?? "nothing"}: ${lastWords(last)}`)
  }

  return {
    problems,
    timeline: signIns.timeline,
    figures: {
      kills: kills.length,
      confirmedSentAgain: again.length,
      inFlight: kills.map(({ inFlight }) => inFlight),
      sentAgain: kills.map(({ sentAgain }) => sentAgain),
      filesUnequal: unequal.length,
      storedTwice: twice.length,
      falseSuccesses: falseSuccesses.length,
      createdWithoutConsent: blind.length,
      orphans: assets.filter(({ complete, received }) => !complete && received === 0).length,
      abandoned: abandoned.length,
      signInsRejected: signIns.rejected,
      signInsLostTwice: signIns.lostTwice,
      resumed: history.processes.flatMap(({ lines }) => lines).filter(({ type }) => type === "resumed").length,
    },
  }
}

const putsOf = ({ files, processes, seen }: History): ReadonlyArray<Put> => {
  const digests = new Map<string, ReadonlyArray<string>>()
  for (const { id, name } of processes.flatMap(({ assets }) => assets)) {
    digests.set(id, files.find((file) => file.name === name)?.parts ?? [])
  }
  return putsIn(seen, digests).map((put) => ({
    ...put,
    process: processes.findLastIndex(({ startedAt }) => startedAt <= put.at),
  }))
}

/** The time of the first line that confirms each part. */
const confirmations = (processes: ReadonlyArray<ProcessRun>): ReadonlyMap<string, number> => {
  const times = new Map<string, number>()
  for (const { lines } of processes) {
    const assets = new Map<string, string>()
    for (const { assetId, index, path = "", time, type } of lines) {
      if ((type === "created" || type === "resumed") && assetId !== undefined) assets.set(path, assetId)
      const asset = assets.get(path)
      if (type !== "chunk-confirmed" || asset === undefined || index === undefined) continue
      const part = partName(asset, index)
      if (!times.has(part)) times.set(part, Date.parse(time))
    }
  }
  return times
}

const atKill = (
  number: number,
  { endedAt }: ProcessRun,
  puts: ReadonlyArray<Put>,
  confirmed: ReadonlyMap<string, number>,
) => {
  // The last attempt of the killed process at each part that no line confirms.
  const open = new Map<string, Put>()
  for (const put of puts) {
    if (put.process !== number || (confirmed.get(put.part) ?? Number.POSITIVE_INFINITY) <= endedAt) continue
    open.set(put.part, put)
  }
  // A part that the storage rejected before the kill has to be sent again in any case.
  const begun = [...open.values()].filter(
    ({ answeredAt, stored }) => answeredAt === undefined || stored || answeredAt > endedAt,
  )
  const resent = begun.filter(({ part }) => puts.some((put) => put.part === part && put.process > number))
  const isLate = ({ answeredAt, stored }: Put): boolean =>
    stored && answeredAt !== undefined && endedAt - answeredAt > longestConfirmation
  return {
    inFlight: begun.filter((put) => !isLate(put)).length,
    sentAgain: resent.length,
    late: resent
      .filter(isLate)
      .map(
        ({ answeredAt = 0, part }) =>
          `part ${part} was stored ${endedAt - answeredAt} ms before kill ${number}, and was sent again`,
      ),
  }
}

/** When the sandbox had stored each file: the time at which it confirmed the last part of an asset. */
const wholeFiles = ({ files, processes }: History, puts: ReadonlyArray<Put>): ReadonlyMap<string, number> => {
  const since = new Map<string, number>()
  const assets = new Map(processes.flatMap((run) => run.assets).map(({ id, name }) => [id, name]))
  for (const [id, name] of assets) {
    const file = files.find((one) => one.name === name)
    if (file === undefined) continue
    const times = file.parts.map((_, index) =>
      Math.min(
        ...puts.flatMap(({ answeredAt, part, stored }) =>
          part === partName(id, index) && stored && answeredAt !== undefined ? [answeredAt] : [],
        ),
      ),
    )
    const whole = Math.max(...times)
    if (Number.isFinite(whole)) since.set(file.path, Math.min(whole, since.get(file.path) ?? Number.POSITIVE_INFINITY))
  }
  return since
}

/** Every claim that a file was uploaded, with its time. */
const claims = (processes: ReadonlyArray<ProcessRun>): ReadonlyArray<{ readonly path: string; readonly at: number }> =>
  processes
    .flatMap(({ lines }) => lines)
    .flatMap(({ files = [], outcome, path = "", time, type }: Line) => {
      const at = Date.parse(time)
      if (type === "file" && outcome === "uploaded") return [{ path, at }]
      if (type !== "summary") return []
      return files.filter((file) => file.outcome === "uploaded").map((file) => ({ path: file.path, at }))
    })

/**
 * The names of which a process created a second asset although no person had allowed it. The journal keeps the consent with the
 * uploads, so a process may use it that was started without `--create-again` after the one that received it was killed.
 */
const createdWithoutConsent = (processes: ReadonlyArray<ProcessRun>): ReadonlyArray<string> => {
  let before: ReadonlyArray<StoredAsset> = []
  const names: Array<string> = []
  let isAllowed = false
  for (const { assets, createAgain } of processes) {
    isAllowed ||= createAgain
    const known = new Map(before.map(({ id, name }) => [id, name]))
    for (const { id, name } of assets) {
      if (!isAllowed && !known.has(id) && [...known.values()].includes(name)) names.push(name)
      known.set(id, name)
    }
    before = assets
  }
  return names
}

/** The reasons that a process gave for its end. */
const lastWords = (run: ProcessRun | undefined): string => {
  const lines = run?.lines ?? []
  const files = lines.findLast(({ type }) => type === "summary")?.files ?? []
  const errors = files.flatMap(({ error }) => (error === undefined ? [] : [`${error.tag}: ${error.message}`]))
  if (errors.length > 0) return errors.join("; ")
  return lines.findLast(({ type }) => type === "error")?.message ?? run?.stderr.trim().split("\n").at(-1) ?? ""
}
