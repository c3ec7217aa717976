//! Tokens of vendors, after the shapes that the public rule sets of secret scanners describe.
//!
//! A shape is text with parts to be drawn: `{A36}` letters and digits, `{h32}` small hexadecimal,
//! `{H32}` large hexadecimal, `{u16}` capitals and digits, `{l20}` small letters and digits,
//! `{d10}` digits, `{s43}` the alphabet of base64 in URLs, `{b40}` plain base64, `{U}` a UUID. So
//! no text of this repository looks like a token.

use crate::draw::{ALNUM, BASE64, DIGITS, Draw, HEX, LOWER, UPPER, URLSAFE};
use crate::kind::{Group, Kind};
use crate::line::Secret;

/// A vendor's tokens.
pub(crate) struct Vendor {
    pub(crate) kind: Kind,
    /// Names under which programs keep it.
    pub(crate) keys: &'static [&'static str],
    shapes: &'static [&'static str],
}

impl Vendor {
    pub(crate) fn make(&self, draw: &mut Draw) -> Secret {
        let shape = draw.pick(self.shapes);
        Secret::new(self.kind, expand(draw, shape))
    }
}

/// Draws the parts of a shape.
pub(crate) fn expand(draw: &mut Draw, shape: &str) -> String {
    let mut out = String::new();
    let mut rest = shape;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let (part, tail) = after.split_once('}').unwrap_or((after, ""));
        rest = tail;
        let length = part[1..].parse().unwrap_or(0);
        out += &match &part[..1] {
            "A" => draw.from(ALNUM, length),
            "h" => draw.from(HEX, length),
            "H" => draw.from("0123456789ABCDEF", length),
            "u" => draw.from(UPPER, length),
            "l" => draw.from(LOWER, length),
            "d" => draw.from(DIGITS, length),
            "s" => draw.from(URLSAFE, length),
            "b" => draw.from(BASE64, length),
            _ => draw.uuid(),
        };
    }
    out + rest
}

const fn shaped(
    name: &'static str,
    keys: &'static [&'static str],
    shapes: &'static [&'static str],
) -> Vendor {
    Vendor {
        kind: Kind::new(name, Group::Token),
        keys,
        shapes,
    }
}

const fn rare(
    name: &'static str,
    keys: &'static [&'static str],
    shapes: &'static [&'static str],
) -> Vendor {
    Vendor {
        kind: Kind::new(name, Group::Rare),
        keys,
        shapes,
    }
}

