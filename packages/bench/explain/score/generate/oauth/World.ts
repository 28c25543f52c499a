/**
 * All that is true of one exchange with a sign-in server.
 */
import type { Random } from "../chance.ts"
import type { Dialect } from "./dialects.ts"
import type { Kind, Step } from "./steps.ts"

/** A request of OAuth: its fields are encoded last. */
export interface Asked {
  method: string
  url: string
  headers: Array<[name: string, value: string]>
  fields: Array<[name: string, value: string]>
  /** How the fields are written. */
  encoding: "form" | "json" | "none"
}

/** An exchange in the making. */
export interface World {
  readonly random: Random
  readonly dialect: Dialect
  readonly kind: Kind
  readonly now: number
  readonly clientId: string
  readonly secret: string
  readonly deviceCode: string
  readonly refreshToken: string
  readonly accessToken: string
  /** Steps that fail because of the state of the server. */
  readonly fails: Set<Step>
  /** Why no answer came. */
  failure: string | undefined
}

/** Something that goes wrong. */
export interface Defect {
  readonly name: string
  /** The codes that name it. */
  readonly codes: ReadonlyArray<string>
  readonly fits: (world: World) => boolean
  readonly apart?: ReadonlyArray<string>
  readonly before?: (world: World) => void
  readonly after?: (asked: Asked, world: World) => void
}

/** The value of a field. */
export const field = ({ fields }: Asked, name: string): string | undefined =>
  fields.find(([other]) => other === name)?.[1]

/** Sets a field, or takes it away. */
export const setField = (asked: Asked, name: string, value: string | undefined): void => {
  const at = asked.fields.findIndex(([other]) => other === name)
  if (value === undefined) {
    if (at !== -1) asked.fields.splice(at, 1)
  } else if (at === -1) asked.fields.push([name, value])
  else asked.fields[at] = [name, value]
}
