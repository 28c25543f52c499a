/**
 * Maps each fault to its transport error and verdict. This is the error table for systems without a vendor.
 */
export { TransportTable } from "./internal/errors/transport/table.ts"
