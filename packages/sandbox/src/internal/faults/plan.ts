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
 * `requests` names the requests of a resource that meet it, counted from 1; without it every one does. `chunks` names the
 * chunks, counted from 1, or says `"one"`: one chunk of each file, drawn by the seed. `chance` is between 0 and 1, drawn
 * for each request.
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
 * Hands of faults, shuffled by the seed and dealt to the chunks of a file in their order, again and again.
 *
 * **Details**
 *
 * The first request of a chunk meets the first fault of its hand, the second the second, and so on; an empty hand is luck.
 * Every hand is dealt when a file has at least as many chunks as there are hands. A route that has no chunks gets the
 * first hand after the shuffle.
 */
export const Deal = Schema.Struct({
  route: RouteName,
  hands: Schema.NonEmptyArray(Schema.Array(Fault)),
}).pipe(
  Schema.check(
    Schema.makeFilter((deal) => {
      const hand = deal.hands.findIndex((faults) => faults.some((fault) => !happensOn(fault.kind, deal.route)))
      return hand === -1 ? undefined : { path: ["hands", hand], issue: `not every fault can happen on ${deal.route}` }
    }),
  ),
)
export type Deal = typeof Deal.Type

/**
 * A time in which connections are reset.
 *
 * **Details**
 *
 * It begins with a chunk request: which one, the seed draws between the two of `afterChunks`, counted over all files. With
 * `routes` only requests on these are reset. Without, the whole server is unreachable: every open connection is reset, and
 * so is every new one.
 */
export const Outage = Schema.Struct({
  afterChunks: Schema.Tuple([Count, Count]),
  seconds: Seconds,
  routes: Schema.optionalKey(Schema.NonEmptyArray(RouteName)),
})
export type Outage = typeof Outage.Type

/**
 * A plan.
 *
 * **Details**
 *
 * `survivable` (true when not given) holds the plan to what a client that obeys the rules gets through: on one resource
 * never more than three faults in a row, never two expired tokens in a row, and at most one fault that may be retried only
 * once or that forces a new asset. A plan that holds a fault which ends everything is not valid then. Set it to false to
 * see a client give up.
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
        `no client survives ${kind} on ${route}: set "survivable" to false`
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
