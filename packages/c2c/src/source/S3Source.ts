/**
 * Uploads objects of S3 as if they were files, without storing them on this machine.
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { Storage } from "@holdfast/s3/S3Object"
import * as Objects from "../internal/source/objects.ts"
import { isObject, local, SourceFiles } from "./SourceFile.ts"

/**
 * Adds the objects of a storage to the files that can be uploaded. Their paths have the form `s3://BUCKET/KEY`.
 *
 * **Details**
 *
 * The version of an object consists of its size, its time and its ETag. Every read names the ETag, so the bytes of two versions
 * are never mixed: an object that was replaced fails with `FileChanged`. Chunks of up to 64 MiB are held in memory, like those
 * of a file, and longer ones are streamed. A storage that does not answer fails with `ObjectUnavailable`, which the uploaders
 * retry with their usual waits.
 *
 * **Gotchas**
 *
 * Use `NodeHttpClient.layerUndici` as the `HttpClient`. Objects do not grow, so they cannot be uploaded as recordings.
 */
export const layer = (storage: Storage): Layer.Layer<never, never, HttpClient.HttpClient> =>
  Layer.effect(
    SourceFiles,
    Effect.map(HttpClient.HttpClient, (client) => {
      const files = local({ detail: "", action: "" })
      const objects = Objects.make(client, storage)
      return {
        open: (path, options) => (isObject(path) ? objects.open(path) : files.open(path, options)),
        version: (path) => (isObject(path) ? objects.version(path) : files.version(path)),
        list: objects.list,
      }
    }),
  )

/** Reads a variable. An empty one counts as missing, and the line end of a mounted secret is not part of it. */
const variable = (name: string) => Config.map(Config.option(Config.String(name)), given)

const secret = (name: string) =>
  Config.map(
    variable(name),
    Option.map((text) => Redacted.make(text)),
  )

const given = (found: Option.Option<string>): Option.Option<string> =>
  Option.filter(
    Option.map(found, (text) => text.trim()),
    (text) => text !== "",
  )

const settings = Config.all({
  accessKeyId: variable("AWS_ACCESS_KEY_ID"),
  secretAccessKey: secret("AWS_SECRET_ACCESS_KEY"),
  sessionToken: secret("AWS_SESSION_TOKEN"),
  region: variable("AWS_REGION"),
  defaultRegion: variable("AWS_DEFAULT_REGION"),
  endpoint: variable("AWS_ENDPOINT_URL_S3"),
  anyEndpoint: variable("AWS_ENDPOINT_URL"),
})

/** The region if none is configured, which is also what most other servers than Amazon's expect. */
const usualRegion = "us-east-1"

/**
 * Like `layer`, with the settings that Amazon's tools read from the environment: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
 * `AWS_SESSION_TOKEN`, `AWS_REGION` or `AWS_DEFAULT_REGION`, and `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL`.
 *
 * **Details**
 *
 * Without credentials, files are uploaded as usual, and a path that names an object fails with `ObjectsUnsupported`. Without a
 * region, it is `us-east-1`. An empty variable counts as missing.
 */
export const layerConfig: Layer.Layer<never, never, HttpClient.HttpClient> = Layer.unwrap(
  Effect.map(Effect.orDie(settings), (found) => {
    const { accessKeyId, secretAccessKey } = found
    const endpoint = Option.getOrUndefined(Option.orElse(found.endpoint, () => found.anyEndpoint))
    const isAddress = endpoint === undefined || (URL.canParse(endpoint) && /^https?:/i.test(endpoint))
    const isGiven = Option.isSome(accessKeyId) && Option.isSome(secretAccessKey)
    if (!isAddress || !isGiven) {
      return Layer.succeed(
        SourceFiles,
        local(
          isAddress
            ? { detail: "no credentials", action: "set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION" }
            : { detail: "the endpoint is not a URL", action: "write AWS_ENDPOINT_URL_S3 as https://HOST" },
        ),
      )
    }
    const credentials = {
      accessKeyId: accessKeyId.value,
      secretAccessKey: secretAccessKey.value,
      sessionToken: Option.getOrUndefined(found.sessionToken),
    }
    const region = Option.getOrElse(
      Option.orElse(found.region, () => found.defaultRegion),
      () => usualRegion,
    )
    return layer({ credentials, region, endpoint })
  }),
)
