/**
 * The captures of `corpus/cases` whose true cause does not come first yet, and what does. An entry goes when its case is
 * explained; no entry is added.
 */
export const notYet: Readonly<Record<string, string>> = {
  "s3/44-sts-expired-token-answer-alone.http": "HF-S3-URL-001 comes first, the true cause later",
}
