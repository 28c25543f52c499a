/**
 * Maps each fault to its transport error and verdict. This error table covers failures that no vendor reports.
 */
export { TransportTable } from "./internal/errors/transport/table.ts"
