/**
 * The classes of the transport errors: what can go wrong between the request and a decodable response.
 *
 * None of these errors is the vendor's word: the vendor's own errors come from its error table. Which fault becomes which
 * class, with which verdict, is in `TransportTable`.
 */
export * from "./internal/errors/transport/classes.ts"
