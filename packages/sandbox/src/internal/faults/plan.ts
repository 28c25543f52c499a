/**
 * The schemas of a plan: rules, deals, outages, and the plan that holds them.
 */
import * as Schema from "effect/Schema"
import { Fault, type FaultKind, happensOn, isFatal } from "../../Fault.ts"
import * as Route from "../../Route.ts"

const RouteName = Schema.Literals(Route.names).annotate({ expected: `one of ${Route.names.join(", ")}` })
const Count = Schema.Int.pipe(Schema.check(Schema.isGreaterThanOrEqualTo(1)))
const Seconds = Schema.Finite.pipe(Schema.check(Schema.isGreaterThan(0)))

/**
 * One fault on one route.
 *
 * **Details**
 *
 * `requests` lists which requests for a resource receive the fault, counted from 1; if it is absent, all of them do. `chunks`
 * lists chunk numbers, counted from 1, or is `"one"`, which selects one chunk of each file with the seed. `chance` is a
 * probability between 0 and 1, evaluated for each request.
 */
export const Rule = Schema.Struct({
  route: RouteName,
  fault: Fault,
  requests: Schema.optionalKey(Schema.Array(Count)),
  chunks: Schema.optionalKey(Schema.Union([Schema.Literal("one"), Schema.Array(Count)])),
  chance: Schema.optionalKey(Schema.Finite.pipe(Schema.check(Schema.isBetween({ minimum: 0, maximum: 1 })))),
}).pipe(
  Schema.check(
    Schema.makeFilter((rule) =>
      happensOn(rule.fault.kind, rule.route)
        ? undefined
        : { path: ["fault"], issue: `${rule.fault.kind} cannot happen on ${rule.route}` },
    ),
  ),
)
export type Rule = typeof Rule.Type

/**
 * Hands of faults, shuffled with the seed and dealt to the chunks of a file in order, repeatedly.
 *
 * **Details**
 *
 * The first request for a chunk receives the first fault of its hand, the second request receives the second fault, and so
 * on. An empty hand injects nothing. All hands are dealt if a file has at least as many chunks as there are hands. A route
 * without chunks gets the first hand after the shuffle.
 */
export const Deal = Schema.Struct({
  route: RouteName,
  hands: Schema.NonEmptyArray(Schema.Array(Fault)),
}).pipe(
  Schema.check(
    Schema.makeFilter((deal) => {
      const hand = deal.hands.findIndex((faults) => faults.some((fault) => !happensOn(fault.kind, deal.route)))
      return hand === -1
        ? undefined
        : { path: ["hands", hand], issue: `one of these faults cannot happen on ${deal.route}` }
    }),
  ),
)
export type Deal = typeof Deal.Type

/**
 * A period in which connections are reset.
 *
 * **Details**
 *
 * It begins with a chunk request that is chosen with the seed from the range of `afterChunks`, counted over all files. With
 * `routes`, only requests to these routes are reset. Without `routes`, the whole server is unreachable: all open and new
 * connections are reset.
 */
export const Outage = Schema.Struct({
  afterChunks: Schema.Tuple([Count, Count]),
  seconds: Seconds,
  routes: Schema.optionalKey(Schema.NonEmptyArray(RouteName)),
})
export type Outage = typeof Outage.Type

/**
 * A plan of faults.
 *
 * **Details**
 *
 * `survivable` (default true) restricts the plan to faults that a compliant client survives: at most three faults in a row on
 * one resource, never two expired tokens in a row, and at most one fault that can be retried only once or that forces a new
 * asset. A survivable plan must not contain a final fault. Set `survivable` to false to make a client give up.
 */
export const FaultPlan = Schema.Struct({
  name: Schema.NonEmptyString,
  survivable: Schema.optionalKey(Schema.Boolean),
  rules: Schema.optionalKey(Schema.Array(Rule)),
  deals: Schema.optionalKey(Schema.Array(Deal)),
  outages: Schema.optionalKey(Schema.Array(Outage)),
}).pipe(
  Schema.check(
    Schema.makeFilter(({ survivable = true, rules = [], deals = [], outages = [] }) => {
      const issue = (kind: FaultKind, route: Route.Route) =>
        `${kind} on ${route} is not survivable: set "survivable" to false`
      const found = [
        ...rules.map(({ route, fault }, index) => ({ path: ["rules", index, "fault"], route, faults: [fault] })),
        ...deals.map(({ route, hands }, index) => ({ path: ["deals", index, "hands"], route, faults: hands.flat() })),
        ...outages.flatMap(({ routes = [] }, index) =>
          routes.map((route) => ({
            path: ["outages", index, "routes"],
            route,
            faults: [{ kind: "reset-before" as const }],
          })),
        ),
      ].flatMap(({ path, route, faults }) =>
        faults.filter(({ kind }) => isFatal(kind, route)).map(({ kind }) => ({ path, issue: issue(kind, route) })),
      )
      return survivable ? found[0] : undefined
    }),
  ),
)
export interface FaultPlan extends Schema.Schema.Type<typeof FaultPlan> {}
