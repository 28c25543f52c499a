/**
 * The error for a response with an error status, used if the client has no vendor decoder.
 */
export { ErrorStatus } from "./internal/errors/status/classes.ts"
