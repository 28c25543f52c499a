/**
 * What an exchange with S3 may show, and what of its credentials may be seen in part.
 */
import type { Mask, Vocabulary } from "@holdfast/diagnosis/Redaction"
import { authorization, credential, keyId } from "./redaction/credential.ts"
import { answers, elements, fields, headers, query } from "./redaction/names.ts"
import { policy } from "./redaction/policy.ts"
import { listed, signed } from "./redaction/signedText.ts"

/** The policy of a form. */
const policyText: Mask = policy({
  isVisible: (name) => fields.has(name),
  mask: (name) => (Object.hasOwn(masks, name) ? masks[name] : undefined),
})

/** What was signed: the policy of a form, or the lines of a request. */
const signedText: Mask = (value, hide, exchange) =>
  value.includes("\n") || value.startsWith("AWS4-")
    ? signed(value, hide, {
        header: (name) => headers.has(name),
        parameter: (name) => query.has(name),
        credential: (text) => credential(text, hide, exchange),
      })
    : policyText(value, hide, exchange)

/** The value of an argument is shown where it is a number: that of a header may be a credential. */
const argument: Mask = (value, hide) => (/^[+-]?\d{1,12}$/.test(value) ? value : hide(value))

/** The octets of a text that stands beside them: what is a secret in it is known from there. */
const octets: Mask = (value, hide) => hide.once(value)

const masks: Readonly<Record<string, Mask>> = {
  argumentvalue: argument,
  authorization,
  awsaccesskeyid: keyId,
  canonicalrequest: signedText,
  canonicalrequestbytes: octets,
  ossaccesskeyid: keyId,
  policy: policyText,
  stringtosign: signedText,
  stringtosignbytes: octets,
  "x-amz-signedheaders": listed,
  "x-amz-credential": credential,
}

/** The vocabulary of S3. */
export const vocabulary: Vocabulary = { headers, query, fields, answers, elements, masks }
