export * as Explain from "./Explain.ts"
export * as Input from "./Input.ts"
