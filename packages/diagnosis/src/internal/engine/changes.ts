/**
 * Compares the request that was sent with the corrected request, part by part.
 */
import { type FormPart, isFile, type Request } from "../../Exchange.ts"

/** One difference. `before` or `after` is absent if only one of the two requests contains the part. */
export interface Change {
  /** The path: `request.method`, `request.url?X-Amz-Date`, `request.headers.content-type`, `request.form`, `request.body`. */
  readonly at: string
  readonly name: string
  /** The redacted value in the request that was sent. */
  readonly before?: string
  /** The redacted value in the corrected request. */
  readonly after?: string
}

/** A part of a request: the value to compare, and the redacted value that may be shown. */
interface Place {
  readonly at: string
  readonly name: string
  readonly value: string
  readonly shown: string
}

const partOf = (part: FormPart): string =>
  isFile(part) ? `${part.name} (file${part.type === undefined ? "" : `, ${part.type}`})` : `${part.name}=${part.value}`

const urlPlaces = (live: string | undefined, redacted: string | undefined): ReadonlyArray<Place> => {
  const split = (url: string | undefined) => {
    const at = url?.indexOf("?") ?? -1
    const query = at === -1 ? "" : (url?.slice(at + 1) ?? "")
    return { base: at === -1 ? (url ?? "") : (url?.slice(0, at) ?? ""), query: query === "" ? [] : query.split("&") }
  }
  const [one, other] = [split(live), split(redacted)]
  const nameOf = (pair: string) => pair.split("=", 1)[0] ?? ""
  return [
    { at: "request.url", name: "URL", value: one.base, shown: other.base },
    ...one.query.map((pair, index) => ({
      at: `request.url?${nameOf(pair)}`,
      name: nameOf(pair),
      value: pair.slice(nameOf(pair).length + 1),
      shown: (other.query[index] ?? "").slice(nameOf(other.query[index] ?? "").length + 1),
    })),
  ]
}

const placesOf = (live: Request, redacted: Request): ReadonlyMap<string, Place> => {
  const headers = Object.entries(redacted.headers ?? {})
  const places: ReadonlyArray<Place> = [
    { at: "request.method", name: "method", value: live.method ?? "", shown: redacted.method ?? "" },
    ...urlPlaces(live.url, redacted.url),
    ...Object.entries(live.headers ?? {}).map(([name, value], index) => ({
      at: `request.headers.${name.toLowerCase()}`,
      name,
      value,
      shown: headers[index]?.[1] ?? "",
    })),
    {
      at: "request.form",
      name: "parts in order",
      value: (live.form ?? []).map(partOf).join("\n"),
      shown: (live.form ?? []).map(({ name }) => name).join(", "),
    },
    ...(live.form ?? []).map((part, index) => ({
      at: `request.form.${part.name}`,
      name: part.name,
      value: partOf(part),
      shown: shownPart(redacted.form?.[index]),
    })),
    { at: "request.body", name: "body", value: live.body ?? "", shown: redacted.body ?? "" },
  ]
  return new Map(places.filter(({ value }) => value !== "").map((place) => [place.at, place]))
}

const shownPart = (part: FormPart | undefined): string =>
  part === undefined ? "" : isFile(part) ? "the file" : part.value

/** A request with its redacted form. */
export interface Shown {
  readonly live: Request
  readonly redacted: Request
}

/**
 * Returns the differences between two requests, in the order of the parts of the request.
 *
 * **Details**
 *
 * If the names and the order of the parts are unchanged, the form is described by the differences between its parts. Headers
 * that the client derives from the form or body are not compared.
 */
export const changesOf = (sent: Shown, wanted: Shown): ReadonlyArray<Change> => {
  const before = placesOf(sent.live, sent.redacted)
  const after = placesOf(wanted.live, wanted.redacted)
  const changes = [...new Set([...before.keys(), ...after.keys()])].flatMap((at) => {
    const [one, other] = [before.get(at), after.get(at)]
    if (one?.value === other?.value) return []
    const change: Change = {
      at,
      name: one?.name ?? other?.name ?? at,
      ...(one === undefined ? {} : { before: one.shown }),
      ...(other === undefined ? {} : { after: other.shown }),
    }
    return [change]
  })
  const isMoved =
    (sent.live.form ?? []).map(({ name }) => name).join() !== (wanted.live.form ?? []).map(({ name }) => name).join()
  const isOfBody = changes.some(({ at }) => at.startsWith("request.form") || at === "request.body")
  const isWritten = ({ after: value, at }: Change) =>
    value === undefined &&
    isOfBody &&
    (at === "request.headers.content-length" ||
      (at === "request.headers.content-type" && wanted.live.form !== undefined))
  return changes.filter((change) => (isMoved || change.at !== "request.form") && !isWritten(change))
}
