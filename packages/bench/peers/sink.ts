/**
 * An S3 server in a separate process that hashes and drops what it receives. It accepts one file, in one part or in several.
 */
import { createHash } from "node:crypto"
import * as Http from "node:http"

/** What the sink has received, sent to the parent when it asks. */
export interface Received {
  readonly bytes: number
  readonly complete: boolean
}

/** The length and the MD5 of each part. A file that arrives in one request is part 1. */
const parts = new Map<number, { readonly length: number; readonly md5: Buffer }>()
let etag: string | undefined
const bytes = () => [...parts.values()].reduce((total, { length }) => total + length, 0)

/** The ETag of a multipart object, which rclone compares with its own. */
const multipartEtag = () => {
  const hash = createHash("md5")
  for (const [, { md5 }] of [...parts].toSorted(([a], [b]) => a - b)) hash.update(md5)
  return `"${hash.digest("hex")}-${parts.size}"`
}
const xml = (root: string, content: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${content}</${root}>`

const server = Http.createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://sink")
  const query = url.searchParams
  const hash = createHash("md5")
  let length = 0
  request.on("data", (data: Buffer) => {
    length += data.byteLength
    hash.update(data)
  })
  request.on("end", () => {
    const send = (status: number, headers: Http.OutgoingHttpHeaders, body = "") => {
      const common = { "content-length": Buffer.byteLength(body), "x-amz-request-id": "sink" }
      response.writeHead(status, { ...common, ...headers }).end(request.method === "HEAD" ? undefined : body)
    }
    if (request.method === "POST" && query.has("uploads")) {
      return send(
        200,
        {},
        xml("InitiateMultipartUploadResult", "<Bucket>cards</Bucket><Key>file</Key><UploadId>1</UploadId>"),
      )
    }
    if (request.method === "POST" && query.has("uploadId")) {
      etag = multipartEtag()
      const result = `<Bucket>cards</Bucket><Key>file</Key><ETag>${etag}</ETag>`
      return send(200, {}, xml("CompleteMultipartUploadResult", result))
    }
    if (request.method === "PUT" && length > 0) {
      const md5 = hash.digest()
      parts.set(Number(query.get("partNumber") ?? 1), { length, md5 })
      const own = `"${md5.toString("hex")}"`
      if (!query.has("partNumber")) etag = own
      return send(200, { etag: own })
    }
    if (request.method === "PUT") return send(200, {})
    // rclone reads the object's attributes after the upload.
    if (request.method === "HEAD" && etag !== undefined) {
      return send(200, { "content-length": bytes(), etag, "last-modified": new Date().toUTCString() })
    }
    if (request.method === "HEAD") return send(404, {})
    if (query.has("uploads")) return send(200, {}, xml("ListMultipartUploadsResult", "<Bucket>cards</Bucket>"))
    if (query.has("location")) return send(200, {}, xml("LocationConstraint", ""))
    return send(200, {}, xml("ListBucketResult", "<Name>cards</Name><IsTruncated>false</IsTruncated>"))
  })
})
server.keepAliveTimeout = 0
server.listen(0, "127.0.0.1", () => {
  const address = server.address()
  if (address !== null && typeof address === "object") process.send?.(address.port)
})
process.on("message", () => process.send?.({ bytes: bytes(), complete: etag !== undefined } satisfies Received))
