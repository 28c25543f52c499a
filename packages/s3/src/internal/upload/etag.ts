/** Removes the weak mark and the quotes of an ETag; `undefined` if nothing is left. */
export const unquoted = (etag: string | undefined): string | undefined =>
  etag
    ?.trim()
    .replace(/^W\//, "")
    .replace(/^"(.*)"$/, "$1") || undefined
