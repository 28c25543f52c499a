/** Removes percent encoding. Invalid encoding leaves the text unchanged. */
export const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
