/**
 * Mutations that break a valid form, with the finding that the lint reports for each.
 */
import { assert } from "@effect/vitest"
import * as Lint from "@holdfast/s3/Lint"
import { draft, type Draft, numbers, type Numbers, request } from "./validForms.ts"

export const check = (one: Draft) => Lint.check(request(one), one.at === undefined ? {} : { at: one.at })

export const tags = (one: Draft): ReadonlyArray<string> => check(one).map(({ _tag }) => _tag)

const is = (wanted: string) => (entry: readonly [string, string]) => entry[0].toLowerCase() === wanted.toLowerCase()

export const find = (one: Draft, name: string): [string, string] => {
  const entry = one.before.find(is(name))
  assert(entry !== undefined, `no ${name}`)
  return entry
}

export const remove = (one: Draft, name: string): void => {
  one.before = one.before.filter((entry) => !is(name)(entry))
}

export const late = (one: Draft, name: string): void => {
  one.after.push(find(one, name))
  remove(one, name)
}

const nameOf = (condition: unknown): string =>
  (Array.isArray(condition)
    ? String(condition[1]).replace("$", "")
    : Object.keys(condition as object).join()
  ).toLowerCase()

export const without = (one: Draft, name: string): void => {
  one.conditions = one.conditions.filter((condition) => nameOf(condition) !== name)
}

export const at = (one: Draft): number => {
  one.at ??= Date.parse(one.expiration) - 1000
  return one.at
}

const needed = (one: Draft): ReadonlyArray<string> =>
  one.version === 4
    ? ["key", "policy", "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature"]
    : ["key", "policy", "AWSAccessKeyId", "signature"]

/** Whether a form itself shows that its key is temporary. */
const isTemporary = (one: Draft): boolean =>
  one.session &&
  (one.conditions.some((condition) => nameOf(condition) === "x-amz-security-token") ||
    one.before.some(([name, value]) => /credential|accesskeyid/i.test(name) && value.startsWith("ASIA")))

export const held = (one: Draft, change: (held: Lint.Request) => Lint.Request): ReadonlyArray<string> =>
  Lint.check(change(request(one)), one.at === undefined ? {} : { at: one.at }).map(({ _tag }) => _tag)

export const sample = (more: Partial<Draft> = {}): Draft => {
  const r = numbers(7)
  let one = draft(r)
  while (one.version !== 4 || one.session) one = draft(r)
  return { ...one, headers: { "content-type": "multipart/form-data; boundary=b" }, after: [], ...more }
}

