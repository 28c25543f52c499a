/**
 * Reads the attempts to send parts from the requests that a sandbox saw.
 */
import type { Seen } from "./Protocol.ts"

/** One attempt to send a part. Times are epoch milliseconds. */
export interface Put {
  readonly part: string
  readonly at: number
  /** When the response was written; `undefined` if the sandbox closed the connection instead. */
  readonly answeredAt: number | undefined
  /** Whether the sandbox stored the right bytes and said so. */
  readonly stored: boolean
  /** The name of the process that sent it, if its processes have names. */
  readonly from: string
}

/** Parts are named by their asset and their index, counted from 0. */
export const partName = (asset: string, index: number): string => `${asset}/${index}`

const partOf = (path: string): string | undefined => {
  const [, folder, asset, number] = path.split("/")
  return folder === "parts" && asset !== undefined ? partName(asset, Number(number) - 1) : undefined
}

/** Returns the attempts in the order of arrival. `digests` has the MD5 of each part by the id of the asset. */
export const puts = (
  seen: ReadonlyArray<Seen>,
  digests: ReadonlyMap<string, ReadonlyArray<string>>,
): ReadonlyArray<Put> => {
  const answers = new Map<number, Seen>()
  for (const one of seen) if (one.seen === "answered") answers.set(one.request, one)
  return seen.flatMap((one) => {
    const part = one.seen === "arrived" && one.method === "PUT" ? partOf(one.path) : undefined
    if (part === undefined) return []
    const answer = answers.get(one.request)
    const [asset = "", index] = part.split("/")
    return {
      part,
      at: one.at,
      answeredAt: answer?.at,
      stored: answer?.status === 200 && answer.etag === digests.get(asset)?.[Number(index)],
      from: one.from ?? "",
    }
  })
}
