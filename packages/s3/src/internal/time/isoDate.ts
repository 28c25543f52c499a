/** A time in milliseconds since the epoch as ISO 8601 in UTC: `2026-11-21T12:00:00.000Z`. No clock is read. */
export const isoDate = (at: number): string =>
  // @effect-diagnostics-next-line globalDate:off
  new Date(at).toISOString()
