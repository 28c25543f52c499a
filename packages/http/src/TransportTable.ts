/**
 * Maps each fault to its transport error and verdict: the error table of a system without a vendor.
 */
export { TransportTable } from "./internal/errors/transport/table.ts"
