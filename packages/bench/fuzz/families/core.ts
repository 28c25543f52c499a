/**
 * Readers of secrets, hints, dates and settings.
 */
import * as Diagnosis from "@holdfast/diagnosis/Diagnosis"
import { header, timeOf } from "@holdfast/diagnosis/Exchange"
import * as ForeignError from "@holdfast/core/ForeignError"
import * as PipelineConfig from "@holdfast/core/PipelineConfig"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import * as Http from "@holdfast/http/Diagnosis"
import * as FaultPlan from "@holdfast/sandbox/FaultPlan"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as G from "../grammar.ts"
import type { Reader } from "../Reader.ts"

const duration = G.one(
  '"10 seconds"',
  '"1.5 s"',
  '"PT5S"',
  "1000",
  '"Infinity"',
  '"-1 ms"',
  G.string(G.seq(G.digits, G.one(" ", ""), G.one("ms", "s", "minutes", "m", G.word))),
  G.json(1),
)
const settings = G.members({
  deadline: duration,
  timeout: duration,
  retry: G.one(G.members({ attempts: G.digits, backoff: G.json(2), jitter: '"equal"' }), G.json(1)),
  breaker: G.members({ consecutive: G.digits, openFor: duration, window: G.json(2) }),
  bulkhead: G.members({ concurrent: G.digits, queue: G.digits }),
  gates: G.json(1),
  retries: "1",
})
const variables = G.some(
  G.seq(
    "HOLDFAST_",
    G.one("TIMEOUT", "DEADLINE", "RETRY_ATTEMPTS", "BREAKER_CONSECUTIVE", G.word),
    "=",
    G.one("15 seconds", "15", "on", G.value),
    "\n",
  ),
  6,
)
const plan = G.members({
  seed: G.digits,
  rules: G.seq(
    "[",
    G.some(G.members({ route: G.string(G.word), fault: G.json(2, G.names), times: G.digits, after: duration }), 3, ","),
    "]",
  ),
  deals: G.json(2, G.names),
  outages: G.json(2, G.names),
})
const marked = G.some(G.one("[hidden-1:20]", "[hidden-2:9:percent]", G.word, " "), 6)
const secret = "eyJhbGciOi/JIUzI1NiJ9+aB3dE_6-gH9~"
const redact = Redaction.make([
  {
    headers: new Set(["location"]),
    members: new Set(["message"]),
    answers: new Set(["error"]),
    elements: new Set(["message"]),
    query: new Set(["page"]),
  },
])
const body = G.one(
  G.json(3, G.names),
  G.seq("<a><message>", G.sentence, "</message></a>"),
  G.some(G.seq(G.names, "=", G.value), 5, "&"),
  G.sentence,
  G.known,
)
const bodyFrames = [
  ['{"message":"', '"}'],
  ['{"a":"', ""],
  ["<a>", "</a>"],
  ["<a b='", "'>"],
  ["<html>", ""],
  ["a=", ""],
  ["[", "]"],
  ["token: ", ""],
  ["https://a/b?c=", ""],
] as const

/** Reads the lines of an environment. */
const environment = (text: string) => {
  const env = Object.fromEntries(
    text.split("\n").map((line) => [line.slice(0, Math.max(0, line.indexOf("="))), line.slice(line.indexOf("=") + 1)]),
  )
  return Effect.runSyncExit(PipelineConfig.config("HOLDFAST").parse(ConfigProvider.fromUnknown(env)))
}

