/**
 * Finds the next gate to wait for, until all are open at the same time.
 */

/** The part of a gate that decides where a caller waits. */
interface Passable {
  readonly isOpen: () => boolean
  readonly isClear: () => boolean
}

/**
 * The index of the first gate to wait for, or -1 if there is none. The gates before `from` have already admitted the caller:
 * they only have to be open, even while other callers queue there.
 */
export const nextGate = (gates: ReadonlyArray<Passable>, from: number): number => {
  for (let at = 0; at < gates.length; at++) {
    const gate = gates[at]
    if (gate !== undefined && !(at < from ? gate.isOpen() : gate.isClear())) return at
  }
  return -1
}
