/**
 * Decodes the character references in XML text: the five predefined entities and numeric references. Without a document type
 * declaration, other references do not exist. S3 does not send document type declarations.
 */
const reference = /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#[xX]([\da-fA-F]{1,6}));/g

const predefined: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" }

/** Decodes each reference once. An invalid reference remains unchanged. */
export const decodeReferences = (text: string): string => (text.includes("&") ? text.replace(reference, replace) : text)

const replace = (whole: string, name?: string, decimal?: string, hex?: string): string => {
  if (name !== undefined) return predefined[name] ?? whole
  const point = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number.parseInt(decimal, 10)
  return isCharacter(point) ? String.fromCodePoint(point) : whole
}

// XML 1.0 §2.2 (Char): no NUL, no other C0 control than tab and line ends, no surrogate.
const isCharacter = (point: number): boolean =>
  point === 9 ||
  point === 10 ||
  point === 13 ||
  (point >= 0x20 && point <= 0xd7ff) ||
  (point >= 0xe000 && point <= 0xfffd) ||
  (point >= 0x10000 && point <= 0x10ffff)

/**
 * An entity decoder for the XML parser that decodes nothing, so no declaration in a body can expand. `decodeReferences` decodes
 * the five names and the numeric forms afterwards. It also saves the parser from building its own decoder every time.
 */
export const inert = {
  setExternalEntities: () => {},
  addInputEntities: () => {},
  reset: () => {},
  setXmlVersion: () => {},
  decode: (text: string) => text,
}