/// Vendors whose tokens are told by themselves.
pub(crate) const SHAPED: &[Vendor] = &[
    shaped(
        "GITHUB_TOKEN",
        &["GITHUB_TOKEN", "GH_TOKEN", "github_pat"],
        &[
            "ghp_{A36}",
            "gho_{A36}",
            "ghs_{A36}",
            "ghu_{A36}",
            "ghr_{A36}",
            "github_pat_{A22}_{A59}",
        ],
    ),
    shaped(
        "GITLAB_TOKEN",
        &["GITLAB_TOKEN", "CI_JOB_TOKEN", "PRIVATE-TOKEN"],
        &[
            "glpat-{s20}",
            "gldt-{s20}",
            "glrt-{s20}",
            "glptt-{h40}",
            "glsoat-{s20}",
            "glcbt-{h2}_{s20}",
        ],
    ),
    shaped(
        "SLACK_TOKEN",
        &["SLACK_BOT_TOKEN", "slack_token"],
        &[
            "xoxb-{d12}-{d13}-{A24}",
            "xoxp-{d12}-{d12}-{d13}-{h32}",
            "xapp-1-A{u10}-{d13}-{h64}",
            "xoxe.xoxp-1-{b160}",
            "xoxs-{d11}-{d11}-{d11}-{h10}",
        ],
    ),
    shaped(
        "STRIPE_KEY",
        &["STRIPE_SECRET_KEY", "stripe.apiKey"],
        &[
            "sk_live_{A24}",
            "sk_test_{A24}",
            "rk_live_{A24}",
            "sk_live_51{A97}",
            "whsec_{A32}",
        ],
    ),
    shaped(
        "GOOGLE_API_KEY",
        &["GOOGLE_API_KEY", "maps_key"],
        &["AIza{s35}", "AIzaSy{s33}"],
    ),
    shaped(
        "GOOGLE_OAUTH",
        &["GOOGLE_CLIENT_SECRET", "google_access_token"],
        &["GOCSPX-{s28}", "ya29.{s120}", "1//0{s62}"],
    ),
    shaped(
        "OPENAI_KEY",
        &["OPENAI_API_KEY", "openai.api_key"],
        &[
            "sk-{A20}T3BlbkFJ{A20}",
            "sk-proj-{s74}T3BlbkFJ{s74}",
            "sk-svcacct-{s58}T3BlbkFJ{s58}",
        ],
    ),
    shaped(
        "ANTHROPIC_KEY",
        &["ANTHROPIC_API_KEY", "x-api-key"],
        &["sk-ant-api03-{s93}AA", "sk-ant-admin01-{s93}AA"],
    ),
    shaped("NPM_TOKEN", &["NPM_TOKEN", "_authToken"], &["npm_{A36}"]),
    shaped(
        "PYPI_TOKEN",
        &["PYPI_TOKEN", "TWINE_PASSWORD"],
        &[
            "pypi-AgEIcHlwaS5vcmc{s90}",
            "pypi-AgENdGVzdC5weXBpLm9yZw{s80}",
        ],
    ),
    shaped("SENDGRID_KEY", &["SENDGRID_API_KEY"], &["SG.{s22}.{s43}"]),
    shaped(
        "TWILIO_KEY",
        &["TWILIO_API_KEY", "twilio_sid"],
        &["SK{h32}"],
    ),
    shaped(
        "MAILGUN_KEY",
        &["MAILGUN_API_KEY"],
        &["key-{h32}", "{h32}-{h8}-{h8}"],
    ),
    shaped("MAILCHIMP_KEY", &["MAILCHIMP_API_KEY"], &["{h32}-us{d2}"]),
    shaped(
        "SHOPIFY_TOKEN",
        &["SHOPIFY_ACCESS_TOKEN"],
        &["shpat_{h32}", "shpss_{h32}", "shpca_{h32}", "shppa_{h32}"],
    ),
    shaped(
        "SQUARE_TOKEN",
        &["SQUARE_ACCESS_TOKEN"],
        &["sq0atp-{s22}", "sq0csp-{s43}", "EAAA{s60}"],
    ),
    shaped(
        "DIGITALOCEAN_TOKEN",
        &["DIGITALOCEAN_TOKEN", "DO_TOKEN"],
        &["dop_v1_{h64}", "doo_v1_{h64}", "dor_v1_{h64}"],
    ),
    shaped(
        "HUGGINGFACE_TOKEN",
        &["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"],
        &["hf_{A34}"],
    ),
    shaped(
        "DATABRICKS_TOKEN",
        &["DATABRICKS_TOKEN"],
        &["dapi{h32}", "dapi{h32}-2"],
    ),
    shaped(
        "DOPPLER_TOKEN",
        &["DOPPLER_TOKEN"],
        &["dp.pt.{A43}", "dp.st.prd.{A43}"],
    ),
    shaped("LINEAR_KEY", &["LINEAR_API_KEY"], &["lin_api_{A40}"]),
    shaped(
        "NOTION_TOKEN",
        &["NOTION_TOKEN"],
        &["ntn_{d11}{A35}", "secret_{A43}"],
    ),
    shaped("FIGMA_TOKEN", &["FIGMA_TOKEN"], &["figd_{s40}"]),
    shaped("AIRTABLE_TOKEN", &["AIRTABLE_TOKEN"], &["pat{A14}.{h64}"]),
    shaped(
        "ATLASSIAN_TOKEN",
        &["JIRA_API_TOKEN"],
        &["ATATT3xFfGF0{s170}={H8}", "ATCTT3xFfGN0{s170}={H8}"],
    ),
    shaped("POSTMAN_KEY", &["POSTMAN_API_KEY"], &["PMAK-{h24}-{h34}"]),
    shaped(
        "NEWRELIC_KEY",
        &["NEW_RELIC_API_KEY"],
        &["NRAK-{u27}", "NRJS-{h19}", "NRII-{s32}"],
    ),
    shaped(
        "GRAFANA_TOKEN",
        &["GRAFANA_TOKEN"],
        &["glsa_{A32}_{h8}", "glc_eyJ{b80}"],
    ),
    shaped(
        "SENTRY_TOKEN",
        &["SENTRY_AUTH_TOKEN"],
        &["sntrys_eyJpYXQiO{b80}_{b43}", "sntryu_{h64}"],
    ),
    shaped("RUBYGEMS_KEY", &["GEM_HOST_API_KEY"], &["rubygems_{h48}"]),
    shaped("CRATES_TOKEN", &["CARGO_REGISTRY_TOKEN"], &["cio{A32}"]),
    shaped(
        "DOCKER_TOKEN",
        &["DOCKER_PAT", "docker_password"],
        &["dckr_pat_{s27}", "dckr_oat_{s32}"],
    ),
    shaped("TERRAFORM_TOKEN", &["TFE_TOKEN"], &["{A14}.atlasv1.{s67}"]),
    shaped("PULUMI_TOKEN", &["PULUMI_ACCESS_TOKEN"], &["pul-{h40}"]),
    shaped(
        "PLANETSCALE_TOKEN",
        &["PLANETSCALE_TOKEN"],
        &["pscale_tkn_{s43}", "pscale_pw_{s43}"],
    ),
    shaped("SUPABASE_TOKEN", &["SUPABASE_ACCESS_TOKEN"], &["sbp_{h40}"]),
    shaped(
        "HUBSPOT_TOKEN",
        &["HUBSPOT_TOKEN"],
        &["pat-na1-{U}", "pat-eu1-{U}"],
    ),
    shaped(
        "TELEGRAM_TOKEN",
        &["TELEGRAM_BOT_TOKEN"],
        &["7{d9}:AA{s33}"],
    ),
    shaped(
        "DISCORD_TOKEN",
        &["DISCORD_TOKEN"],
        &["MT{A24}.G{s5}.{s38}"],
    ),
    shaped("GROQ_KEY", &["GROQ_API_KEY"], &["gsk_{A52}"]),
    shaped("PERPLEXITY_KEY", &["PERPLEXITY_API_KEY"], &["pplx-{A48}"]),
    shaped("REPLICATE_TOKEN", &["REPLICATE_API_TOKEN"], &["r8_{A37}"]),
    shaped("FLY_TOKEN", &["FLY_API_TOKEN"], &["fo1_{s43}"]),
];

