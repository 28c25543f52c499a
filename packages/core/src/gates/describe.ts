/**
 * Describes gates as text.
 */

/** Describes the gates stage: `gates connectivity + authorization`. */
export const describe = (names: ReadonlyArray<string>): string => `gates ${names.join(" + ") || "none"}`
