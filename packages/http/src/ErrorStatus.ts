/**
 * A response with an error status that no vendor's decoder explains.
 */
export { ErrorStatus } from "./internal/errors/status/classes.ts"