/// Vendors that are seldom met, and those whose keys have no shape of their own.
pub(crate) const RARE: &[Vendor] = &[
    rare(
        "DATADOG_KEY",
        &["DD_API_KEY", "datadog_api_key", "DD_APP_KEY"],
        &["{h32}", "{h40}"],
    ),
    rare(
        "ALGOLIA_KEY",
        &["ALGOLIA_API_KEY", "algolia_admin_key"],
        &["{h32}"],
    ),
    rare("HEROKU_KEY", &["HEROKU_API_KEY"], &["{U}", "HRKU-AA{s58}"]),
    rare(
        "CLOUDFLARE_KEY",
        &["CLOUDFLARE_API_TOKEN", "CF_API_KEY"],
        &["{s40}", "{h37}", "v1.0-{h24}-{h146}"],
    ),
    rare(
        "OKTA_TOKEN",
        &["OKTA_API_TOKEN", "okta_client_token"],
        &["00{s40}"],
    ),
    rare(
        "PAGERDUTY_KEY",
        &["PAGERDUTY_API_KEY", "pd_token"],
        &["u+{s18}", "{A20}"],
    ),
    rare("DROPBOX_TOKEN", &["DROPBOX_ACCESS_TOKEN"], &["sl.{s135}"]),
    rare(
        "ASANA_TOKEN",
        &["ASANA_ACCESS_TOKEN"],
        &["1/{d16}:{h32}", "2/{d16}/{d16}:{h32}"],
    ),
    rare("SNYK_TOKEN", &["SNYK_TOKEN"], &["{U}"]),
    rare(
        "LAUNCHDARKLY_KEY",
        &["LAUNCHDARKLY_SDK_KEY"],
        &["sdk-{U}", "api-{U}"],
    ),
    rare(
        "CONTENTFUL_TOKEN",
        &["CONTENTFUL_MANAGEMENT_TOKEN"],
        &["CFPAT-{s43}"],
    ),
    rare(
        "MAPBOX_TOKEN",
        &["MAPBOX_SECRET_TOKEN"],
        &["sk.eyJ{A76}.{s22}"],
    ),
    rare(
        "TWITTER_BEARER",
        &["TWITTER_BEARER_TOKEN"],
        &["AAAAAAAAAAAAAAAAAAAAA{A85}"],
    ),
    rare(
        "FACEBOOK_TOKEN",
        &["FB_ACCESS_TOKEN", "facebook_access_token"],
        &["EAAB{A150}", "{d15}|{s27}"],
    ),
    rare("FASTLY_KEY", &["FASTLY_API_KEY"], &["{s32}"]),
    rare(
        "CIRCLECI_TOKEN",
        &["CIRCLECI_TOKEN"],
        &["CCIPAT_{A22}_{h40}", "{h40}"],
    ),
    rare("NETLIFY_TOKEN", &["NETLIFY_AUTH_TOKEN"], &["nfp_{A36}"]),
    rare(
        "BITBUCKET_TOKEN",
        &["BITBUCKET_APP_PASSWORD"],
        &["ATBB{A24}{H8}"],
    ),
    rare(
        "PLAID_TOKEN",
        &["PLAID_SECRET", "plaid_access_token"],
        &["access-production-{U}", "access-sandbox-{U}"],
    ),
    rare(
        "ALIBABA_KEY",
        &["ALIYUN_ACCESS_KEY_SECRET", "accessKeySecret"],
        &["LTAI{A20}", "{A30}"],
    ),
    rare(
        "TENCENT_KEY",
        &["TENCENTCLOUD_SECRET_ID", "secretKey"],
        &["AKID{A32}"],
    ),
    rare("AGE_KEY", &["SOPS_AGE_KEY"], &["AGE-SECRET-KEY-1{u58}"]),
    rare("ADAFRUIT_KEY", &["ADAFRUIT_IO_KEY"], &["aio_{A28}"]),
    rare("CLOJARS_TOKEN", &["CLOJARS_TOKEN"], &["CLOJARS_{l60}"]),
    rare(
        "DYNATRACE_TOKEN",
        &["DT_API_TOKEN"],
        &["dt0c01.{u24}.{u64}"],
    ),
    rare(
        "EASYPOST_KEY",
        &["EASYPOST_API_KEY"],
        &["EZAK{A54}", "EZTK{A54}"],
    ),
    rare(
        "FLUTTERWAVE_KEY",
        &["FLW_SECRET_KEY"],
        &["FLWSECK_TEST-{h32}-X", "FLWSECK-{h32}-X"],
    ),
    rare("FRAMEIO_TOKEN", &["FRAMEIO_TOKEN"], &["fio-u-{s64}"]),
    rare(
        "DUFFEL_TOKEN",
        &["DUFFEL_TOKEN"],
        &["duffel_live_{s43}", "duffel_test_{s43}"],
    ),
    rare("LOB_KEY", &["LOB_API_KEY"], &["live_{h35}", "test_{h35}"]),
    rare("PREFECT_KEY", &["PREFECT_API_KEY"], &["pnu_{l36}"]),
    rare("README_KEY", &["README_API_KEY"], &["rdme_{l70}"]),
    rare(
        "SHIPPO_TOKEN",
        &["SHIPPO_TOKEN"],
        &["shippo_live_{h40}", "shippo_test_{h40}"],
    ),
    rare("TYPEFORM_TOKEN", &["TYPEFORM_TOKEN"], &["tfp_{s59}"]),
    rare("ADOBE_SECRET", &["ADOBE_CLIENT_SECRET"], &["p8e-{A32}"]),
    rare("BREVO_KEY", &["BREVO_API_KEY"], &["xkeysib-{h64}-{A16}"]),
    rare("OPENSHIFT_TOKEN", &["OC_TOKEN"], &["sha256~{s43}"]),
    rare(
        "ARTIFACTORY_KEY",
        &["ARTIFACTORY_API_KEY", "jfrog_token"],
        &["AKCp8{A68}", "cmVmdGtu{A56}"],
    ),
    rare("SONAR_TOKEN", &["SONAR_TOKEN"], &["squ_{h40}", "sqp_{h40}"]),
    rare(
        "SOURCEGRAPH_TOKEN",
        &["SRC_ACCESS_TOKEN"],
        &["sgp_{h16}_{h40}", "sgp_{h40}"],
    ),
    rare("VERCEL_TOKEN", &["VERCEL_TOKEN"], &["{A24}", "vcp_{A56}"]),
    rare(
        "INTERCOM_TOKEN",
        &["INTERCOM_ACCESS_TOKEN"],
        &["dG9rOj{b54}"],
    ),
    rare(
        "TRELLO_TOKEN",
        &["TRELLO_TOKEN", "trello_key"],
        &["ATTA{h64}{H8}", "{h32}"],
    ),
    rare(
        "COINBASE_SECRET",
        &["COINBASE_API_SECRET"],
        &["{s64}", "{A32}"],
    ),
    rare("ZENDESK_TOKEN", &["ZENDESK_API_TOKEN"], &["{A40}"]),
    rare("SCALINGO_TOKEN", &["SCALINGO_API_TOKEN"], &["tk-us-{s48}"]),
    rare("MAXMIND_KEY", &["MAXMIND_LICENSE_KEY"], &["{A6}_{A29}_mmk"]),
    rare("SHODAN_KEY", &["SHODAN_API_KEY"], &["{A32}"]),
    rare(
        "CONFLUENT_SECRET",
        &["CONFLUENT_API_SECRET"],
        &["{b64}", "cflt{b60}"],
    ),
    rare("XAI_KEY", &["XAI_API_KEY"], &["xai-{A80}"]),
];
