/** `YYYYMMDD'T'HHMMSS'Z'`, the date format of signature version 4. */
const format = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/

/** Whether a text has the format; the date itself may not exist. */
export const isBasicDate = (text: string): boolean => format.test(text)

/** A date of signature version 4 in epoch milliseconds; `undefined` if it has another format or does not exist. */
export const basicDate = (text: string): number | undefined => {
  const [, year, month, day, hour, minute, second] = format.exec(text) ?? []
  const millis = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(millis) ? undefined : millis
}
