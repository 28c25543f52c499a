/**
 * The classes of S3's errors. All have the same fields; the rows of the table (`S3Error.table`) map each response to a class.
 *
 * **Details**
 *
 * A code that an upload can meet has a class of its own name. The other codes share a few classes, one for each thing
 * that a caller would do about them; `code` still tells them apart. `SlowDown` also stands for `ServiceUnavailable`, and
 * `InternalServerError` for `InternalError`.
 */
export * from "./internal/errors/classes.ts"
