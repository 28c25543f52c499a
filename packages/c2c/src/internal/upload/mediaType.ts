/**
 * The media type of a file by the extension of its name.
 */
import * as Mime from "effect/http/Mime"
import * as Option from "effect/Option"

/** What cameras write and the standard table does not know; Frame.io shows and transcodes by these. */
const media: Readonly<Record<string, string>> = {
  aif: "audio/x-aiff",
  aiff: "audio/x-aiff",
  arw: "image/x-sony-arw",
  avi: "video/x-msvideo",
  cr2: "image/x-canon-cr2",
  cr3: "image/x-canon-cr3",
  dng: "image/x-adobe-dng",
  m4v: "video/x-m4v",
  mkv: "video/x-matroska",
  nef: "image/x-nikon-nef",
  raf: "image/x-fuji-raf",
}

/** The type of what has no type of its own: camera raw such as `.braw` and `.r3d`, and everything unknown. */
const unknown = "application/octet-stream"

/**
 * The media type for a file name.
 *
 * **Gotchas**
 *
 * The upload URLs are signed for the type that the asset was created with, so every chunk must send exactly this one.
 */
export const ofName = (name: string): string => {
  const dot = name.lastIndexOf(".")
  if (dot <= 0) return unknown
  const extension = name.slice(dot + 1).toLowerCase()
  if (Object.hasOwn(media, extension)) return media[extension] ?? unknown
  return Option.getOrElse(Mime.getType(extension), () => unknown)
}
