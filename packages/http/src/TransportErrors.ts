/**
 * Defines the classes of transport errors, which cover every failure between a request and a decodable response.
 *
 * The vendor does not report transport errors. The vendor's errors come from the vendor's own error table. `TransportTable`
 * maps each fault to its class and verdict.
 */
export * from "./internal/errors/transport/classes.ts"
