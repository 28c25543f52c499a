/**
 * Reads lines of access logs that contain the reason for a failure. The supported logs are those of Heroku's router, Envoy
 * and Fly.io's proxy.
 */
import { assumed, type Recognized } from "../recognized.ts"

/** Reads a log line from Heroku's router. The client of the router receives a page without the error code. */
const readHeroku = (text: string): Recognized | undefined => {
  const [, code, words = ""] =
    /\bcode=([HRL]\d\d)\b[^\n]{0,40}?desc="([^"\n]{1,200})"/.exec(text) ??
    // The router's format until 2012.
    /heroku\[router\]: Error ([HRL]\d\d) \(([^)\n]{1,200})\)/.exec(text) ??
    []
  if (code === undefined) return undefined
  const [, method] = /\bmethod=([A-Z]{3,7})\b/.exec(text) ?? []
  const [, path] = /\bpath="(\/[^"\s]{0,8000})"/.exec(text) ?? []
  const [, host] = /\bhost=([\w.-]{1,253})/.exec(text) ?? []
  const [, status = "503"] = /\bstatus=([1-5]\d\d)\b/.exec(text) ?? []
  return {
    exchange: {
      ...(method === undefined || path === undefined || host === undefined
        ? {}
        : { request: { method, url: `https://${host}${path}` } }),
      response: { status: Number(status), headers: { server: "heroku-router" }, body: `${code} ${words}` },
    },
    as: "a log line from Heroku's router, whose code is not sent to the client",
  }
}

/** Maps flags in Envoy's access log to the message that the client receives. */
const sentences: Readonly<Record<string, string>> = {
  LR: "upstream connect error or disconnect/reset before headers. reset reason: local reset",
  NC: "no healthy upstream",
  SI: "stream timeout",
  UC: "upstream connect error or disconnect/reset before headers. reset reason: connection termination",
  UF: "upstream connect error or disconnect/reset before headers. reset reason: connection failure",
  UH: "no healthy upstream",
  UO: "upstream connect error or disconnect/reset before headers. reset reason: overflow",
  UPE: "upstream connect error or disconnect/reset before headers. reset reason: protocol error",
  UR: "upstream connect error or disconnect/reset before headers. reset reason: remote reset",
  URX: "upstream connect error or disconnect/reset before headers. retried and the latest reset reason: remote reset",
  UT: "upstream request timeout",
}

/** Reads a line from Envoy's access log that contains a flag (envoyproxy.io, "Response Flags"). */
const readEnvoy = (text: string): Recognized | undefined => {
  const [, method = "", target = "", status, flags = "", rest = ""] =
    /"([A-Z]{3,7}) (\S{1,8000}) HTTP\/[\d.]{1,3}" (\d{1,3}) ([A-Z]{2,5}(?:,[A-Z]{2,5}){0,4})\b([^\n]{0,500})/.exec(
      text,
    ) ?? []
  if (status === undefined) return undefined
  const flag = flags.split(",").find((one) => Object.hasOwn(sentences, one) || Object.hasOwn(bare, one))
  if (flag === undefined) return undefined
  const [, host] = /"([\w-]{1,63}(?:\.[\w-]{1,63}){1,10}(?::\d{1,5})?)"/.exec(rest) ?? []
  const [, reason] =
    /(?:transport failure reason: ?|")((?:TLS[_ ]error|delayed connect error)[^"\n]{1,200})/i.exec(rest) ?? []
  const words = sentences[flag] ?? ""
  return {
    exchange: {
      ...(host === undefined ? {} : { request: { method, url: `http://${host}${target}` } }),
      response: {
        status: flag === "DC" ? 499 : Number(status),
        headers: { server: "envoy", ...(flag === "RL" ? { "x-envoy-ratelimited": "true" } : {}) },
        body: reason === undefined ? words : `${words}, transport failure reason: ${reason}`,
      },
    },
    as: `a line from Envoy's access log with the flag ${flag}`,
  }
}

/** Flags that do not have a message: no route, client disconnect, rate limit and authorization service. */
const bare: Readonly<Record<string, true>> = { DC: true, NR: true, RL: true, UAEX: true }

/**
 * Reads a log line from Fly.io's proxy (https://fly.io/docs/reference/error-codes/). The client of the proxy receives a 502
 * or 503 without an explanation.
 */
const readFly = (text: string): Recognized | undefined => {
  const [, code = "", sentence] =
    /\bproxy\[[\da-f]{6,20}\] [a-z]{3} \[(?:error|warn)\] ?(?:\[(P[A-Z]\d\d)\] ?)?([^\n]{3,400})/.exec(text) ?? []
  if (sentence === undefined) return undefined
  return {
    exchange: {
      response: {
        ...assumed(502),
        headers: { server: "Fly", "fly-request-id": "-" },
        body: `${code} ${sentence.replace(/^error\.message="?/, "")}`.trim(),
      },
    },
    as: "a log line from Fly.io's proxy, whose reason is not sent to the client",
  }
}

/** Reads an access log line that contains the reason for a failure. */
export const read = (text: string): Recognized | undefined => readHeroku(text) ?? readEnvoy(text) ?? readFly(text)
