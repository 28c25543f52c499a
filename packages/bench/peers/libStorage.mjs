/**
 * Uploads files with `Upload` of @aws-sdk/lib-storage and its defaults.
 *
 *     node libStorage.mjs MODULES ENDPOINT BUCKET FILE…
 */
import { createReadStream } from "node:fs"
import { createRequire } from "node:module"
import { basename, join } from "node:path"

const [modules, endpoint, Bucket, ...paths] = process.argv.slice(2)
const load = createRequire(join(modules, "package.json"))
const { S3Client } = load("@aws-sdk/client-s3")
const { Upload } = load("@aws-sdk/lib-storage")
const client = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true })
for (const path of paths) {
  await new Upload({ client, params: { Bucket, Key: basename(path), Body: createReadStream(path) } }).done()
}
