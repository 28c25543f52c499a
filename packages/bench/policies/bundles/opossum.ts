import CircuitBreaker from "opossum"

console.log(await new CircuitBreaker(() => Promise.resolve(1)).fire())
