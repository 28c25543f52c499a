import * as Diagnosis from "@holdfast/s3/Diagnosis"
import { testRuleSet } from "../../../diagnosis/test/support/ruleSetTester.ts"

testRuleSet({
  ruleSet: Diagnosis.ruleSet,
  explain: Diagnosis.explain,
  fixtures: new URL("../fixtures/codes/", import.meta.url),
  secrets: ["feedface", "SESSION0TOKEN", "APPLICATION.TOKEN", "IOSFODNN7EXAMPLE", "RkVFREZBQ0"],
  sites: [
    "cloud.google.com",
    "developer.hashicorp.com",
    "developers.cloudflare.com",
    "docs.aws.amazon.com",
    "docs.byteplus.com",
    "docs.ceph.com",
    "docs.digitalocean.com",
    "docs.github.com",
    "docs.min.io",
    "docs.openstack.org",
    "garagehq.deuxfleurs.fr",
    "github.com",
    "help.aliyun.com",
    "help.ovhcloud.com",
    "learn.microsoft.com",
    "min.io",
    "supabase.com",
    "support.huaweicloud.com",
    "www.alibabacloud.com",
    "www.backblaze.com",
    "www.rfc-editor.org",
    "www.tencentcloud.com",
  ],
})
