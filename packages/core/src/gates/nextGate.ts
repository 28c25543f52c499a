/**
 * Finds the next gate at which a caller has to wait; a caller may pass only while all gates are open at the same time.
 */

/** The part of a gate that determines where a caller waits. */
interface Passable {
  readonly isOpen: () => boolean
  readonly isClear: () => boolean
}

/**
 * Returns the index of the first gate to wait for, or -1 if the caller does not have to wait. The gates before `from` have
 * already admitted the caller, so they only have to be open. Other callers may still be queued at these gates.
 */
export const nextGate = (gates: ReadonlyArray<Passable>, from: number): number => {
  for (let at = 0; at < gates.length; at++) {
    const gate = gates[at]
    if (gate !== undefined && !(at < from ? gate.isOpen() : gate.isClear())) return at
  }
  return -1
}
