/** Decodes a percent-encoded text. Returns it unchanged if the encoding is invalid. */
export const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
