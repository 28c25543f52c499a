/**
 * The classes of S3's errors. All classes have the same fields. The rows of the table (`S3Error.table`) map each response to
 * a class.
 *
 * **Details**
 *
 * Each code that an upload can receive has its own class. All other codes share a few classes, one for each possible reaction
 * of the caller; `code` distinguishes them. `SlowDown` also covers `ServiceUnavailable`, and `InternalServerError` covers
 * `InternalError`.
 */
export * from "./internal/errors/classes.ts"
