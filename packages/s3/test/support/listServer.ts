/**
 * A storage on loopback that lists a bucket in pages, and checks the signature of every request.
 */
import { Effect } from "effect"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import { expectedAuthorization } from "./objectServer.ts"

/** The response to a request with a continuation token. */
export type Answer = (
  token: string | undefined,
  query: URLSearchParams,
) => { readonly status?: number; readonly body: string }

export interface Listed {
  readonly key: string
  readonly bytes?: number
}

/** A page of a listing, with keys as `encoding-type=url` encodes them. */
export const page = (objects: ReadonlyArray<Listed>, next?: string): string => {
  const contents = objects.map(
    ({ bytes = 1, key }) =>
      `<Contents><Key>${encodeURIComponent(key).replaceAll("%20", "+")}</Key><Size>${bytes}</Size><Owner><ID>o</ID></Owner></Contents>`,
  )
  const token = next === undefined ? "" : `<NextContinuationToken>${next}</NextContinuationToken>`
  return `<?xml version="1.0"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><EncodingType>url</EncodingType>
<IsTruncated>${next !== undefined}</IsTruncated>${token}${contents.join("")}</ListBucketResult>`
}

/** Starts a server. Returns its address, and the queries of the requests. */
export const serve = (answer: Answer) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly url: string; readonly queries: Array<string>; readonly server: Http.Server }>(
      (resume) => {
        const queries: Array<string> = []
        const server = Http.createServer((request, response) => {
          const { search, searchParams } = new URL(request.url ?? "", "http://b")
          queries.push(search)
          response.setHeader("x-amz-request-id", "tx1")
          if (request.headers.authorization !== expectedAuthorization(request)) {
            response.writeHead(403)
            response.end("<Error><Code>SignatureDoesNotMatch</Code><Message>no</Message></Error>")
            return
          }
          const { body, status = 200 } = answer(searchParams.get("continuation-token") ?? undefined, searchParams)
          response.writeHead(status)
          response.end(body)
        })
        server.listen(0, "127.0.0.1", () => {
          const { port } = server.address() as AddressInfo
          resume(Effect.succeed({ url: `http://127.0.0.1:${port}`, queries, server }))
        })
      },
    ),
    ({ server }) =>
      Effect.callback<void>((resume) => {
        server.close(() => resume(Effect.void))
        server.closeAllConnections()
      }),
  )
