/**
 * Reads lines of access logs that contain the reason for a failure. The supported logs are those of Heroku's router, Envoy,
 * Fly.io's proxy and HAProxy.
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

/** Maps HAProxy's session states at the end of a request to the status and the message of the page that it sends. */
const states: Readonly<Record<string, readonly [status: number, sentence: string]>> = {
  cR: [408, "408 Request Time-out Your browser didn't send a complete request in time."],
  sC: [503, "503 Service Unavailable No server is available to handle this request."],
  SC: [503, "503 Service Unavailable No server is available to handle this request."],
  sQ: [503, "503 Service Unavailable No server is available to handle this request."],
  SH: [502, "502 Bad Gateway The server returned an invalid or incomplete response."],
  PH: [502, "502 Bad Gateway The server returned an invalid or incomplete response."],
  sH: [504, "504 Gateway Time-out The server didn't respond in time."],
}

/**
 * Reads a line from HAProxy's HTTP log (https://docs.haproxy.org/2.8/configuration.html#8.2.3), whose session state gives the
 * reason for a response that HAProxy sent itself (section 8.5).
 */
const readHaproxy = (text: string): Recognized | undefined => {
  const [, status, state = "", method = "", target = ""] =
    /\[\d\d\/[A-Z][a-z]{2}\/\d{4}:[\d:.]{8,15}\] \S{1,100} \S{1,200} [-+\d/]{9,60} (\d{3}) \d{1,20} \S{1,200} \S{1,200} ([A-Za-z-]{2})[A-Za-z-]{2} [^\n"]{0,400}"([A-Z]{3,7}) (\S{1,4000})/.exec(
      text,
    ) ?? []
  const known = states[state]
  if (known === undefined || known[0] !== Number(status)) return undefined
  return {
    exchange: {
      ...(target.startsWith("http") ? { request: { method, url: target } } : {}),
      response: {
        status: known[0],
        headers: { "cache-control": "no-cache" },
        body: `<h1>${known[1].replace(/ (?=[A-Z][a-z]+ (?:browser|server) )/, "</h1>\n")}`,
      },
    },
    as: `a line from HAProxy's log with the session state ${state}`,
  }
}

/** Reads an access log line that contains the reason for a failure. */
export const read = (text: string): Recognized | undefined =>
  readHeroku(text) ?? readEnvoy(text) ?? readFly(text) ?? readHaproxy(text)
