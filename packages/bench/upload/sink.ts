/**
 * The other end of the benchmark: counts and drops what is PUT to it, in a process of its own.
 *
 * `/plain/<n>` answers with an ETag that is no MD5, as S3 does for KMS keys. `/etag/<n>` answers with the MD5 of chunk n, which
 * the parent computed once, so that the sink spends the same CPU on every variant. A chunk of the wrong length is refused.
 */
import { createServer } from "node:http"

/** What the parent sends first: the length and the MD5 of every chunk. */
export interface SinkSetup {
  readonly chunks: ReadonlyArray<{ readonly length: number; readonly md5: string }>
}

process.once("message", (setup: SinkSetup) => {
  const server = createServer((request, response) => {
    let bytes = 0
    request.on("data", (data: Buffer) => {
      bytes += data.byteLength
    })
    request.on("end", () => {
      const [, kind, index] = (request.url ?? "").split(/[/?]/)
      const chunk = setup.chunks[Number(index)]
      if (chunk === undefined || bytes !== chunk.length) {
        response.writeHead(400).end(`<Error><Code>IncompleteBody</Code><Message>${bytes} bytes</Message></Error>`)
      } else {
        // As S3 answers a PUT. Without the length Node would answer in an empty chunked body.
        const kms = kind === "etag" ? {} : { "x-amz-server-side-encryption": "aws:kms" }
        response
          .writeHead(200, { "content-length": 0, "x-amz-request-id": "bench", etag: `"${chunk.md5}"`, ...kms })
          .end()
      }
    })
  })
  server.listen(0, "127.0.0.1", () => {
    const address = server.address()
    if (address !== null && typeof address === "object") process.send?.(address.port)
  })
})
