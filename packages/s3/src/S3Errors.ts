/**
 * The classes of S3's errors. All have the same fields; the rows of the table (`S3Error.table`) map each response to a class.
 *
 * **Details**
 *
 * A code that an upload can get has its own class. All other codes share a few classes, one for each possible reaction
 * of a caller; `code` distinguishes them. `SlowDown` also stands for `ServiceUnavailable`, and `InternalServerError`
 * for `InternalError`.
 */
export * from "./internal/errors/classes.ts"