/** The mutations: how they change a form, the expected finding, and the forms to which they apply. */
export const mutations: ReadonlyArray<{
  readonly what: string
  readonly tag: string
  readonly when?: (one: Draft) => boolean
  readonly break: (one: Draft, r: Numbers) => void
}> = [
  { what: "a required field after the file", tag: "FieldAfterFile", break: (one, r) => late(one, r.pick(needed(one))) },
  {
    what: "the session token after the file",
    tag: "FieldAfterFile",
    when: (one) => one.session,
    break: (one) => late(one, "x-amz-security-token"),
  },
  {
    what: "a field with a condition after the file",
    tag: "FieldAfterFile",
    when: (one) => one.before.some(is("acl")),
    break: (one) => late(one, "acl"),
  },
  {
    what: "every field after the file",
    tag: "FieldAfterFile",
    break: (one) => {
      one.after = [...one.before, ...one.after]
      one.before = []
    },
  },
  {
    what: "no session token",
    tag: "TokenMissing",
    when: isTemporary,
    break: (one) => remove(one, "x-amz-security-token"),
  },
  {
    what: "an empty session token",
    tag: "TokenMissing",
    when: isTemporary,
    break: (one) => {
      find(one, "x-amz-security-token")[1] = ""
    },
  },
  {
    what: "a misnamed session token",
    tag: "TokenMisnamed",
    when: isTemporary,
    break: (one, r) => {
      find(one, "x-amz-security-token")[0] = r.pick([
        "AmzSecurityToken",
        "security-token",
        "x-oss-security-token",
        "token9",
      ])
    },
  },
  {
    what: "the session token of another session",
    tag: "TokenAltered",
    when: (one) => one.session,
    break: (one, r) => {
      find(one, "x-amz-security-token")[1] = r.letters(300)
    },
  },
  {
    what: "a session token with blanks in place of its plus signs",
    tag: "TokenAltered",
    when: (one) => one.session,
    break: (one) => {
      const entry = find(one, "x-amz-security-token")
      entry[1] = `a ${entry[1]}`
    },
  },
  {
    what: "a required field missing",
    tag: "FieldMissing",
    break: (one, r) => remove(one, r.pick(needed(one).filter((name) => name !== "policy"))),
  },
  { what: "no policy", tag: "UnsignedForm", break: (one) => remove(one, "policy") },
  {
    what: "a required field that is empty",
    tag: "FieldEmpty",
    break: (one, r) => {
      find(one, r.pick(needed(one)))[1] = ""
    },
  },
  {
    what: "neither a policy nor a signature",
    tag: "UnsignedForm",
    break: (one) => {
      for (const name of needed(one)) if (name !== "key") remove(one, name)
    },
  },
  {
    what: "a value other than the policy's",
    tag: "ConditionNotMet",
    break: (one) => {
      one.before.push(["x-amz-meta-mutant", "B"])
      one.conditions.push({ "x-amz-meta-mutant": "A" })
    },
  },
  {
    what: "a value that differs in case",
    tag: "ConditionNotMet",
    break: (one) => {
      one.before.push(["Cache-Control", "no-cache"])
      one.conditions.push(["eq", "$cache-control", "No-Cache"])
    },
  },
  {
    what: "a beginning other than the policy's, of a hidden value",
    tag: "ConditionNotMet",
    break: (one) => {
      one.before.push(["x-amz-meta-mutant", "alphabet"])
      one.conditions.push(["starts-with", "$x-amz-meta-mutant", "beta"])
    },
  },
  {
    what: "a beginning other than the policy's, of the key",
    tag: "ConditionNotMet",
    break: (one) => {
      one.conditions.push(["starts-with", "$key", "nowhere/"])
    },
  },
  {
    what: "a condition on a missing field",
    tag: "ConditionNotMet",
    break: (one) => {
      one.conditions.push(["starts-with", "$x-amz-meta-absent", ""])
    },
  },
  {
    what: "the type only on the file's part",
    tag: "ConditionNotMet",
    break: (one) => {
      remove(one, "content-type")
      without(one, "content-type")
      one.file.type = "video/quicktime"
      one.conditions.push(["starts-with", "$Content-Type", "video/"])
    },
  },
  {
    what: "a list of types, one of which differs",
    tag: "ConditionNotMet",
    break: (one) => {
      remove(one, "content-type")
      without(one, "content-type")
      one.before.push(["Content-Type", "image/png,video/mp4"])
      one.conditions.push(["starts-with", "$Content-Type", "image/"])
    },
  },
  {
    what: "${filename} in the condition",
    tag: "ConditionNotMet",
    break: (one) => {
      without(one, "key")
      find(one, "key")[1] = "up/${filename}"
      one.file.filename = "clip.mov"
      one.conditions.push({ key: "up/${filename}" })
    },
  },
  {
    what: "a condition content-length",
    tag: "ConditionNotMet",
    break: (one) => {
      one.conditions.push(["eq", "$content-length", "12"])
    },
  },
  {
    what: "a name with two dollar signs",
    tag: "ConditionNotMet",
    break: (one) => {
      one.conditions.push(["starts-with", "$$key", ""])
    },
  },
  {
    what: "another bucket than the policy's",
    tag: "ConditionNotMet",
    when: (one) => one.url.includes("amazonaws.com"),
    break: (one) => {
      without(one, "bucket")
      one.conditions.push({ bucket: "elsewhere" })
    },
  },
  {
    what: "a name without its dollar sign",
    tag: "PolicyMalformed",
    break: (one) => {
      one.conditions.push(["eq", "acl", "private"])
    },
  },
  {
    what: "a field without a condition",
    tag: "FieldNotCovered",
    break: (one, r) => {
      one.before.push([
        r.pick(["x-amz-meta-extra", "submit", "dzuuid", "_csrf", "Filename", "x-amz-storage-class"]),
        "v",
      ])
    },
  },
  {
    what: "a token that was missing when the form was signed",
    tag: "FieldNotCovered",
    when: (one) => one.session,
    break: (one) => without(one, "x-amz-security-token"),
  },
  {
    what: "a policy that has expired",
    tag: "PolicyExpired",
    break: (one) => {
      one.expiration = new Date(at(one) - 1000).toISOString()
    },
  },
  {
    what: "an expiration with an offset",
    tag: "PolicyMalformed",
    break: (one) => {
      one.expiration = one.expiration.replace(/Z$/, "+02:00")
    },
  },
  {
    what: "an expiration with a blank",
    tag: "PolicyMalformed",
    break: (one) => {
      one.expiration = one.expiration.replace("T", " ")
    },
  },
  {
    what: "a number as a value",
    tag: "PolicyMalformed",
    break: (one) => {
      one.conditions.push({ "x-amz-meta-n": 1 })
    },
  },
  {
    what: "two properties in a condition",
    tag: "PolicyMalformed",
    break: (one) => {
      one.conditions.push({ acl: "a", key: "b" })
    },
  },
  {
    what: "a policy that is not base64",
    tag: "PolicyMalformed",
    break: (one) => {
      find(one, "policy")[1] = '{"expiration"'
    },
  },
  {
    what: "an IAM policy",
    tag: "PolicyMalformed",
    break: (one) => {
      find(one, "policy")[1] = Buffer.from('{"Version":"2012-10-17","Statement":[]}').toString("base64")
    },
  },
  {
    what: "a file that is too large",
    tag: "SizeOutsideRange",
    break: (one) => {
      one.conditions.push(["content-length-range", 0, (one.file.size ?? 0) - 1])
      one.file.size ??= 1
    },
    when: (one) => (one.file.size ?? 0) > 0,
  },
  {
    what: "a file that is too small",
    tag: "SizeOutsideRange",
    break: (one) => {
      one.conditions.push(["content-length-range", (one.file.size ?? 0) + 1, 99_999_999])
    },
  },
  {
    what: "fields of more than 20 KB",
    tag: "FieldsTooLong",
    break: (one) => {
      one.before.push(["x-ignore-padding", "p".repeat(20_400)])
    },
  },
  {
    what: "a file under another name",
    tag: "FileMisnamed",
    break: (one, r) => {
      one.file = { ...one.file, name: r.pick(["upload", "files[]", "image"]), filename: "clip.mov" }
    },
  },
]
