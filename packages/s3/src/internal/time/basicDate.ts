/** `YYYYMMDD'T'HHMMSS'Z'`, the date format of Signature Version 4. */
const format = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/

/** Whether a string has this format. Does not check whether the date exists. */
export const isBasicDate = (text: string): boolean => format.test(text)

/**
 * Parses a Signature Version 4 date into milliseconds since the epoch; `undefined` if the string has another format or the
 * date does not exist.
 */
export const basicDate = (text: string): number | undefined => {
  const [, year, month, day, hour, minute, second] = format.exec(text) ?? []
  const millis = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(millis) ? undefined : millis
}
