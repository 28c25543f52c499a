/**
 * A reference model of a gate and its calls, written as a plain loop.
 */
import { Gate } from "@holdfast/core"
import { Clock, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"

type Act = "open" | "close" | "arrive" | "leave"

/** Actions and their times in milliseconds. No two actions, and no action and wave, have the same time. */
export type Plan = ReadonlyArray<{ readonly at: number; readonly act: Act; readonly calls: number }>

/** The time between two waves. */
const ramp = 100

/** A plan of 40 actions. `random` returns numbers from 0 to 1. */
export const plan = (random: () => number): Plan => {
  let tens = 0
  return Array.from({ length: 40 }, (_, n) => {
    tens += Math.floor(random() ** 3 * 12)
    const draw = random()
    const act = draw < 0.45 ? "arrive" : draw < 0.65 ? "close" : draw < 0.9 ? "open" : "leave"
    // Each action has its own remainder, and a wave has that of its opening.
    return { at: tens * ramp + n + 1, act, calls: Math.floor(random() ** 2 * 60) }
  })
}

/** When each call passed, by its number in the order of arrival. */
export type Passed = ReadonlyArray<readonly [call: number, at: number]>

/** Longer than any ramp. */
const later = 100_000

/** The calls that pass by the contract of the gate. */
export const reference = (plan: Plan): Passed => {
  const passed: Array<readonly [number, number]> = []
  let queue: Array<number> = []
  let arrived = 0
  let isOpen = true
  let wave = { at: Infinity, size: 1 }
  const admit = (at: number) => {
    passed.push(...queue.splice(0, wave.size).map((call) => [call, at] as const))
    wave = queue.length > 0 ? { at: at + ramp, size: wave.size * 2 } : { at: Infinity, size: 1 }
  }
  for (const { at, act, calls } of [
    ...plan,
    { at: later, act: "open", calls: 0 } as const,
    { at: 2 * later, act: "arrive", calls: 0 } as const,
  ]) {
    while (wave.at < at) admit(wave.at)
    if (act === "arrive") {
      const came = Array.from({ length: calls }, () => arrived++)
      if (isOpen && queue.length === 0) passed.push(...came.map((call) => [call, at] as const))
      else queue.push(...came)
    } else if (act === "leave") {
      // Every second waiter leaves.
      queue = queue.filter((_, n) => n % 2 === 1)
      if (queue.length === 0) wave = { at: Infinity, size: 1 }
    } else if (act === "close") {
      isOpen = false
      wave = { at: Infinity, size: 1 }
    } else if (!isOpen) {
      isOpen = true
      wave = { at, size: 1 }
      if (queue.length > 0) admit(at)
      else wave = { at: Infinity, size: 1 }
    }
  }
  return passed
}

/** The calls that pass at the real gate, on the test clock. */
export const play = (plan: Plan): Effect.Effect<Passed> =>
  Effect.gen(function* () {
    const gate = yield* Gate.make("door", { ramp })
    const passed: Array<readonly [number, number]> = []
    const waiting = new Map<number, Fiber.Fiber<void>>()
    let arrived = 0
    const call = (number: number) =>
      Effect.andThen(
        gate.awaitOpen,
        Effect.map(Clock.currentTimeMillis, (now) => {
          waiting.delete(number)
          passed.push([number, now])
        }),
      )
    for (const { at, act, calls } of [...plan, { at: later, act: "open", calls: 0 } as const]) {
      yield* TestClock.setTime(at)
      if (act === "arrive") {
        for (let n = 0; n < calls; n++) {
          const number = arrived++
          const fiber = yield* Effect.forkChild(call(number), { startImmediately: true })
          if (fiber.pollUnsafe() === undefined) waiting.set(number, fiber)
        }
      } else if (act === "leave") {
        for (const [n, [number, fiber]] of [...waiting].entries()) {
          if (n % 2 === 1) continue
          waiting.delete(number)
          yield* Fiber.interrupt(fiber)
        }
      } else if (act === "close") yield* gate.close("flap")
      else yield* gate.open
    }
    yield* TestClock.setTime(2 * later)
    return passed
  })
