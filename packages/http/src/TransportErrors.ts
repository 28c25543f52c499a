/**
 * The classes of transport errors: everything that can fail between a request and a decodable response.
 *
 * None of these errors was reported by the vendor, whose errors come from its error table. `TransportTable` maps each fault to
 * its class and verdict.
 */
export * from "./internal/errors/transport/classes.ts"
