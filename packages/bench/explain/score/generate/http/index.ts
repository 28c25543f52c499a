/**
 * Exchanges with an API behind an intermediary, or to which no connection can be made.
 */
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as Chance from "../chance.ts"
import type { Generated, Options, Source } from "../Generated.ts"
import { source as oauth } from "../oauth/index.ts"
import { source as s3 } from "../s3/index.ts"
import { speakers as intermediaries } from "./answers.ts"
import type { Saying, Speaker } from "./saying.ts"
import { vendors } from "./vendors.ts"

const speakers: ReadonlyArray<Speaker> = [...intermediaries, ...vendors]

const sayings: ReadonlyArray<Saying> = speakers.flatMap(({ says }) => says)

const requestOf = (random: Chance.Random, host: string): NonNullable<Exchange["request"]> => {
  const method = random.pick(["GET", "POST", "PUT", "DELETE"])
  const body =
    method === "POST" || method === "PUT"
      ? JSON.stringify({ name: Chance.letters(random, 8, Chance.lower) })
      : undefined
  return {
    method,
    url: `https://${host}/v1/reels/${1 + random.below(999)}`,
    headers: {
      Host: host,
      Accept: "application/json",
      Authorization: `Bearer ${Chance.letters(random, 40, Chance.plain)}`,
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    },
    ...(body === undefined ? {} : { body, size: body.length }),
  }
}

const lost = ["HF-OAUTH-SERVER-003"]

/** Causes that have another name if the request is for a storage or a sign-in server. */
const alike: Readonly<Record<Source["system"], Readonly<Record<string, ReadonlyArray<string>>>>> = {
  http: {},
  s3: {
    "HF-HTTP-LIMIT-005": ["HF-S3-SVC-002"],
    "HF-HTTP-BOX-002": ["HF-S3-SVC-003"],
    "HF-HTTP-LIMIT-002": ["HF-S3-BODY-001"],
    "HF-HTTP-STATUS-004": ["HF-S3-PLACE-007"],
  },
  oauth: {
    "HF-HTTP-LIMIT-005": ["HF-OAUTH-SERVER-006", "HF-OAUTH-DEVICE-002", "HF-OAUTH-DEVICE-003"],
    "HF-HTTP-BOX-001": lost,
    "HF-HTTP-BOX-002": ["HF-OAUTH-SERVER-002"],
    "HF-HTTP-BOX-003": lost,
    "HF-HTTP-BOX-004": lost,
    "HF-HTTP-NET-002": lost,
    "HF-HTTP-NET-003": lost,
    "HF-HTTP-NET-005": lost,
    "HF-HTTP-STATUS-003": ["HF-OAUTH-SERVER-004"],
    "HF-HTTP-STATUS-004": ["HF-OAUTH-REQUEST-009"],
  },
}

const good = (random: Chance.Random): Pick<NonNullable<Exchange["response"]>, "body" | "headers" | "status"> =>
  random.pick([
    { status: 200, headers: { "Content-Type": "application/json" }, body: '{"id":7,"name":"A001","errors":[]}' },
    { status: 200, headers: { "Content-Type": "application/json; charset=utf-8" }, body: '{"items":[],"error":null}' },
    { status: 201, headers: { "Content-Type": "application/json" }, body: '{"id":8}' },
    { status: 202, headers: { "Content-Type": "application/json" }, body: '{"status":"queued"}' },
    { status: 204, headers: {} },
  ])

const make = (seed: number, { defect, defects, dialect }: Options): Generated => {
  const random = Chance.of(seed ^ 0x3ad8025f)
  const speaker = random.pick(speakers.filter(({ name }) => dialect === undefined || dialect === name))
  // With a second defect, the request is one for a storage or a sign-in server that it never reached.
  const inner = defects === 2 && speaker.host === undefined ? random.pick([s3, oauth]) : undefined
  const meant = inner?.make(seed, { defects: 0 }).exchange
  const at = typeof meant?.at === "number" ? meant.at : Chance.moment(random)
  const request = meant?.request ?? requestOf(random, speaker.host ?? "api.studio.example")
  const headers = { Date: Chance.httpDate(at), ...speaker.headers(random) }
  if (defects === 0) {
    const { body, headers: own, status } = good(random)
    return {
      exchange: {
        request,
        response: { status, headers: { ...headers, ...own }, ...(body === undefined ? {} : { body }) },
        at,
      },
      truth: ["succeeded"],
      defects: [],
      dialect: speaker.name,
    }
  }
  const wanted = speaker.says.find(({ name }) => name === defect)
  const { codes, name, told } = wanted ?? random.pick(speaker.says)
  const { body, failure, headers: own, status } = told(random)
  return {
    exchange:
      failure === undefined
        ? {
            request,
            response: { status, headers: { ...headers, ...own }, ...(body === undefined ? {} : { body }) },
            at,
          }
        : { request, failure, at },
    truth: inner === undefined ? codes : [...codes, ...codes.flatMap((code) => alike[inner.system][code] ?? [])],
    defects: inner === undefined ? [name] : [name, `in front of ${inner.system}`],
    dialect: speaker.name,
  }
}

/** Generates exchanges with intermediaries and clients. */
export const source: Source = {
  system: "http",
  dialects: speakers.map(({ name }) => name),
  defects: sayings.map(({ name }) => name),
  make,
}
