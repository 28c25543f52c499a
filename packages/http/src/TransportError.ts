/**
 * Defines one tagged union of all failures that can occur between a request and a decodable response.
 */
import { TransportTable } from "./TransportTable.ts"

/** The union of the transport errors, with `match`, `guards` and `isAnyOf`. */
export const TransportError = TransportTable.schema

/** Any one of the transport errors. */
export type TransportError = typeof TransportError.Type
