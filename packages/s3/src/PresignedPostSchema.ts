/**
 * The schema for the credentials of a presigned POST form. The schema is separate from `PresignedPost`, because a page that
 * trusts its own backend does not need a schema.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import * as SchemaIssue from "effect/SchemaIssue"
import { find } from "./internal/form/credentials.ts"
import { fromFields, InvalidPostOption, isPresignedPost, type PresignedPost, reveal } from "./PresignedPost.ts"

/**
 * Decodes JSON credentials into a form.
 *
 * **Details**
 *
 * Accepts `{ url, fields }` as returned by boto3 and Amazon's SDKs, for signature version 2 or 4. Field names may be in any
 * case, and `fields` may be an object or a list of pairs. Also accepts a flat object, such as
 * `{ endpoint, key, AWSAccessKeyId, policy, signature, amzSecurityToken }`. The policy determines which properties of the
 * object are fields and what these fields are named in S3. Other properties are ignored. Encodes a form as `{ url, fields }`.
 *
 * **Gotchas**
 *
 * A schema issue names the field but never contains the field's value, which is a credential. The schema does not check
 * whether the fields are consistent with each other. The lint checks the consistency of the fields before the form is sent.
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
