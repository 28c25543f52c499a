/**
 * Waits at several gates, one after the other, until all are open at the same time.
 */

/** A gate, as far as a caller has to know it to choose where to wait. */
interface Passable {
  readonly isOpen: () => boolean
  readonly isClear: () => boolean
}

/**
 * The index of the first gate to wait for, -1 for none. The gates before `from` have admitted the caller: they only have to
 * be open still, while it queues behind the waiters of the others.
 */
export const nextGate = (gates: ReadonlyArray<Passable>, from: number): number => {
  for (let at = 0; at < gates.length; at++) {
    const gate = gates[at]
    if (gate !== undefined && !(at < from ? gate.isOpen() : gate.isClear())) return at
  }
  return -1
}
