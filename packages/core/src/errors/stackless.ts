/**
 * Errors that record no stack: a policy that says no has thrown nothing, and walking the stack would cost more than all
 * the rest of the refusal.
 */

/** The base of an error class: an `Error` by its prototype, without the stack that the constructor of `Error` records. */
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
  // A class would have to extend `Error`, and so record a stack; TypeScript does not know a function for a class.
  return Base as unknown as new () => Error & { readonly _tag: Tag }
}

const refused = Symbol.for("@holdfast/core/refusal")

/** The base of the error of a limit or a breaker that did not let a call in: nothing was sent. */
export const Refusal = <const Tag extends string>(tag: Tag): new () => Error & { readonly _tag: Tag } => {
  const Base = Stackless(tag)
  Object.defineProperty(Base.prototype, refused, { value: true })
  return Base
}

/** Whether an error is the refusal of a limit or a breaker, which may be that of a pipeline further in. */
export const isRefusal = (error: object): boolean => refused in error
