/**
 * Everything that can fail between a request and a decodable response, as one tagged union.
 */
import { TransportTable } from "./TransportTable.ts"

/** The union of the transport errors, with `match`, `guards` and `isAnyOf`. */
export const TransportError = TransportTable.schema

/** Any of the transport errors. */
export type TransportError = typeof TransportError.Type
