/**
 * `/v2/devices/assets`: creates an asset with its upload URLs, and the URLs of realtime parts.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Signature from "../../Signature.ts"
import * as frameio from "../responses/frameio.ts"
import type { Asset } from "../storage/assets.ts"
import { authorized, type Backend } from "./backend.ts"
import { channels } from "./devices.ts"
import { jsonOrForm, mediaType } from "./body.ts"

const MiB = 1024 ** 2

/** S3's limits on the parts of one object. */
const limits = { parts: 10_000, smallest: 5 * MiB, largest: 5 * 1024 ** 3, object: 5 * 1024 ** 4 }

/** The lifetime of an upload URL in seconds: 24 h, the same as Frame.io's. */
export const urlLife = 86_400

// Numbers come as text from an urlencoded form.
const Whole = Schema.Union([Schema.Int, Schema.FiniteFromString.pipe(Schema.check(Schema.isInt()))])
const Flag = Schema.Union([Schema.Boolean, Schema.Literal("true"), Schema.Literal("false")])

const AssetRequest = Schema.Struct({
  name: Schema.optionalKey(Schema.NonEmptyString),
  extension: Schema.optionalKey(Schema.String),
  filetype: Schema.NonEmptyString,
  filesize: Schema.optionalKey(Whole.pipe(Schema.check(Schema.isGreaterThanOrEqualTo(0)))),
  offset: Schema.optionalKey(Whole),
  channel: Schema.optionalKey(Whole),
  parts: Schema.optionalKey(Whole),
  is_realtime_upload: Schema.optionalKey(Flag),
})

const PartsRequest = Schema.Struct({
  parts: Schema.NonEmptyArray(
    Schema.Struct({ number: Schema.Int, size: Schema.Int, is_final: Schema.optionalKey(Schema.Boolean) }),
  ),
  asset_name: Schema.optionalKey(Schema.NonEmptyString),
  asset_filesize: Schema.optionalKey(Schema.Int),
})

export const assetRoutes = (backend: Backend) => {
  const { store } = backend

  const sign = (asset: Asset, numbers: Iterable<number>) =>
    Effect.gen(function* () {
      const host = (yield* HttpServerRequest.HttpServerRequest).headers["host"] ?? ""
      const now = yield* Clock.currentTimeMillis
      return Array.from(numbers, (number) => {
        const path = `/parts/${asset.id}/${number}`
        return `http://${host}${Signature.presign(backend.signer, { host, path, contentType: asset.filetype }, now, urlLife)}`
      })
    })

  const create = Effect.fnUntraced(function* (wire: typeof AssetRequest.Type) {
    const realtime = wire.is_realtime_upload === true || wire.is_realtime_upload === "true"
    const name = wire.name ?? (realtime && wire.extension !== undefined ? `[new file]${wire.extension}` : undefined)
    if (name === undefined) return frameio.invalidArgument("name is required")
    if (!realtime && wire.filesize === undefined) return frameio.invalidArgument("filesize is required")
    if (backend.pause.isPaused()) return frameio.channelPaused
    // Two bugs that Frame.io's error guide lists: both requests deserve a 4xx and get a 500.
    if (!channels.includes(wire.channel ?? 0)) return frameio.internalServerError
    const filesize = wire.filesize ?? 0
    if (wire.parts !== undefined && !conforms(filesize, wire.parts)) return frameio.internalServerError

    const chunks = realtime ? 0 : (wire.parts ?? chunkCount(filesize, backend.chunkSize))
    const asset = yield* store.create({
      name,
      filetype: wire.filetype,
      filesize: realtime ? undefined : filesize,
      realtime,
      chunks,
    })
    if (realtime) return frameio.json({ id: asset.id, name }, 201)
    return frameio.json(
      {
        _type: "file",
        id: asset.id,
        name,
        status: "created",
        filesize,
        filetype: asset.filetype,
        original: null,
        upload_urls: yield* sign(asset, asset.expected),
      },
      201,
    )
  })

  const parts = Effect.fnUntraced(function* (asset: Asset, wire: typeof PartsRequest.Type) {
    const final = wire.parts.some((part) => part.is_final === true)
    if (final && wire.asset_filesize === undefined) return frameio.invalidArgument("asset_filesize is required")
    const bad = wire.parts.find(
      (part) =>
        part.number < 1 ||
        part.number > limits.parts ||
        part.size > limits.largest ||
        part.size < (part.is_final === true ? 1 : limits.smallest),
    )
    if (bad !== undefined) return frameio.invalidArgument(`part ${bad.number} is outside S3's limits`)
    for (const part of wire.parts) asset.expected.add(part.number)
    if (wire.asset_name !== undefined) asset.name = wire.asset_name
    if (wire.asset_filesize !== undefined) asset.filesize = wire.asset_filesize
    return frameio.json({
      upload_urls: yield* sign(
        asset,
        wire.parts.map((part) => part.number),
      ),
    })
  })

  return [
    HttpRouter.route(
      "POST",
      "/v2/devices/assets",
      Effect.gen(function* () {
        const request = yield* HttpServerRequest.HttpServerRequest
        const type = mediaType(request)
        if (type !== "application/json" && type !== "application/x-www-form-urlencoded") {
          return frameio.unsupportedMediaType
        }
        const body = yield* jsonOrForm
        const wire = Schema.decodeUnknownOption(AssetRequest)(body)
        const resource = Option.match(wire, {
          onNone: () => "",
          onSome: (value) => value.name ?? value.extension ?? "",
        })
        const handler = Option.match(wire, {
          onNone: () => Effect.succeed(frameio.invalidArgument("name, filetype and filesize are required")),
          onSome: (value) => Effect.orElseSucceed(create(value), () => frameio.internalServerError),
        })
        return yield* authorized(backend, "assets", resource, handler)
      }),
    ),
    HttpRouter.route(
      "POST",
      "/v2/devices/assets/:id/realtime_upload/parts",
      Effect.gen(function* () {
        const { id = "" } = yield* HttpRouter.params
        const asset = store.get(id)
        const wire = Schema.decodeUnknownOption(PartsRequest)(yield* jsonOrForm)
        const handler = Effect.suspend(() => {
          if (asset === undefined || !asset.realtime) return Effect.succeed(frameio.notFound)
          if (Option.isNone(wire)) return Effect.succeed(frameio.invalidArgument("parts must be given"))
          return parts(asset, wire.value)
        })
        return yield* authorized(backend, "parts", asset?.name ?? "", handler)
      }),
    ),
  ]
}

/**
 * The number of chunks in a file: as few as the chunk size allows, but at least 1 and at most 10,000, which is S3's limit.
 */
const chunkCount = (filesize: number, chunkSize: number): number =>
  Math.min(limits.parts, Math.max(1, Math.ceil(filesize / chunkSize)))

/**
 * Whether S3 would accept a file in this many parts: each part except the last must have at least 5 MiB, and no part may
 * exceed 5 GiB.
 */
const conforms = (filesize: number, parts: number): boolean => {
  if (parts < 1 || parts > limits.parts || filesize > limits.object) return false
  const size = Math.ceil(filesize / parts)
  return size <= limits.largest && (parts === 1 || size >= limits.smallest)
}
