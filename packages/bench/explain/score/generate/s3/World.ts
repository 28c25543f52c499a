/**
 * The state of one exchange with a storage: the signer, the request, what happens in transit, and the state of the storage.
 */
import type { Random } from "../chance.ts"
import type { Dialect } from "./Dialect.ts"
import type { Kind, Pairs, Refusal, Wire } from "./wire.ts"

/** The inputs of a request before it is signed. */
export interface Plan {
  method: string
  region: string
  service: string
  algorithm: string
  /** The time of signing by the signer's clock. */
  signedAt: number
  /** In seconds. */
  expires: number
  id: string
  secret: string
  token: string | undefined
  host: string
  /** Headers that are signed and sent. */
  headers: Pairs
  query: Pairs
  /** Conditions of a form's policy beyond those for its fields. */
  conditions: Array<unknown>
  fields: Pairs
  policyExpires: number
}

/** The state of the storage. */
export interface Storage {
  /** `undefined` if it does not know the key. */
  secret: string | undefined
  token: string | undefined
  sessionEnded: boolean
  region: string
  bucket: boolean
  object: boolean
  /** Its response if every check has passed. */
  refusal: Refusal | undefined
  /** Its response before any check. */
  busy: Refusal | undefined
}

/** An exchange that is being generated. */
export interface World {
  readonly random: Random
  readonly dialect: Dialect
  readonly kind: Kind
  /** The true time. */
  readonly now: number
  /** How far the client's clock is ahead, in milliseconds. */
  clock: number
  bucket: string
  key: string
  readonly plan: Plan
  readonly storage: Storage
  /** Headers that an intermediary adds to the response. */
  readonly front: Pairs
}

/** A defect. */
export interface Defect {
  readonly name: string
  /** Its codes. */
  readonly codes: ReadonlyArray<string>
  readonly fits: (world: World) => boolean
  /** Defects that, combined with it, make a request with another cause. */
  readonly apart?: ReadonlyArray<string>
  /** Applied before signing: a mistake of the signer, or a state of the storage. */
  readonly before?: (world: World) => void
  /** Applied to the request after signing. */
  readonly after?: (wire: Wire, world: World) => void
  /** Applied in transit, so that the sender does not see it. */
  readonly onTheWay?: (wire: Wire, world: World) => void
}

/** Whether the request is a form. */
export const isForm = ({ kind }: World): boolean => kind === "post2" || kind === "post4"

/** Whether the signature is in the query. */
export const isUrl = ({ kind }: World): boolean => !["header4", "complete4", "post2", "post4"].includes(kind)

/** Whether it is signed with version 4. */
export const isV4 = ({ kind }: World): boolean => kind.endsWith("4")

/** Whether the request contains the bytes of an object. */
export const isUpload = ({ kind }: World): boolean => ["header4", "part4", "put2", "put4"].includes(kind)
