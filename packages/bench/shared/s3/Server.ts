/**
 * A real S3 server for the tools beside which Holdfast is measured: Ceph's gateway with its objects in memory.
 */
import {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  S3Client,
} from "@aws-sdk/client-s3"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Layer from "effect/Layer"
import * as Context from "effect/Context"
import { createHash } from "node:crypto"
import { Radosgw } from "../../../peers/support/s3/Radosgw.ts"
import type { Credentials } from "../../../peers/support/s3/Credentials.ts"

export { missing } from "../../../peers/support/s3/Radosgw.ts"

export const bucket = "cards"

/** The parts of uploads that were begun and neither completed nor aborted. */
export interface Leftovers {
  readonly uploads: number
  readonly bytes: number
}

export interface Server {
  readonly port: number
  readonly owner: Credentials
  /** The keys of all objects. */
  readonly keys: () => Promise<ReadonlyArray<string>>
  /** The SHA-256 of an object, or `undefined` if there is no such object. */
  readonly sha256: (key: string) => Promise<string | undefined>
  readonly leftovers: () => Promise<Leftovers>
  /** Removes all objects and leftovers. */
  readonly clear: () => Promise<void>
  readonly end: () => Promise<void>
}

/** Removed objects release their memory at once. */
const settings = ["rgw enable gc threads = true", "rgw gc obj min wait = 1", "rgw gc processor period = 2"]

/** Starts a server with one empty bucket, in about 6 s. */
export const start = async (): Promise<Server> => {
  const scope = Scope.makeUnsafe()
  const { endpoint, owner } = await Effect.runPromise(
    Effect.gen(function* () {
      const services = yield* Layer.buildWithScope(Radosgw.layer, scope)
      const { gateway, owner } = Context.get(services, Radosgw)
      return { owner, endpoint: yield* gateway({ settings }).pipe(Scope.provide(scope)) }
    }),
  )
  const client = new S3Client({ endpoint, credentials: owner, region: "us-east-1", forcePathStyle: true })
  await client.send(new CreateBucketCommand({ Bucket: bucket }))

  const keys = async (): Promise<ReadonlyArray<string>> => {
    const all: Array<string> = []
    let token: string | undefined
    do {
      const page = await client.send(new ListObjectsV2Command({ Bucket: bucket, ContinuationToken: token }))
      all.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []))
      token = page.NextContinuationToken
    } while (token !== undefined)
    return all
  }
  const uploads = async () => {
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))
    return Uploads.map(({ Key = "", UploadId = "" }) => ({ Bucket: bucket, Key, UploadId }))
  }

  return {
    port: Number(new URL(endpoint).port),
    owner,
    keys,
    sha256: async (key) => {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
        return createHash("sha256")
          .update((await Body?.transformToByteArray()) ?? "")
          .digest("hex")
      } catch (error) {
        if (error instanceof Error && error.name === "NoSuchKey") return undefined
        throw error
      }
    },
    leftovers: async () => {
      let bytes = 0
      const all = await uploads()
      for (const upload of all) {
        const { Parts = [] } = await client.send(new ListPartsCommand(upload))
        for (const { Size = 0 } of Parts) bytes += Size
      }
      return { uploads: all.length, bytes }
    },
    clear: async () => {
      for (const upload of await uploads()) await client.send(new AbortMultipartUploadCommand(upload))
      const left = [...(await keys())]
      while (left.length > 0) {
        const Objects = left.splice(0, 500).map((Key) => ({ Key }))
        await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }))
      }
    },
    end: async () => {
      client.destroy()
      await Effect.runPromise(Scope.close(scope, Exit.void))
    },
  }
}
