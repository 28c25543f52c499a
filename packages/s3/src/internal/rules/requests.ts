/**
 * The rules about presigned URLs, signed headers, parts, bodies, places and services; within a step of the server, the
 * earlier topic comes first.
 */

/** Every rule that is not about a form. */
export const requests = [] as const
