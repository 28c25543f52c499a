/**
 * Encodes and decodes the frames of the Phoenix protocol: JSON objects with a topic, an event, a payload and a reference.
 */

/** A frame. A reply has the `ref` of the frame that it answers. */
export interface Frame {
  readonly topic: string
  readonly event: string
  readonly payload: unknown
  readonly ref: string | undefined
}

/** Encodes a frame that the device sends. */
export const encode = (frame: Omit<Frame, "payload"> & { readonly ref: string }): string =>
  JSON.stringify({ topic: frame.topic, event: frame.event, payload: {}, ref: frame.ref })

/** Decodes a received frame. Returns undefined for anything else, which a client must ignore. */
export const decode = (data: string | Uint8Array): Frame | undefined => {
  const json = parse(typeof data === "string" ? data : new TextDecoder().decode(data))
  const [topic, event, ref] = [field(json, "topic"), field(json, "event"), field(json, "ref")]
  if (typeof topic !== "string" || typeof event !== "string") return undefined
  return {
    topic,
    event,
    payload: field(json, "payload"),
    ref: typeof ref === "string" || typeof ref === "number" ? String(ref) : undefined,
  }
}

/** Whether a reply accepts the frame that it answers. */
export const isOk = ({ payload }: Frame): boolean => field(payload, "status") === "ok"

/**
 * Returns whether a `status_updated` frame or the response to `GET /v2/devices/me` says that the device is paused. Returns
 * undefined for any status that is not known.
 */
export const pausedIn = (source: unknown): boolean | undefined => {
  const status = field(source, "status")
  return status === "paused" ? true : status === "online" || status === "offline" ? false : undefined
}

const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
