/**
 * Errors that do not record a stack trace. A policy rejects a call without throwing, and capturing a stack trace would cost
 * more than the rest of the rejection.
 */

/** Creates a base class for errors: Its instances pass `instanceof Error`, but they do not record a stack trace. */
export const Stackless = <const Tag extends string>(tag: Tag): new () => Error & { readonly _tag: Tag } => {
  function Base() {}
  Base.prototype = Object.create(Error.prototype, {
    constructor: { value: Base, writable: true, configurable: true },
    _tag: { value: tag, enumerable: true },
    name: { value: tag },
    stack: {
      get(this: Error) {
        return `${tag}: ${this.message}`
      },
    },
  })
  // A class would have to extend `Error` and so record a stack. TypeScript does not accept a function as a class, hence the
  // cast.
  return Base as unknown as new () => Error & { readonly _tag: Tag }
}

const refused = Symbol.for("@holdfast/core/refusal")

/** Creates a base class for rejections by a limit or a breaker. A rejected call was not sent. */
export const Refusal = <const Tag extends string>(tag: Tag): new () => Error & { readonly _tag: Tag } => {
  const Base = Stackless(tag)
  Object.defineProperty(Base.prototype, refused, { value: true })
  return Base
}

/** Returns whether an error is a rejection by a limit or a breaker, which may belong to an inner pipeline. */
export const isRefusal = (error: object): boolean => refused in error
