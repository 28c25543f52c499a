/**
 * Starts the processes that refresh tokens, and asks them.
 */
import { fork } from "node:child_process"
import { once } from "node:events"

/** `read` reads the saved pair; `refresh` replaces the pair that was read last, as after a rejection by the server. */
export type Ask = "read" | "refresh"

/** `token` identifies an access token without revealing it. `ended` states why a person has to act. */
export type Reply = { readonly ready: true } | { readonly token: string } | { readonly ended: string }

export interface Worker {
  /** Returns `killed` if the process is killed before it answers. */
  readonly ask: (ask: Ask) => Promise<Exclude<Reply, { readonly ready: true }> | "killed">
  readonly kill: () => Promise<void>
  readonly end: () => void
}

/** Starts a process for the token file of an API. */
export const start = async (api: string, file: string): Promise<Worker> => {
  const child = fork(new URL("refresher.ts", import.meta.url), [api, file], {
    execArgv: ["--conditions=@holdfast/source"],
  })
  const exited = once(child, "exit").then(() => "killed" as const)
  const next = (): Promise<Reply | "killed"> =>
    Promise.race([once(child, "message").then(([message]) => message as Reply), exited])
  await next()
  return {
    ask: async (ask) => {
      const answer = next()
      if (child.connected) child.send(ask, () => {})
      const reply = await answer
      return reply !== "killed" && "ready" in reply ? "killed" : reply
    },
    kill: async () => {
      child.kill("SIGKILL")
      await exited
    },
    end: () => {
      if (child.connected) child.disconnect()
    },
  }
}
