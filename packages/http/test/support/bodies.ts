/** Bodies of 200 000 bytes for the tests of sending. */
import { Pipeline } from "@holdfast/core"
import type { TransportError } from "@holdfast/http"
import type { HttpClient } from "effect/http"

export type Client = HttpClient.HttpClient.With<TransportError>
export type Around = (client: HttpClient.HttpClient) => Client

export const url = "https://storage.test/bucket/key"
export const patient = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 3 }))
export const size = 200_000
export const bytes = new Uint8Array(size).map((_, index) => (index * 31) ^ (index >> 8))

/** A cursor over the bytes, 10 000 at a time; it returns itself as its iterator. */
export function* pieces(from = bytes) {
  for (let at = 0; at < from.length; at += 10_000) yield from.slice(at, at + 10_000)
}
export const webStream = () =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces()) controller.enqueue(piece)
      controller.close()
    },
  })
export async function* generated() {
  yield* pieces()
}

/** A file whose bytes can be read once, like those of a forwarded upload. */
export const onceFile = () => {
  const source = webStream()
  return Object.assign(new File([], "a.mov"), { stream: () => source })
}
