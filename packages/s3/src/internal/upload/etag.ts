/** An ETag without its weak mark and its quotes; `undefined` when nothing is left. */
export const unquoted = (etag: string | undefined): string | undefined =>
  etag
    ?.trim()
    .replace(/^W\//, "")
    .replace(/^"(.*)"$/, "$1") || undefined
