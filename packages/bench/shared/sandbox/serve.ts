/**
 * The process that serves the sandboxes, so that they survive the processes that upload to them. It reports each request to
 * its parent while the request is running.
 */
import * as FaultPlan from "@holdfast/sandbox/FaultPlan"
import { Sandbox } from "@holdfast/sandbox/Sandbox"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import { subscribe } from "node:diagnostics_channel"
import type { IncomingMessage, ServerResponse } from "node:http"
import { setTimeout as sleep } from "node:timers/promises"
import { nameHeader } from "./named.ts"
import type { Answer, Question, Seen, Tokens } from "./Protocol.ts"

const sandboxes = new Map<string, ManagedRuntime.ManagedRuntime<Sandbox, unknown>>()

/** The latency of each sandbox by its port. */
const latencies = new Map<number, number>()

const open = async ({ latency = 0, plan, ...options }: Extract<Question, { ask: "open" }>): Promise<string> => {
  const loaded = await Effect.runPromise(FaultPlan.load(plan).pipe(Effect.provide(NodeServices.layer)))
  const runtime = ManagedRuntime.make(Sandbox.layer({ ...options, plan: loaded }))
  const { url } = await runtime.runPromise(Sandbox)
  sandboxes.set(url, runtime)
  latencies.set(Number(new URL(url).port), latency)
  return url
}

const post = async (url: string, fields: Record<string, string>): Promise<Record<string, string>> => {
  const body = new URLSearchParams({
    client_id: Sandbox.credentials.clientId,
    client_secret: Redacted.value(Sandbox.credentials.clientSecret),
    ...fields,
  })
  // The sandbox issues one device code per connection.
  const headers = { "x-client-version": "1.0.0", connection: "close" }
  const response = await fetch(url, { method: "POST", headers, body })
  return (await response.json().catch(() => ({}))) as Record<string, string>
}

/** Asks until the response has a field: the first requests may meet faults, and polls must keep their distance. */
const until = async (field: string, ask: () => Promise<Record<string, string>>): Promise<Record<string, string>> => {
  for (let round = 0; round < 20; round++) {
    const answer = await ask()
    if (answer[field] !== undefined) return answer
    await sleep(100)
  }
  throw new Error(`no ${field} after 20 requests`)
}

const pair = async (url: string): Promise<Tokens> => {
  const runtime = sandboxes.get(url)
  if (runtime === undefined) throw new Error(`no sandbox at ${url}`)
  const code = await until("device_code", () => post(`${url}/v2/auth/device/code`, { scope: "asset_create offline" }))
  await runtime.runPromise(Sandbox.use(({ approve }) => approve(code["user_code"] ?? "")))
  const tokens = await until("access_token", () =>
    post(`${url}/v2/auth/token`, {
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
      device_code: code["device_code"] ?? "",
    }),
  )
  return {
    accessToken: tokens["access_token"] ?? "",
    refreshToken: tokens["refresh_token"] ?? "",
    expiresAt: Date.now() + Number(tokens["expires_in"]) * 1000,
  }
}

const answer = async (question: Question): Promise<Answer> => {
  const { id } = question
  switch (question.ask) {
    case "open":
      return { id, url: await open(question) }
    case "pair":
      return { id, tokens: await pair(question.url) }
    case "pair-of": {
      const { refreshToken, url } = question
      const pair = await sandboxes.get(url)?.runPromise(Sandbox.use(({ pairOf }) => pairOf(refreshToken)))
      return { id, pair: pair ?? 0 }
    }
    case "close":
      await sandboxes.get(question.url)?.dispose()
      sandboxes.delete(question.url)
      return { id, closed: true }
  }
}

const send = (message: Answer | Seen): void => void process.send?.(message)

let requests = 0
const numbers = new WeakMap<IncomingMessage, number>()

interface Exchange {
  readonly request: IncomingMessage
  /** The head of the response as written; `getHeader` omits headers that were passed to `writeHead`. */
  readonly response: ServerResponse & { readonly _header?: string | null }
}

const report = (seen: Seen["seen"], { request, response }: Exchange): void => {
  const { method = "", socket, url = "" } = request
  if (method !== "PUT" && method !== "POST") return
  const number = numbers.get(request) ?? ++requests
  numbers.set(request, number)
  send({
    seen,
    request: number,
    port: socket.localPort ?? 0,
    at: Date.now(),
    method,
    path: url.split("?")[0] ?? "",
    status: seen === "arrived" ? 0 : response.statusCode,
    from: String(request.headers[nameHeader] ?? ""),
    etag: /^etag: "(\w*)"/im.exec(response._header ?? "")?.[1] ?? "",
  })
}
/** Holds the response to a part back. The part is stored by then, as it is when the network loses the response. */
const delay = ({ request, response }: Exchange): void => {
  const latency = latencies.get(request.socket.localPort ?? 0) ?? 0
  if (latency === 0 || request.url?.startsWith("/parts/") !== true) return
  const end = response.end.bind(response) as (...args: ReadonlyArray<unknown>) => ServerResponse
  response.end = (...args: ReadonlyArray<unknown>) => {
    setTimeout(() => end(...args), latency)
    return response
  }
}
subscribe("http.server.request.start", (exchange) => delay(exchange as Exchange))
if (!process.argv.includes("--no-reports")) {
  subscribe("http.server.request.start", (exchange) => report("arrived", exchange as Exchange))
  subscribe("http.server.response.finish", (exchange) => report("answered", exchange as Exchange))
}

process.on("message", (question: Question) => {
  void answer(question)
    .catch((error: unknown): Answer => ({ id: question.id, failed: String(error) }))
    .then(send)
})
process.on("disconnect", () => process.exit())
