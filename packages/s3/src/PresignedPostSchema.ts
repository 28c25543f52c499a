/**
 * The schema of a form's credentials, apart from `PresignedPost`: a page that trusts its own backend needs no schema.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import * as SchemaIssue from "effect/SchemaIssue"
import { find } from "./internal/form/credentials.ts"
import { fromFields, InvalidPostOption, isPresignedPost, type PresignedPost, reveal } from "./PresignedPost.ts"

/**
 * Credentials as JSON carries them, and the form they make.
 *
 * **Details**
 *
 * Takes `{ url, fields }` as boto3 and Amazon's SDKs make it, signature version 2 or 4, with names in any case, `fields`
 * an object or a list of pairs. Takes a flat object as well, such as
 * `{ endpoint, key, AWSAccessKeyId, policy, signature, amzSecurityToken }`: its policy tells which members are fields and
 * what S3 calls them, the others stay out. Encodes to `{ url, fields }`.
 *
 * **Gotchas**
 *
 * An issue names the field and never its value, which is a credential. It is not asked whether the fields belong together:
 * a lint does that before the form is sent.
 */
export const PresignedPostSchema: Schema.Codec<PresignedPost, unknown> = Schema.Unknown.pipe(
  Schema.decodeTo(Schema.declare(isPresignedPost, { expected: "the credentials of a presigned POST" }), {
    decode: SchemaGetter.transformEffect((json: unknown) => {
      const found = find(json)
      if (found._tag === "Unknown") return issue(found.problem)
      try {
        return Effect.succeed(fromFields(found.url, found.fields))
      } catch (error) {
        return error instanceof InvalidPostOption ? issue(error.message) : Effect.die(error)
      }
    }),
    encode: SchemaGetter.transform((post: PresignedPost): unknown => reveal(post)),
  }),
)

// Without its input, which an issue would keep.
const issue = (message: string) => Effect.fail(new SchemaIssue.InvalidValue({ message }))
