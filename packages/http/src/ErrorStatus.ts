/**
 * The error for a response with an error status if the client does not have a vendor's decoder.
 */
export { ErrorStatus } from "./internal/errors/status/classes.ts"
