/**
 * Starts the process that serves the sandboxes, and talks to it.
 */
import type { RefreshRequest } from "@holdfast/sandbox/RefreshRequest"
import type { StoredAsset } from "@holdfast/sandbox/StoredAsset"
import { fork } from "node:child_process"
import type { Answer, Question, Seen, Tokens } from "./Protocol.ts"

/** A running sandbox. */
export interface Sandbox {
  readonly url: string
  /** Lets a user approve a device, and returns its token pair. */
  readonly pair: () => Promise<Tokens>
  readonly assets: () => Promise<ReadonlyArray<StoredAsset>>
  /** Every request with a refresh token so far, in the order of arrival. */
  readonly refreshes: () => Promise<ReadonlyArray<RefreshRequest>>
  /** The number of the pair of a refresh token, in the order of issue. */
  readonly pairOf: (refreshToken: string) => Promise<number>
  /** Every request so far, in the order of the reports. */
  readonly seen: ReadonlyArray<Seen>
  /** Calls a listener for each request from now on, until the returned function is called. */
  readonly watch: (listener: (seen: Seen) => void) => () => void
  readonly close: () => Promise<void>
}

export interface Server {
  readonly open: (options: {
    readonly plan: string
    readonly seed: number
    readonly chunkSize: number
    readonly directory: string
    /** The time after which a stored part is confirmed, in milliseconds. Default: 0. */
    readonly latency?: number
  }) => Promise<Sandbox>
  readonly end: () => void
}

/** `Omit` for each member of a union. */
type Without<A, K extends PropertyKey> = A extends unknown ? Omit<A, K> : never

/**
 * Starts the process. `env` replaces its environment. Without `reports`, the process does not report the requests, because the
 * reports take CPU time from a client that is measured.
 */
export const start = (env: NodeJS.ProcessEnv, { reports = true } = {}): Server => {
  const child = fork(new URL("serve.ts", import.meta.url), reports ? [] : ["--no-reports"], {
    env,
    execArgv: ["--conditions=@holdfast/source"],
  })
  const waiting = new Map<number, (answer: Answer) => void>()
  const ports = new Map<number, { readonly seen: Array<Seen>; readonly listeners: Set<(seen: Seen) => void> }>()
  let questions = 0

  const portOf = (port: number) => {
    const known = ports.get(port) ?? { seen: [], listeners: new Set() }
    ports.set(port, known)
    return known
  }
  child.on("message", (message: Answer | Seen) => {
    if ("seen" in message) {
      const { listeners, seen } = portOf(message.port)
      seen.push(message)
      for (const listener of listeners) listener(message)
    } else waiting.get(message.id)?.(message)
  })
  child.on("exit", () => {
    for (const [id, answer] of waiting) answer({ id, failed: "the process of the sandboxes ended" })
  })

  const ask = async (question: Without<Question, "id">): Promise<Answer> => {
    const id = ++questions
    const answer = await new Promise<Answer>((resolve) => {
      waiting.set(id, resolve)
      child.send({ ...question, id })
    })
    waiting.delete(id)
    if ("failed" in answer) throw new Error(answer.failed)
    return answer
  }

  return {
    open: async (options) => {
      const opened = await ask({ ask: "open", ...options })
      if (!("url" in opened)) throw new Error("the sandbox has no URL")
      const { url } = opened
      const port = Number(new URL(url).port)
      return {
        url,
        pair: async () => {
          const answer = await ask({ ask: "pair", url })
          if (!("tokens" in answer)) throw new Error("the sandbox issued no tokens")
          return answer.tokens
        },
        assets: async () => {
          const response = await fetch(`${url}/sandbox/assets`)
          return (await response.json()) as ReadonlyArray<StoredAsset>
        },
        refreshes: async () => {
          const response = await fetch(`${url}/sandbox/refreshes`)
          return (await response.json()) as ReadonlyArray<RefreshRequest>
        },
        pairOf: async (refreshToken) => {
          const answer = await ask({ ask: "pair-of", url, refreshToken })
          return "pair" in answer ? answer.pair : 0
        },
        seen: portOf(port).seen,
        watch: (listener) => {
          portOf(port).listeners.add(listener)
          return () => void portOf(port).listeners.delete(listener)
        },
        close: async () => {
          await ask({ ask: "close", url })
          ports.delete(port)
        },
      }
    },
    end: () => child.disconnect(),
  }
}
