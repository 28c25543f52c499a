/**
 * Errors that record no stack. Nothing has been thrown when a policy rejects a call, and walking the stack would cost more than
 * the rest of the rejection.
 */

/** The base of an error class: `instanceof Error` holds, but no stack is recorded. */
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

/** The base class of rejections by a limit or a breaker: the call was not sent. */
export const Refusal = <const Tag extends string>(tag: Tag): new () => Error & { readonly _tag: Tag } => {
  const Base = Stackless(tag)
  Object.defineProperty(Base.prototype, refused, { value: true })
  return Base
}

/** Whether an error is a rejection by a limit or a breaker, possibly one in an inner pipeline. */
export const isRefusal = (error: object): boolean => refused in error
