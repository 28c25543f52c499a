import * as Diagnosis from "@holdfast/oauth/Diagnosis"
import { testRuleSet } from "../../../diagnosis/test/support/ruleSetTester.ts"

testRuleSet({
  ruleSet: Diagnosis.ruleSet,
  explain: Diagnosis.explain,
  fixtures: new URL("../fixtures/codes/", import.meta.url),
  secrets: [
    "EXAMPLEaccesstoken",
    "EXAMPLErefreshtoken",
    "EXAMPLEclientsecret",
    "EXAMPLEdevicecode",
    "EXAMPLEcode",
    "RVhBTVBMR",
  ],
})
