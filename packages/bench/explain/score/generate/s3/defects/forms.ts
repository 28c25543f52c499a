/**
 * Defects of forms: their order, their fields, their policy.
 */
import * as Chance from "../../chance.ts"
import { set, valueOf, type Part, type Wire } from "../wire.ts"
import { isForm, type Defect, type World } from "../World.ts"

const is4 = ({ kind }: World): boolean => kind === "post4"

const partOf = ({ form = [] }: Wire, name: string): Part | undefined => form.find((part) => part.name === name)

const drop = (wire: Wire, name: string): void => {
  wire.form = wire.form?.filter((part) => part.name !== name)
}

/** Moves a part to the end. */
const late = ({ form = [] }: Wire, name: string): void => {
  const at = form.findIndex((part) => part.name === name)
  if (at !== -1) form.push(...form.splice(at, 1))
}

export const forms: ReadonlyArray<Defect> = [
  {
    name: "not-multipart",
    codes: ["HF-S3-POST-001"],
    fits: isForm,
    after: (wire) => {
      set(wire.headers, "Content-Type", "application/json")
      wire.body = JSON.stringify(Object.fromEntries(wire.form?.map(({ name, value = "" }) => [name, value]) ?? []))
      wire.form = undefined
    },
  },
  {
    name: "no-boundary",
    codes: ["HF-S3-POST-002"],
    fits: isForm,
    after: ({ headers }) => {
      set(headers, "Content-Type", "multipart/form-data")
    },
  },
  {
    name: "field-late",
    codes: ["HF-S3-POST-011"],
    fits: isForm,
    after: (wire, { kind, random }) => {
      late(wire, random.pick(kind === "post4" ? ["key", "x-amz-signature", "x-amz-credential"] : ["key", "signature"]))
    },
  },
  {
    name: "file-first",
    codes: ["HF-S3-POST-011"],
    fits: isForm,
    after: ({ form = [] }) => {
      const at = form.findIndex(({ name }) => name === "file")
      form.unshift(...form.splice(at, 1))
    },
  },
  {
    name: "policy-missing",
    codes: ["HF-S3-POST-012", "HF-S3-POST-013"],
    fits: isForm,
    after: (wire) => drop(wire, "policy"),
  },
  {
    name: "field-missing",
    codes: ["HF-S3-POST-013"],
    fits: isForm,
    after: (wire, { kind, random }) => {
      const names =
        kind === "post4" ? ["key", "x-amz-signature", "x-amz-credential", "x-amz-date"] : ["key", "signature"]
      drop(wire, random.pick(names))
    },
  },
  {
    name: "file-misnamed",
    codes: ["HF-S3-POST-015"],
    fits: isForm,
    after: (wire) => {
      const file = partOf(wire, "file")
      if (file !== undefined) file.name = "upload"
    },
  },
  {
    name: "file-missing",
    codes: ["HF-S3-POST-016"],
    fits: isForm,
    after: (wire) => drop(wire, "file"),
  },
  {
    name: "fields-too-long",
    codes: ["HF-S3-POST-018"],
    fits: isForm,
    before: ({ plan, random }) => {
      plan.fields.push(["x-amz-meta-notes", Chance.letters(random, 21_000, Chance.plain)])
    },
  },
  {
    name: "form-date-other-day",
    codes: ["HF-S3-POST-043", "HF-S3-POST-045", "HF-S3-POST-033"],
    fits: is4,
    after: (wire, { plan }) => {
      const date = partOf(wire, "x-amz-date")
      if (date !== undefined) date.value = Chance.basicDate(plan.signedAt - 86_400_000)
    },
  },
  {
    name: "policy-not-json",
    codes: ["HF-S3-POST-031", "HF-S3-POST-047", "HF-S3-POST-051"],
    fits: isForm,
    after: (wire) => {
      const policy = partOf(wire, "policy")
      if (policy !== undefined) {
        policy.value = Buffer.from(
          Buffer.from(policy.value ?? "", "base64")
            .toString()
            .replaceAll('"', "'"),
        ).toString("base64")
      }
    },
  },
  {
    name: "policy-expired",
    codes: ["HF-S3-POST-032"],
    fits: isForm,
    before: ({ now, plan, random }) => {
      plan.policyExpires = now - (60 + random.below(50_000)) * 1000
      plan.signedAt = Math.min(plan.signedAt, plan.policyExpires - 60_000)
    },
  },
  {
    name: "condition-not-met",
    codes: ["HF-S3-POST-033"],
    fits: isForm,
    before: ({ plan, random }) => {
      plan.conditions.push(
        random.pick([
          ["starts-with", "$key", "other/"],
          ["eq", "$acl", "public-read"],
        ]),
      )
    },
  },
  {
    name: "key-other-than-signed",
    codes: ["HF-S3-POST-033"],
    fits: isForm,
    after: (wire) => {
      const key = partOf(wire, "key")
      if (key !== undefined) key.value = `other-${key.value ?? ""}`
    },
  },
  {
    name: "field-not-covered",
    codes: ["HF-S3-POST-034"],
    fits: isForm,
    after: ({ form = [] }, { random }) => {
      form.unshift({ name: random.pick(["filename", "name", "submit", "x-amz-meta-note"]), value: "clip.mp4" })
    },
  },
  {
    name: "file-too-large-for-policy",
    codes: ["HF-S3-POST-035"],
    fits: isForm,
    before: ({ plan }) => {
      plan.conditions = [...plan.conditions.filter((one) => !Array.isArray(one)), ["content-length-range", 1, 900]]
    },
  },
  {
    name: "policy-altered",
    codes: ["HF-S3-POST-047", "HF-S3-POST-031"],
    fits: isForm,
    after: (wire) => {
      const policy = partOf(wire, "policy")
      if (policy?.value !== undefined) policy.value = policy.value.replaceAll("=", "").slice(0, -4)
    },
  },
  {
    name: "form-cut-short",
    codes: ["HF-S3-POST-004", "HF-S3-BODY-003"],
    fits: isForm,
    after: (wire) => {
      set(wire.headers, "Content-Length", String(wire.size))
      wire.sent = wire.size >> 1
    },
  },
  {
    name: "boundary-other",
    codes: ["HF-S3-POST-003", "HF-S3-POST-005"],
    fits: isForm,
    after: ({ headers }) => {
      const type = valueOf(headers, "Content-Type") ?? ""
      set(headers, "Content-Type", type.replace("boundary=", "boundary=wrong"))
    },
  },
]
