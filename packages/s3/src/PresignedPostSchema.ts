/**
 * The schema of a form's credentials. It is separate from `PresignedPost`, because a page that trusts its own backend
 * needs no schema.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import * as SchemaIssue from "effect/SchemaIssue"
import { find } from "./internal/form/credentials.ts"
import { fromFields, InvalidPostOption, isPresignedPost, type PresignedPost, reveal } from "./PresignedPost.ts"

/**
 * Decodes JSON credentials to a form.
 *
 * **Details**
 *
 * Accepts `{ url, fields }` as boto3 and Amazon's SDKs return it, for signature version 2 or 4, with names in any case,
 * and `fields` as an object or a list of pairs. Also accepts a flat object, such as `{ endpoint, key, AWSAccessKeyId,
 * policy, signature, amzSecurityToken }`: its policy determines which members are fields and their names in S3; other
 * members are ignored. Encodes to `{ url, fields }`.
 *
 * **Gotchas**
 *
 * An issue names the field and never its value, which is a credential. The schema does not check whether the fields fit
 * together; a lint does before the form is sent.
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

// Omits the input, because an issue would keep it.
const issue = (message: string) => Effect.fail(new SchemaIssue.InvalidValue({ message }))
