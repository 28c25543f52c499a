/** A text without its percent encoding; as it is if the encoding is not valid. */
export const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
