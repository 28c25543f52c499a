/** Removes the weak-validator prefix and the quotes from an ETag; `undefined` if nothing remains. */
export const unquoted = (etag: string | undefined): string | undefined =>
  etag
    ?.trim()
    .replace(/^W\//, "")
    .replace(/^"(.*)"$/, "$1") || undefined
