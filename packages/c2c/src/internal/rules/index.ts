export const rules: ReadonlyArray<import("@holdfast/core/Diagnosis").Rule<import("../facts.ts").Facts>> = []
