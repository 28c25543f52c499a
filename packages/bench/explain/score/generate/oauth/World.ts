/**
 * The state of one exchange with a sign-in server.
 */
import type { Random } from "../chance.ts"
import type { Dialect } from "./dialects.ts"
import type { Kind, Step } from "./steps.ts"

/** A request of OAuth, whose fields are encoded last. */
export interface Asked {
  method: string
  url: string
  headers: Array<[name: string, value: string]>
  fields: Array<[name: string, value: string]>
  /** How the fields are encoded. */
  encoding: "form" | "json" | "none"
}

/** An exchange that is being generated. */
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
  /** The checks that fail because of the server's state. */
  readonly fails: Set<Step>
  /** Why there is no response. */
  failure: string | undefined
}

/** A defect. */
export interface Defect {
  readonly name: string
  /** Its codes. */
  readonly codes: ReadonlyArray<string>
  readonly fits: (world: World) => boolean
  readonly apart?: ReadonlyArray<string>
  readonly before?: (world: World) => void
  readonly after?: (asked: Asked, world: World) => void
}

/** The value of a field. */
export const field = ({ fields }: Asked, name: string): string | undefined =>
  fields.find(([other]) => other === name)?.[1]

/** Sets or removes a field. */
export const setField = (asked: Asked, name: string, value: string | undefined): void => {
  const at = asked.fields.findIndex(([other]) => other === name)
  if (value === undefined) {
    if (at !== -1) asked.fields.splice(at, 1)
  } else if (at === -1) asked.fields.push([name, value])
  else asked.fields[at] = [name, value]
}
