/**
 * Reads the consecutive bytes of a file or of an object.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** Fills a buffer with the bytes that follow those of the last call. */
export type Next<E> = (buffer: Uint8Array) => Effect.Effect<void, E>

/** A file or an object whose bytes can be read at an offset. */
export interface Readable<E> {
  readonly read: (buffer: Uint8Array, offset: number) => Effect.Effect<void, E>
  /** Reads a range with a single request; see `SourceFile`. */
  readonly sequence?: (
    offset: number,
    length: number,
  ) => Effect.Effect<(buffer: Uint8Array) => Effect.Effect<void, E>, E, Scope.Scope>
}

/** Returns a function that fills buffers with the consecutive bytes of a range. */
export const from = <E>(file: Readable<E>, offset: number, length: number): Effect.Effect<Next<E>, E, Scope.Scope> => {
  if (file.sequence !== undefined) return file.sequence(offset, length)
  let at = offset
  return Effect.succeed((buffer) =>
    Effect.tap(file.read(buffer, at), () =>
      Effect.sync(() => {
        at += buffer.byteLength
      }),
    ),
  )
}
