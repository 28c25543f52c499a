/**
 * Determines which parts of a policy remain visible.
 */
import { isFile, type Exchange } from "@holdfast/diagnosis/Exchange"
import type { Hide, Mask } from "@holdfast/diagnosis/Redaction"
import { toBase64 } from "../../../PostPolicy.ts"
import * as PolicyJson from "../../form/policyJson.ts"

/** The visible form fields. Names are in lower case. */
export interface FieldRules {
  readonly isVisible: (name: string) => boolean
  readonly mask: (name: string) => Mask | undefined
}

/** The context in which each part of a policy is redacted. */
interface Within {
  readonly hide: Hide
  readonly exchange: Exchange
  readonly fields: FieldRules
}

/**
 * The structure of a policy, its expiration and the conditions on harmless fields remain visible. The result is
 * base64-encoded JSON again. Text that is not JSON is replaced with a base64-encoded redaction mark, and text that is not
 * base64 is replaced with a plain redaction mark. Surrounding spaces, which S3 rejects, are kept.
 */
export const policy =
  (fields: FieldRules): Mask =>
  (value, hide, exchange) => {
    const base64 = value.slice(/^[ \t]*/.exec(value)?.[0].length).replace(/(?<![ \t])[ \t]+$/, "")
    const before = value.slice(0, value.indexOf(base64))
    const after = value.slice(before.length + base64.length)
    const text = fromBase64(base64)
    if (text === undefined) return hide(value)
    let clean: string
    try {
      clean = JSON.stringify(redactPolicy(PolicyJson.parse(text), { hide, exchange, fields }))
    } catch {
      clean = hide(text)
    }
    return before + toBase64(clean) + after
  }

const redactPolicy = (json: unknown, within: Within): unknown => {
  if (!isObject(json)) return redactUnknown(json, within)
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => {
      if (name.toLowerCase() === "expiration") return [name, dateOr(value, within.hide)]
      if (name.toLowerCase() !== "conditions" || !Array.isArray(value))
        return [nameOr(name, within), redactUnknown(value, within)]
      return [name, value.map((condition: unknown) => redactCondition(condition, within))]
    }),
  )
}

const redactCondition = (condition: unknown, within: Within): unknown => {
  if (isObject(condition)) {
    return Object.fromEntries(
      Object.entries(condition).map(([field, value]) => [
        nameOr(field, within),
        redactOperand(field, value, "eq", within),
      ]),
    )
  }
  if (!Array.isArray(condition)) return redactUnknown(condition, within)
  const [operator, field, operand, ...more] = condition as ReadonlyArray<unknown>
  if (typeof operator !== "string" || !/^[a-z]{2,8}(?:-[a-z]{2,8}){0,2}$/i.test(operator))
    return redactUnknown(condition, within)
  // The operands of a range are two sizes, as numbers or strings.
  if (typeof field !== "string" || isSize(field)) {
    return condition.map((one, index) => (index === 0 || isSize(one) ? (one as unknown) : redactUnknown(one, within)))
  }
  return [
    operator,
    nameOr(field, within),
    redactOperand(field.replace(/^\$/, ""), operand, operator, within),
    ...more.map((one) => redactUnknown(one, within)),
  ].slice(0, condition.length)
}

const isSize = (operand: unknown): boolean => typeof operand === "string" && /^[+-]?[\d.]{0,20}$/.test(operand)

const redactOperand = (field: string, operand: unknown, operator: string, within: Within): unknown => {
  if (typeof operand !== "string") return redactUnknown(operand, within)
  const { exchange, fields, hide } = within
  const name = field.toLowerCase()
  const mask = name === "policy" ? undefined : fields.mask(name)
  if (mask !== undefined) return mask(operand, hide, exchange)
  if (fields.isVisible(name)) return hide.visible(name, operand)
  return operator.toLowerCase() === "starts-with"
    ? hide.beginning(operand, valueIn(exchange, name))
    : hide.named(name, operand)
}

const valueIn = ({ request }: Exchange, field: string): string | undefined => {
  for (const part of request?.form ?? []) if (!isFile(part) && part.name.toLowerCase() === field) return part.value
  return undefined
}

const redactUnknown = (json: unknown, within: Within): unknown => {
  if (Array.isArray(json)) return json.map((item) => redactUnknown(item, within))
  if (isObject(json)) {
    return Object.fromEntries(
      Object.entries(json).map(([name, value]) => [nameOr(name, within), redactUnknown(value, within)]),
    )
  }
  return typeof json === "string" ? within.hide(json) : json
}

/**
 * Shows the name of a field if it has the format of S3's field names or if the form has a field with this name. A token that
 * appears in place of a name is hidden, but the `$` remains.
 */
const nameOr = (name: string, { exchange, fields, hide }: Within): string => {
  const [, dollar = "", bare = ""] = /^(\$*)(.*)$/s.exec(name) ?? []
  const known = bare.toLowerCase()
  const isName =
    /^(?:x-)?[a-z]{1,20}(?:[-_ ](?:[a-z]{1,20}\d{0,4}|\d{1,4})){0,6}$/i.test(bare) ||
    fields.isVisible(known) ||
    fields.mask(known) !== undefined ||
    exchange.request?.form?.some((part) => part.name.toLowerCase() === known) === true
  return isName ? hide.visible("", name) : dollar + hide(bare)
}

const dateOr = (value: unknown, hide: Hide): unknown =>
  typeof value === "string" && !/^[\dTZ:. +-]{0,40}$/i.test(value) ? hide(value) : value

const isObject = (u: unknown): u is Readonly<Record<string, unknown>> =>
  typeof u === "object" && u !== null && !Array.isArray(u)

/** This decoder is as strict as S3, which skips only line breaks. */
const fromBase64 = (text: string): string | undefined => {
  if (!/^[A-Za-z0-9+/=\r\n]*$/.test(text)) return undefined
  try {
    const binary = atob(text)
    const octets = new Uint8Array(binary.length)
    for (let at = 0; at < binary.length; at++) octets[at] = binary.charCodeAt(at)
    return new TextDecoder("utf-8", { fatal: true }).decode(octets)
  } catch {
    return undefined
  }
}
