/**
 * Derives the media type of a file from its extension.
 */
import * as Mime from "effect/http/Mime"
import * as Option from "effect/Option"

/**
 * The camera formats that are missing from the standard table. Frame.io displays and transcodes files according to these
 * types.
 */
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

/** The media type for file names without a recognized extension; `.braw` and `.r3d` (camera raw) are not recognized. */
const unknown = "application/octet-stream"

/**
 * Returns the media type for a file name.
 *
 * **Gotchas**
 *
 * The upload URLs are signed for the media type with which the asset was created, so every chunk request must send exactly
 * this type.
 */
export const ofName = (name: string): string => {
  const dot = name.lastIndexOf(".")
  if (dot <= 0) return unknown
  const extension = name.slice(dot + 1).toLowerCase()
  if (Object.hasOwn(media, extension)) return media[extension] ?? unknown
  return Option.getOrElse(Mime.getType(extension), () => unknown)
}
