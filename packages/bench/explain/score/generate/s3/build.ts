/**
 * Builds valid, really signed requests of every kind.
 */
import * as Chance from "../chance.ts"
import * as Sign from "./sign.ts"
import { set, type Pairs, type Part, type Wire } from "./wire.ts"
import { isV4, type Plan, type World } from "./World.ts"

const types = ["video/mp4", "image/jpeg", "application/pdf", "text/plain"]

/** The scope of a signature of version 4. */
export const scopeOf = ({ region, service, signedAt }: Plan): string =>
  `${Chance.basicDate(signedAt).slice(0, 8)}/${region}/${service}/aws4_request`

const pathOf = ({ bucket, dialect, key }: World, form: boolean): string => {
  const prefix = dialect.name === "supabase" ? "/storage/v1/s3" : ""
  const object = form ? "" : Sign.encodePath(key)
  return dialect.inPath ? `${prefix}/${bucket}${object === "" ? "" : `/${object}`}` : `/${object}`
}

/** The host of a request for the bucket. */
export const hostOf = ({ bucket, dialect, plan }: World): string =>
  dialect.inPath ? plan.host : `${bucket}.${plan.host}`

const scheme = (host: string): string => (/^(?:127|minio:)/.test(host) ? "http" : "https")

/** Signs the request. */
export const request = (world: World): Wire => {
  const { kind, plan } = world
  const host = hostOf(world)
  const common = { method: plan.method, scheme: scheme(host), host, size: 0 }
  if (kind === "post2" || kind === "post4") return form(world, common)
  const wire: Wire = { ...common, path: pathOf(world, false), query: [...plan.query], headers: [...plan.headers] }
  if (kind === "complete4") {
    wire.body = completion
    wire.size = completion.length
  } else if (kind !== "get4" && kind !== "head4") wire.size = 100 + world.random.below(9_000_000)
  if (kind === "put2") return signUrl2(world, wire)
  return kind === "header4" || kind === "complete4" ? signHeader(world, wire) : signUrl4(world, wire)
}

const part = (number: number): string =>
  `<Part><PartNumber>${number}</PartNumber><ETag>"${Sign.sha256(String(number)).slice(0, 32)}"</ETag></Part>`

/** The body that completes an upload of three parts. */
export const completion = `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${[1, 2, 3].map(part).join("")}</CompleteMultipartUpload>`

const signUrl4 = ({ plan }: World, wire: Wire): Wire => {
  const scope = scopeOf(plan)
  const names = Sign.signedNames(wire.headers)
  const date = Chance.basicDate(plan.signedAt)
  wire.query.push(
    ["X-Amz-Algorithm", plan.algorithm],
    ["X-Amz-Credential", Sign.encode(`${plan.id}/${scope}`)],
    ["X-Amz-Date", date],
    ["X-Amz-Expires", String(plan.expires)],
  )
  if (plan.token !== undefined) wire.query.push(["X-Amz-Security-Token", Sign.encode(plan.token)])
  wire.query.push(["X-Amz-SignedHeaders", Sign.encode(names.join(";"))])
  const text = Sign.stringToSign4(plan.algorithm, date, scope, Sign.canonicalRequest(wire, names, "UNSIGNED-PAYLOAD"))
  wire.query.push(["X-Amz-Signature", Sign.signature4(plan.secret, scope, text)])
  return wire
}

const signHeader = ({ plan }: World, wire: Wire): Wire => {
  const scope = scopeOf(plan)
  const date = Chance.basicDate(plan.signedAt)
  const payload = wire.body === undefined ? "UNSIGNED-PAYLOAD" : Sign.sha256(wire.body)
  wire.headers.push(["x-amz-content-sha256", payload], ["x-amz-date", date])
  if (plan.token !== undefined) wire.headers.push(["x-amz-security-token", plan.token])
  const names = Sign.signedNames(wire.headers)
  const text = Sign.stringToSign4(plan.algorithm, date, scope, Sign.canonicalRequest(wire, names, payload))
  const signature = Sign.signature4(plan.secret, scope, text)
  wire.headers.push([
    "Authorization",
    `${plan.algorithm} Credential=${plan.id}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`,
  ])
  return wire
}

