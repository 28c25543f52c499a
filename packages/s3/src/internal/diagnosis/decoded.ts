/** Decodes percent-encoded text. Returns the text unchanged if its encoding is invalid. */
export const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
