/**
 * Defines the errors that can occur when the token file is read or written.
 */
import * as Schema from "effect/Schema"
import { VerdictSchema } from "@holdfast/core/VerdictSchema"

/**
 * The fields that all token store errors have.
 *
 * **Details**
 *
 * `detail` describes the problem, and `action` describes the remedy. Neither `detail` nor `action` quotes the content of the
 * file.
 */
const fields = {
  verdict: VerdictSchema,
  path: Schema.String,
  detail: Schema.String,
  action: Schema.String,
  cause: Schema.optionalKey(Schema.Defect()),
}

/** The file does not contain a valid sign-in. */
export class TokensCorrupt extends Schema.TaggedError<TokensCorrupt>()("TokensCorrupt", fields) {
  override get message() {
    return `The saved sign-in ${this.path} ${this.detail}`
  }
}

/** The file could not be read. */
export class TokensUnreadable extends Schema.TaggedError<TokensUnreadable>()("TokensUnreadable", fields) {
  override get message() {
    return `The saved sign-in ${this.path} cannot be read: ${this.detail}`
  }
}

/** The file could not be written. The previous content is unchanged. */
export class TokensUnwritable extends Schema.TaggedError<TokensUnwritable>()("TokensUnwritable", fields) {
  override get message() {
    return `The sign-in cannot be saved to ${this.path}: ${this.detail}`
  }
}

/**
 * The file cannot be used to store tokens because it is not a regular file, belongs to another user, or is accessible to
 * other users.
 */
export class TokensUnusable extends Schema.TaggedError<TokensUnusable>()("TokensUnusable", fields) {
  override get message() {
    return `The file ${this.path} cannot be used to store a sign-in: ${this.detail}`
  }
}

/** Another process held the lock on the file for longer than a refresh can take. */
export class TokensLocked extends Schema.TaggedError<TokensLocked>()("TokensLocked", fields) {
  override get message() {
    return `The saved sign-in ${this.path} is in use: ${this.detail}`
  }
}

/** The union of all token store errors, with the helpers `match`, `guards` and `isAnyOf`. */
export const TokenStoreError = Schema.Union([
  TokensCorrupt,
  TokensUnreadable,
  TokensUnwritable,
  TokensUnusable,
  TokensLocked,
]).pipe(Schema.toTaggedUnion("_tag"))

/** The union of all token store errors. */
export type TokenStoreError = typeof TokenStoreError.Type
