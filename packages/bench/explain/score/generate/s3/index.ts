/**
 * Generates exchanges with storages: requests, signatures, changes in transit, and responses.
 */
import type { Exchange, FormPart, Request } from "@holdfast/diagnosis/Exchange"
import * as Chance from "../chance.ts"
import type { Generated, Options, Source } from "../Generated.ts"
import * as Build from "./build.ts"
import { forms } from "./defects/forms.ts"
import { proof } from "./defects/proof.ts"
import { requests } from "./defects/request.ts"
import { states } from "./defects/state.ts"
import { storages } from "./defects/storages.ts"
import type { Dialect } from "./Dialect.ts"
import { dialects } from "./storages.ts"
import * as Native from "./native.ts"
import * as Refusals from "./refusals.ts"
import * as Server from "./server.ts"
import { set, valueOf, type Kind, type Pairs, type Part, type Wire } from "./wire.ts"
import type { Defect, World } from "./World.ts"

const defects: ReadonlyArray<Defect> = [...proof, ...requests, ...forms, ...states, ...storages]

const methods: Readonly<Record<Kind, string>> = {
  get4: "GET",
  head4: "HEAD",
  header4: "PUT",
  part4: "PUT",
  put2: "PUT",
  put4: "PUT",
  complete4: "POST",
  post2: "POST",
  post4: "POST",
}

const kindsOf = ({ forms: hasForms, version2 }: Dialect): ReadonlyArray<Kind> => [
  "get4",
  "head4",
  "header4",
  "part4",
  "put4",
  "put4",
  "complete4",
  ...(version2 ? (["put2"] as const) : []),
  ...(hasForms ? (["post4", "post4", "post4"] as const) : []),
  ...(hasForms && version2 ? (["post2"] as const) : []),
]

const names = ["in/a.mp4", "takes/A001 C002.mov", "año/ü(1).jpg", "a+b/c:d.bin", "plain"]

const worldOf = (seed: number, { dialect: wanted }: Options): World => {
  const random = Chance.of(seed)
  const dialect = random.pick(wanted === undefined ? dialects : dialects.filter(({ name }) => name === wanted))
  const kind = random.pick(kindsOf(dialect))
  const now = Chance.moment(random)
  // Amazon's regions from before 2014 also accept version 2.
  const old = dialect.name === "s3" && kind.endsWith("2")
  const region = old ? "eu-west-1" : random.pick(dialect.regions)
  const temporary = dialect.tokens && Chance.happens(random, 0.4)
  const id = dialect.keyId(random, temporary)
  const secret = Chance.letters(random, 40, Chance.base64)
  // Real tokens are base64 and contain characters with a meaning in URLs.
  const token = temporary ? `FwoGZXIv+YXdz/${Chance.letters(random, 180, Chance.base64)}+EXAMPLE==` : undefined
  const expires = random.pick([300, 900, 3600, 86_400])
  const signedAt = now - (2 + random.below(120)) * 1000
  const world: World = {
    random,
    dialect,
    kind,
    now,
    clock: 0,
    bucket: `takes-${Chance.hex(random, 4)}`,
    key: random.pick(names),
    plan: {
      method: methods[kind],
      region,
      service: "s3",
      algorithm: "AWS4-HMAC-SHA256",
      signedAt,
      expires,
      id,
      secret,
      token,
      host: dialect.host(region, random),
      headers: [],
      query: [],
      conditions: [],
      fields: [],
      policyExpires: signedAt + expires * 1000,
    },
    storage: {
      secret,
      token,
      sessionEnded: false,
      region,
      bucket: true,
      object: true,
      refusal: undefined,
      busy: undefined,
    },
    front: [],
  }
  Build.ask(world)
  return world
}

const copy = (wire: Wire): Wire => ({
  ...wire,
  query: [...wire.query],
  headers: [...wire.headers],
  ...(wire.form === undefined ? {} : { form: wire.form.map((part) => ({ ...part })) }),
})

const exchangeOf = (world: World, sent: Wire, answer: Server.Answer): Exchange => {
  const query = sent.query.map(([name, value]) => `${name}=${value}`).join("&")
  const url = `${sent.scheme}://${sent.host}${sent.path}${query === "" ? "" : `?${query}`}`
  const { body, form, headers, method, size } = sent
  return {
    request: {
      method,
      url,
      headers: Object.fromEntries([["Host", sent.host], ...headers]),
      ...(form === undefined ? {} : { form }),
      ...(body === undefined ? {} : { body }),
      ...(method === "GET" || method === "HEAD" ? {} : { size }),
      ...(sent.sent === undefined ? {} : { sent: sent.sent }),
    },
    response: answer,
    at: world.now + world.clock,
  }
}

/** One in ten uses a vendor's own signing scheme. */
const isNative = (seed: number, { defect, dialect }: Options): boolean =>
  dialect === undefined ? seed % 10 === 0 && defect === undefined : Native.names.includes(dialect)

const make = (seed: number, options: Options): Generated =>
  isNative(seed, options) ? Native.make(seed, options) : makeS3(seed, options)

