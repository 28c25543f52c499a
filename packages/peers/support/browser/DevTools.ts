/**
 * Chromium's DevTools protocol: commands with responses, and events, as JSON over one WebSocket.
 */

/** A session with the browser or with one of its tabs. */
export interface Session {
  readonly send: <A = unknown>(method: string, params?: object) => Promise<A>
  /** Calls `listener` for every later event of a name. */
  readonly on: <A>(event: string, listener: (params: A) => void) => void
  /** Waits for the next event of a name, for at most 30 s. */
  readonly once: (event: string) => Promise<void>
}

/** A connection to the browser itself. */
export interface Connection extends Session {
  /** A session with a tab. */
  readonly attach: (targetId: string) => Promise<Session>
  readonly close: () => void
}

interface Message {
  readonly id?: number
  readonly sessionId?: string
  readonly method?: string
  readonly params?: unknown
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

interface Waiting {
  readonly resolve: (result: never) => void
  readonly reject: (error: Error) => void
}

/** Connects to a browser. */
export const connect = async (url: string): Promise<Connection> => {
  const socket = new WebSocket(url)
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve(), { once: true })
    socket.addEventListener("error", () => reject(new Error("the browser did not accept the connection")), {
      once: true,
    })
  })
  const waiting = new Map<number, Waiting>()
  const listeners = new Map<string, Array<(params: never) => void>>()
  let last = 0

  socket.addEventListener("message", ({ data }) => {
    const { error, id, method, params, result, sessionId = "" } = JSON.parse(String(data)) as Message
    if (id === undefined) {
      for (const listener of listeners.get(`${sessionId} ${method}`) ?? []) listener(params as never)
      return
    }
    const { reject, resolve } = waiting.get(id) ?? {}
    waiting.delete(id)
    if (error === undefined) resolve?.(result as never)
    else reject?.(new Error(`the browser rejected the command: ${error.message}`))
  })
  socket.addEventListener("close", () => {
    for (const { reject } of waiting.values()) reject(new Error("the browser has ended"))
    waiting.clear()
  })

  const session = (sessionId: string): Session => {
    const on: Session["on"] = (event, listener) => {
      const key = `${sessionId} ${event}`
      listeners.set(key, [...(listeners.get(key) ?? []), listener])
    }
    return {
      on,
      once: (event) =>
        new Promise((resolve, reject) => {
          const timer = setTimeout(() => reject(new Error(`no ${event} within 30 s`)), 30_000)
          on(event, () => {
            clearTimeout(timer)
            resolve()
          })
        }),
      send: (method, params = {}) =>
        new Promise((resolve, reject) => {
          last += 1
          waiting.set(last, { resolve, reject })
          socket.send(JSON.stringify({ id: last, method, params, ...(sessionId === "" ? {} : { sessionId }) }))
        }),
    }
  }

  const browser = session("")
  return {
    ...browser,
    attach: async (targetId) => {
      const answer = await browser.send<{ readonly sessionId: string }>("Target.attachToTarget", {
        targetId,
        flatten: true,
      })
      return session(answer.sessionId)
    },
    close: () => socket.close(),
  }
}
