/** Builds the Grafana dashboard from the names of the metrics: `docs/generated/grafana.json`. */
import { attributes, prometheusName } from "@holdfast/core/PolicyMetrics"
import { states } from "./queries.ts"
import { type Panel, rows } from "./rows.ts"

export const path = "docs/generated/grafana.json"

const datasource = { type: "prometheus", uid: "${datasource}" }
const width = 8
const height = 8

const shown = ({ description, stacked = false, targets, title, type = "timeseries", unit }: Panel, id: number) => ({
  id,
  type,
  title,
  ...(description === undefined ? {} : { description }),
  datasource,
  fieldConfig: {
    defaults: {
      unit,
      ...(type === "timeseries"
        ? {
            min: 0,
            custom: {
              drawStyle: "line",
              lineWidth: 1,
              fillOpacity: stacked ? 30 : 0,
              stacking: { mode: stacked ? "normal" : "none" },
            },
          }
        : {
            custom: { fillOpacity: 70, lineWidth: 0 },
            mappings: [
              {
                type: "value",
                options: Object.fromEntries(
                  states.map(({ color, state }, index) => [index, { color, index, text: state }]),
                ),
              },
            ],
          }),
    },
    overrides: [],
  },
  options:
    type === "timeseries"
      ? { legend: { displayMode: "list", placement: "bottom" }, tooltip: { mode: "multi", sort: "desc" } }
      : { mergeValues: true, showValue: "auto", rowHeight: 0.8, legend: { displayMode: "list", placement: "bottom" } },
  targets: targets.map(([expr, legendFormat], index) => ({
    refId: String.fromCharCode("A".charCodeAt(0) + index),
    datasource,
    editorMode: "code",
    expr,
    legendFormat,
    range: true,
  })),
})

const panels = () => {
  let id = 0
  let y = 0
  return rows.flatMap(([title, row]) => {
    const head = { id: ++id, type: "row", title, collapsed: false, gridPos: { x: 0, y: y++, w: 24, h: 1 }, panels: [] }
    const placed = row.map((panel, index) => ({
      ...shown(panel, ++id),
      gridPos: { x: (index % 3) * width, y: y + Math.floor(index / 3) * height, w: width, h: height },
    }))
    y += Math.ceil(row.length / 3) * height
    return [head, ...placed]
  })
}

/** The dashboard as Grafana imports it. */
export const dashboard = {
  uid: "holdfast",
  title: "Holdfast: pipelines and their policies",
  description: "Calls, attempts, retries, breakers, gates and limits of @holdfast/core",
  tags: ["holdfast", "resilience"],
  schemaVersion: 41,
  version: 1,
  editable: true,
  graphTooltip: 1,
  timezone: "browser",
  refresh: "30s",
  time: { from: "now-3h", to: "now" },
  templating: {
    list: [
      { name: "datasource", label: "Data source", type: "datasource", query: "prometheus" },
      {
        name: "pipeline",
        label: "Pipeline",
        type: "query",
        datasource,
        query: {
          qryType: 1,
          query: `label_values(${prometheusName("holdfast.call.duration")}_count, pipeline_name)`,
          refId: "pipelines",
        },
        refresh: 2,
        multi: true,
        includeAll: true,
        allValue: ".*",
        current: { text: ["All"], value: ["$__all"] },
      },
    ],
  },
  annotations: { list: [] },
  panels: panels(),
}

export const text = `${JSON.stringify(dashboard, null, 2)}\n`

/** The names of the attributes in Prometheus. */
export const labels: ReadonlyArray<string> = Object.keys(attributes).map((name) => name.replaceAll(".", "_"))
