/**
 * The error of a response with an error status and without a vendor's decoder.
 */
export { ErrorStatus } from "./internal/errors/status/classes.ts"
