/**
 * The classes of OAuth errors.
 */
export * from "./internal/errors/classes.ts"
