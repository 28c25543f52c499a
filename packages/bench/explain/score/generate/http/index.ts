/**
 * Exchanges with an API, in front of which something answers, or to which no connection can be made.
 */
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as Chance from "../chance.ts"
import type { Generated, Options, Source } from "../Generated.ts"
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
  const at = Chance.moment(random)
  const request = requestOf(random, speaker.host ?? "api.studio.example")
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
    truth: codes,
    defects: [name],
    dialect: speaker.name,
  }
}

/** Those who answer in front of a server, and the client. */
export const source: Source = {
  system: "http",
  dialects: speakers.map(({ name }) => name),
  defects: sayings.map(({ name }) => name),
  make,
}