const makeS3 = (seed: number, options: Options): Generated => {
  const world = worldOf(seed, options)
  const chosen = choose(world, options)
  for (const { before } of chosen) before?.(world)
  const sent = Build.request(world)
  for (const { after } of chosen) after?.(sent, world)
  if (sent.form !== undefined && sent.boundary !== undefined) sent.size = Build.sizeOf(sent.form, sent.boundary)
  if (valueOf(sent.headers, "Content-Length") !== undefined) set(sent.headers, "Content-Length", String(sent.size))
  const arrived = copy(sent)
  for (const { onTheWay } of chosen) onTheWay?.(arrived, world)
  const answer = Server.answer(world, arrived)
  const failed = answer.status >= 300
  return {
    exchange: exchangeOf(world, sent, answer),
    // A storage that does not check for a defect still accepts the request.
    truth: failed ? chosen.flatMap(({ codes }) => codes) : ["succeeded"],
    defects: chosen.map(({ name }) => name),
    dialect: world.dialect.name,
    boundary: sent.boundary,
  }
}

/** Converts the request of an exchange back to wire format. The client writes the boundary and the length of a form. */
const wireOf = (request: Request, world: World): Wire => {
  const url = /^(https?):\/\/([^/?]{0,300})([^?]*)\??(.*)$/.exec(request.url ?? "")
  const [, scheme = "https", host = "", path = "", query = ""] = url ?? []
  const headers = Object.entries(request.headers ?? {}).filter(([name]) => name.toLowerCase() !== "host")
  const form = request.form?.map((part): Part => ({ ...present(part) }))
  const boundary = "----WebKitFormBoundaryREPAIRED"
  return {
    method: request.method ?? world.plan.method,
    scheme,
    host,
    path,
    query: (query === "" ? [] : query.split("&")).map((pair): [string, string] => {
      const [name = ""] = pair.split("=", 1)
      return [name, pair.slice(name.length + 1)]
    }),
    headers: [
      ...headers,
      ...(form === undefined || valueOf(headers, "Content-Type") !== undefined
        ? []
        : [["Content-Type", `multipart/form-data; boundary=${boundary}`] as [string, string]]),
    ],
    ...(request.body === undefined ? {} : { body: request.body }),
    ...(form === undefined ? {} : { form, boundary }),
    size: request.size ?? (form === undefined ? Buffer.byteLength(request.body ?? "") : Build.sizeOf(form, boundary)),
  }
}

const present = (part: FormPart): Part =>
  "value" in part
    ? { name: part.name, value: part.value }
    : {
        name: part.name,
        filename: part.filename ?? "clip.mp4",
        ...(part.size === undefined ? {} : { size: part.size }),
        ...(part.type === undefined ? {} : { type: part.type }),
      }

/** Headers that the client or the signer writes itself. */
const written = /^(?:host|content-length|x-amz-content-sha256|transfer-encoding)$/i

/** The request as issued by a signer that knows what is to be sent: the object is the intended one. */
const signedAnew = (request: Request, meant: World): Wire => {
  const { plan } = meant
  const sent = wireOf(request, meant)
  const fields = (sent.form ?? []).filter(({ name }) => name !== "key" && name !== "file")
  plan.query = sent.query
  plan.headers = sent.form === undefined ? sent.headers.filter(([name]) => !written.test(name)) : []
  plan.fields = fields.flatMap(({ name, value }): Pairs => (value === undefined ? [] : [[name, value]]))
  const wire = Build.request(meant)
  const size = sent.form?.find(({ name }) => name === "file")?.size
  for (const part of wire.form ?? []) if (part.name === "file" && size !== undefined) part.size = size
  return wire
}

const again = (seed: number, options: Options, request: Request, isSigned: boolean): Exchange | undefined => {
  if (isNative(seed, options)) return undefined
  const world = worldOf(seed, options)
  const chosen = choose(world, options)
  for (const { before } of chosen) before?.(world)
  // A session that has ended is replaced by another one.
  if (isSigned) world.storage.sessionEnded = false
  const sent = isSigned ? signedAnew(request, inVersion4(worldOf(seed, options))) : wireOf(request, world)
  if (sent.form !== undefined && sent.boundary !== undefined) sent.size = Build.sizeOf(sent.form, sent.boundary)
  const arrived = copy(sent)
  for (const { onTheWay } of chosen) onTheWay?.(arrived, world)
  return exchangeOf(world, sent, Server.answer(isSigned ? inVersion4(world) : world, arrived))
}

const inVersion4 = (world: World): World => {
  const kind = world.kind === "put2" ? "put4" : world.kind === "post2" ? "post4" : world.kind
  const { busy } = world.storage
  return {
    ...world,
    kind,
    storage: { ...world.storage, busy: busy?.step === Refusals.version4Only.step ? undefined : busy },
  }
}

const choose = (world: World, { defect, defects: count }: Options): ReadonlyArray<Defect> => {
  const fitting = defects.filter((one) => one.fits(world))
  const chosen = defect === undefined || count === 0 ? [] : fitting.filter(({ name }) => name === defect)
  for (let tries = 0; chosen.length < count && tries < 20; tries++) {
    const one = world.random.pick(fitting)
    const agree = chosen.every(({ apart = [], name }) => !apart.includes(one.name) && !one.apart?.includes(name))
    if (agree && !chosen.includes(one)) chosen.push(one)
  }
  return chosen
}

/** The generator for storages. */
export const source: Source = {
  system: "s3",
  dialects: [...dialects.map(({ name }) => name), ...Native.names],
  defects: defects.map(({ name }) => name),
  make,
  again,
}
