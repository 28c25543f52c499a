/**
 * The receiver of the benchmark, in a separate process: counts and drops PUT bodies.
 *
 * `/plain/<n>` answers with an ETag that is not an MD5, as S3 does for KMS keys. `/etag/<n>` answers with the MD5 of chunk n,
 * computed once by the parent, so that the sink uses the same CPU for every variant. A chunk of the wrong length is rejected.
 */
import * as Http from "node:http"
import * as Https from "node:https"
import type { Certificate } from "./certificate.ts"

/** The first message of the parent: the length and the MD5 of every chunk, and the certificate of a server with TLS. */
export interface SinkSetup {
  readonly chunks: ReadonlyArray<{ readonly length: number; readonly md5: string }>
  readonly certificate?: Certificate | undefined
}

process.once("message", (setup: SinkSetup) => {
  const onRequest: Http.RequestListener = (request, response) => {
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
        // As in S3's response to a PUT. Without the length Node would send an empty chunked body.
        const kms = kind === "etag" ? {} : { "x-amz-server-side-encryption": "aws:kms" }
        response
          .writeHead(200, { "content-length": 0, "x-amz-request-id": "bench", etag: `"${chunk.md5}"`, ...kms })
          .end()
      }
    })
  }
  const server =
    setup.certificate === undefined ? Http.createServer(onRequest) : Https.createServer(setup.certificate, onRequest)
  // No connection may expire while a slow client reads the next chunk.
  server.keepAliveTimeout = 0
  server.listen(0, "127.0.0.1", () => {
    const address = server.address()
    if (address !== null && typeof address === "object") process.send?.(address.port)
  })
})
