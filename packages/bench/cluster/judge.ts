/**
 * Judges a run of a cluster by what the server saw and what the database recorded, and not by what the runners say.
 */
import { partName, type Put, puts as putsIn } from "../shared/sandbox/puts.ts"
import type { History } from "./History.ts"
import * as TakeOver from "./takeOver.ts"

export interface Figures {
  readonly uploads: number
  readonly lost: number
  readonly doubled: number
  readonly falseSuccesses: number
  readonly confirmedSentAgain: number
  /** Incomplete assets with parts, and assets without a part. */
  readonly abandoned: number
  readonly empty: number
  readonly partsSent: number
  /** Parts that were sent more than once, because they were in flight when a runner stopped. */
  readonly sentAgain: number
  readonly takeOvers: TakeOver.TakeOvers
}

export interface Verdict {
  readonly figures: Figures
  /** What the cluster did wrong, one per line; empty if it did nothing wrong. */
  readonly problems: ReadonlyArray<string>
}

export const judge = (history: History): Verdict => {
  const { assets, files, uploads } = history
  const problems: Array<string> = []
  const byName = new Map(files.map((file) => [file.name, file]))
  const puts = putsIn(history.seen, new Map(assets.map(({ id, name }) => [id, byName.get(name)?.parts ?? []])))

  const whole = (name: string) => assets.filter((asset) => asset.name === name && asset.complete)
  const lost = files.filter(({ name, sha256 }) => !whole(name).some((asset) => asset.sha256 === sha256))
  for (const { name } of lost) problems.push(`${name} is not stored with the same bytes`)
  const doubled = files.filter(({ name }) => whole(name).length > 1)
  for (const { name } of doubled) problems.push(`${name} is stored ${whole(name).length} times`)

  const storedSince = wholeSince(history, puts)
  const falseSuccesses = history.done.filter(({ at, path }) => (storedSince.get(path) ?? Number.POSITIVE_INFINITY) > at)
  for (const { path } of falseSuccesses) problems.push(`${path} was done before it was stored`)

  const again = sentAfterConfirmation(history, puts)
  for (const { at, from, since, part } of again) {
    problems.push(`part ${part} was confirmed, and runner ${from} sent it ${Math.round(at - since)} ms later`)
  }

  const abandoned = assets.filter(({ complete, received }) => !complete && received > 0)
  for (const { id, name, received } of abandoned) {
    problems.push(`asset ${id} of ${name} was abandoned with ${received} parts`)
  }
  const open = uploads.filter(({ state }) => state !== "done")
  for (const { error, path, state } of open) problems.push(`${path} ended as ${state} ${error}`)
  if (uploads.length !== files.length)
    problems.push(`the journal has ${uploads.length} uploads of ${files.length} files`)

  return {
    problems,
    figures: {
      uploads: files.length,
      lost: lost.length,
      doubled: doubled.length,
      falseSuccesses: falseSuccesses.length,
      confirmedSentAgain: again.length,
      abandoned: abandoned.length,
      empty: assets.filter(({ complete, received }) => !complete && received === 0).length,
      partsSent: puts.length,
      sentAgain: puts.length - new Set(puts.map(({ part }) => part)).size,
      takeOvers: TakeOver.of(history, puts),
    },
  }
}

/** The attempts to send a part that began after the journal had confirmed the part. */
const sentAfterConfirmation = ({ confirmed }: History, puts: ReadonlyArray<Put>) => {
  const first = new Map<string, number>()
  for (const { asset, at, index } of confirmed) {
    const part = partName(asset, index)
    first.set(part, Math.min(at, first.get(part) ?? at))
  }
  return puts.flatMap((put) => {
    const since = first.get(put.part) ?? Number.POSITIVE_INFINITY
    return put.at > since ? [{ ...put, since }] : []
  })
}

/** When the server had stored each file: the time at which it confirmed the last part of an asset, by the file's path. */
const wholeSince = ({ assets, files }: History, puts: ReadonlyArray<Put>): ReadonlyMap<string, number> => {
  const stored = new Map<string, number>()
  for (const { answeredAt, part, stored: right } of puts) {
    if (right && answeredAt !== undefined) stored.set(part, Math.min(answeredAt, stored.get(part) ?? answeredAt))
  }
  const since = new Map<string, number>()
  for (const { name, parts, path } of files) {
    const times = assets
      .filter((asset) => asset.name === name)
      .map(({ id }) =>
        Math.max(...parts.map((_, index) => stored.get(partName(id, index)) ?? Number.POSITIVE_INFINITY)),
      )
    since.set(path, Math.min(...times))
  }
  return since
}