/** The readers. */
export const readers: ReadonlyArray<Reader> = [
  {
    name: "diagnosis/Diagnosis.repair",
    read: (text) =>
      Diagnosis.repair({ request: { method: "GET", url: text }, response: { status: 503, body: text } }, [
        Http.ruleSet,
      ]),
    grammar: G.value,
  },
  {
    name: "diagnosis/Diagnosis.explain",
    read: (text) =>
      Diagnosis.explain({ response: { status: 503, headers: { server: text }, body: text }, failure: text }, [
        Http.ruleSet,
      ]),
    grammar: body,
    frames: bodyFrames,
  },
  {
    name: "core/ForeignError.keep",
    read: (text) =>
      ForeignError.keep(Object.assign(new Error(text), { code: text, name: text, cause: new Error(text) })),
    grammar: G.sentence,
  },
  { name: "core/ForeignError.shown", read: (text) => ForeignError.shown(text, (one) => one), grammar: G.sentence },
  {
    name: "diagnosis/Redaction.make, an answer",
    read: (text) =>
      redact({ request: { headers: { authorization: `Bearer ${secret}` } }, response: { status: 400, body: text } }),
    grammar: body,
    frames: bodyFrames,
  },
  {
    name: "diagnosis/Redaction.make, a request",
    read: (text) =>
      redact({ request: { body: text, url: text, headers: { "x-a": text } }, response: { status: 400, body: "x" } }),
    grammar: body,
    frames: bodyFrames,
  },
  {
    name: "diagnosis/Redaction.make, a request repeated",
    read: (text) => redact({ request: { body: text }, response: { status: 400, body: text }, failure: text }),
    grammar: body,
    frames: bodyFrames,
  },
  {
    name: "diagnosis/Redaction.make, an address",
    read: (text) => redact({ request: { url: text }, response: { status: 302, headers: { location: text } } }),
    grammar: G.one(G.known, G.seq("https://", G.value, "?", G.some(G.seq(G.names, "=", G.value), 4, "&"))),
    frames: [
      ["https://a/", ""],
      ["https://a/?a=", ""],
      ["https://a:", "@b/"],
      ["https://a/#", ""],
    ],
  },
  {
    name: "diagnosis/Redaction.redactor",
    read: (text) => Redaction.redactor([secret, "correct-horse-battery", "s3cr"]).text(text),
    grammar: G.one(G.sentence, G.seq(G.sentence, secret, G.sentence)),
  },
  {
    name: "diagnosis/Redaction.redactor, of what a server chose",
    read: (text) => Redaction.redactor([text.slice(0, text.length >> 1), text.slice(0, 30)]).text(text),
    grammar: G.sentence,
  },
  {
    name: "diagnosis/Redaction.secretsOf",
    read: (text) =>
      Redaction.secretsOf({
        url: text,
        headers: { cookie: text, authorization: text },
        form: [{ name: "token", value: text }],
        body: text,
      }),
    grammar: body,
    frames: bodyFrames,
  },
  { name: "diagnosis/Redaction.isHidden", read: Redaction.isHidden, grammar: marked, frames: [["[hidden-1", "]"]] },
  { name: "diagnosis/Redaction.bytesOf", read: Redaction.bytesOf, grammar: marked },
  {
    name: "diagnosis/Redaction.has",
    read: (text) => [Redaction.has(text, "blanks"), Redaction.has(text, "percent")],
    grammar: marked,
  },
  {
    name: "diagnosis/Redaction.startsWith",
    read: (text) => [Redaction.startsWith(text, "[hidden-1:20]a"), Redaction.startsWith(`${text}a`, text)],
    grammar: marked,
  },
  { name: "diagnosis/Redaction.shown", read: Redaction.shown, grammar: marked },
  {
    name: "diagnosis/Redaction.unmarked",
    read: (text) =>
      Redaction.unmarked({ url: text, body: text, headers: { a: text }, form: [{ name: text, value: text }] }),
    grammar: marked,
    frames: [["aGlkZGVuLT", ""]],
  },
  { name: "diagnosis/Exchange.timeOf", read: (at) => timeOf({ at }), grammar: G.date },
  {
    name: "core/PipelineConfig.parse",
    read: (text) => Effect.runSyncExit(PipelineConfig.parse(text)),
    grammar: settings,
    frames: [
      ['{"retry":', "}"],
      ['{"', '":1}'],
      ["{", "}"],
      ['{"timeout":"', '"}'],
    ],
  },
  {
    name: "core/PipelineConfig.decode",
    read: (text) => Effect.runSyncExit(PipelineConfig.decode(text)),
    grammar: settings,
  },
  {
    name: "core/PipelineConfig.load",
    read: (text) => Effect.runSyncExit(Effect.flatMap(PipelineConfig.parse(text), (one) => PipelineConfig.load(one))),
    grammar: settings,
  },
  {
    name: "core/PipelineConfig.config",
    read: environment,
    grammar: variables,
    frames: [
      ["HOLDFAST_TIMEOUT=", ""],
      ["HOLDFAST_", "=1"],
    ],
  },
  {
    name: "sandbox/FaultPlan.parse",
    read: (text) => Effect.runSyncExit(FaultPlan.parse(text)),
    grammar: plan,
    frames: [
      ['{"rules":[', "]}"],
      ['{"seed":', "}"],
    ],
  },
  {
    name: "diagnosis/Exchange.header",
    read: (text) => header({ [text]: text, a: "b" }, "retry-after"),
    grammar: G.word,
  },
]
