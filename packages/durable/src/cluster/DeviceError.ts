/**
 * Defines the errors with which the clients of a device cannot be provided.
 */
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import * as Schema from "effect/Schema"

/** `detail` describes the problem, and `action` describes the remedy. Neither field quotes a token. */
const fields = {
  verdict: VerdictSchema,
  device: Schema.String,
  detail: Schema.String,
  action: Schema.String,
  cause: Schema.optionalKey(Schema.Defect()),
}

/** The database contains no valid pairing of the device, so a person has to pair it. */
export class DeviceNotPaired extends Schema.TaggedError<DeviceNotPaired>()("DeviceNotPaired", fields) {
  override get message() {
    return `The device ${this.device} is not paired: ${this.detail}`
  }
}

/** The clients of the device cannot be provided at present, for example because the database does not answer. */
export class DeviceUnavailable extends Schema.TaggedError<DeviceUnavailable>()("DeviceUnavailable", fields) {
  override get message() {
    return `The device ${this.device} is unavailable: ${this.detail}`
  }
}

/** The union of the errors in this module, with the helpers `match`, `guards` and `isAnyOf`. */
export const DeviceError = Schema.Union([DeviceNotPaired, DeviceUnavailable]).pipe(Schema.toTaggedUnion("_tag"))

/** The union of the errors in this module. */
export type DeviceError = typeof DeviceError.Type
