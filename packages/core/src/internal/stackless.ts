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