/** What version 2 signs in place of the path. */
export const resource = (world: World, path: string): string =>
  world.dialect.inPath ? path : `/${world.bucket}${path}`

const signUrl2 = (world: World, wire: Wire): Wire => {
  const { plan } = world
  const expires = String(Math.floor(plan.signedAt / 1000) + plan.expires)
  if (plan.token !== undefined) wire.headers.push(["x-amz-security-token", plan.token])
  const text = Sign.stringToSign2(wire, expires, resource(world, wire.path))
  wire.query.push(
    ["AWSAccessKeyId", plan.id],
    ["Signature", Sign.encode(Sign.signature2(plan.secret, text))],
    ["Expires", expires],
  )
  return wire
}

const form = (world: World, common: Pick<Wire, "host" | "method" | "scheme" | "size">): Wire => {
  const { bucket, plan, random } = world
  const fields: Pairs = [["key", world.key], ...plan.fields]
  if (isV4(world)) {
    fields.push(
      ["x-amz-algorithm", plan.algorithm],
      ["x-amz-credential", `${plan.id}/${scopeOf(plan)}`],
      ["x-amz-date", Chance.basicDate(plan.signedAt)],
    )
  }
  if (plan.token !== undefined) fields.push(["x-amz-security-token", plan.token])
  const conditions = [{ bucket }, ...fields.map(([name, value]) => ({ [name]: value })), ...plan.conditions]
  const policy = Buffer.from(
    JSON.stringify({ expiration: new Date(plan.policyExpires).toISOString(), conditions }),
  ).toString("base64")
  if (!isV4(world)) fields.push(["AWSAccessKeyId", plan.id])
  fields.push(["policy", policy])
  fields.push(
    isV4(world)
      ? ["x-amz-signature", Sign.signature4(plan.secret, scopeOf(plan), policy)]
      : ["signature", Sign.signature2(plan.secret, policy)],
  )
  const size = 1000 + random.below(900_000)
  const parts: Array<Part> = fields.map(([name, value]) => ({ name, value }))
  parts.push({ name: "file", filename: "clip.mp4", size, type: random.pick(types) })
  const boundary = `----WebKitFormBoundary${Chance.letters(random, 16, Chance.plain)}`
  const headers: Pairs = [["Content-Type", `multipart/form-data; boundary=${boundary}`]]
  return {
    ...common,
    path: pathOf(world, true),
    query: [],
    headers,
    form: parts,
    boundary,
    size: sizeOf(parts, boundary),
  }
}

/** The length of a form in bytes. */
export const sizeOf = (parts: ReadonlyArray<Part>, boundary: string): number => {
  const head = ({ filename, name, type }: Part): string =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${filename === undefined ? "" : `; filename="${filename}"`}\r\n${type === undefined ? "" : `Content-Type: ${type}\r\n`}\r\n`
  return parts.reduce(
    (sum, part) => sum + Buffer.byteLength(head(part)) + (part.size ?? Buffer.byteLength(part.value ?? "")) + 2,
    boundary.length + 4,
  )
}

/** The headers and the query of a kind of request, before any defect. */
export const ask = (world: World): void => {
  const { kind, plan, random } = world
  if (["header4", "part4", "put2", "put4"].includes(kind)) {
    if (kind !== "part4" && Chance.happens(random, 0.6)) set(plan.headers, "Content-Type", random.pick(types))
    if (kind !== "part4" && Chance.happens(random, 0.2)) set(plan.headers, "x-amz-meta-reel", "A001")
    if (kind === "header4" && Chance.happens(random, 0.2)) set(plan.headers, "x-amz-storage-class", "STANDARD")
  }
  if (kind === "part4") {
    plan.query.push(
      ["partNumber", String(1 + random.below(40))],
      ["uploadId", Chance.letters(random, 40, Chance.plain)],
    )
  }
  if (kind === "complete4") plan.query.push(["uploadId", Chance.letters(random, 40, Chance.plain)])
  if (kind === "post4" || kind === "post2") {
    if (Chance.happens(random, 0.5)) plan.fields.push(["Content-Type", random.pick(types)])
    if (Chance.happens(random, 0.3)) plan.fields.push(["success_action_status", "201"])
    if (Chance.happens(random, 0.5)) plan.conditions.push(["content-length-range", 1, 1_073_741_824])
  }
}
