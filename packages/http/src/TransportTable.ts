/**
 * Which fault becomes which transport error, with which verdict: the table of a system that has no vendor.
 */
export { TransportTable } from "./internal/errors/transport/table.ts"
