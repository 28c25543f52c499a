import * as Diagnosis from "@holdfast/c2c/Diagnosis"
import { testRuleSet } from "../../../diagnosis/test/support/ruleSetTester.ts"

testRuleSet({
  ruleSet: Diagnosis.ruleSet,
  explain: Diagnosis.explain,
  fixtures: new URL("../fixtures/codes/", import.meta.url),
  secrets: ["EXAMPLEaccesstoken"],
})
