/**
 * Describes gates in words.
 */

/** Describes the gates stage: `gates connectivity + authorization`. */
export const describe = (names: ReadonlyArray<string>): string => `gates ${names.join(" + ") || "none"}`
