//! Models and their tools.

use super::rule::{
    ALNUM, HEX, Rule, SEGMENTED, SMALL, URL64, UUID, exactly, key, random, rule, run,
};

/// The shapes, by vendor.
#[rustfmt::skip]
pub(super) const RULES: &[Rule] = &[
    random(key("OpenAI", b"sk-", &[run(URL64, 20, 300)])),
    key("OpenAI", b"sk-proj-", &[run(URL64, 20, 300)]),
    key("OpenAI", b"sk-svcacct-", &[run(URL64, 20, 300)]),
    key("OpenAI", b"sk-admin-", &[run(URL64, 20, 300)]),
    random(rule("OpenAI", b"sess-", &[exactly(ALNUM, 40)])),
    key("Anthropic", b"sk-ant-", &[run(URL64, 20, 300)]),
    key("OpenRouter", b"sk-or-", &[run(URL64, 20, 100)]),
    key("Langfuse", b"sk-lf-", UUID),
    key("Groq", b"gsk_", &[run(ALNUM, 40, 64)]),
    key("Perplexity", b"pplx-", &[run(ALNUM, 32, 64)]),
    rule("Replicate", b"r8_", &[run(ALNUM, 32, 48)]),
    key("xAI", b"xai-", &[run(ALNUM, 60, 100)]),
    key("xAI", b"xai-token-", &[run(ALNUM, 60, 100)]),
    rule("Hugging Face", b"hf_", &[run(ALNUM, 30, 64)]),
    rule("Hugging Face", b"api_org_", &[run(ALNUM, 30, 64)]),
    key("NVIDIA", b"nvapi-", &[run(URL64, 40, 100)]),
    key("Cerebras", b"csk-", &[run(SMALL, 40, 64)]),
    random(key("Fireworks", b"fw_", &[exactly(ALNUM, 24)])),
    random(key("Tavily", b"tvly-", &[run(URL64, 20, 64)])),
    key("ElevenLabs", b"sk_", &[exactly(HEX, 48)]),
    key("LangSmith", b"lsv2_pt_", &[run(SEGMENTED, 40, 60)]),
    key("LangSmith", b"lsv2_sk_", &[run(SEGMENTED, 40, 60)]),
    key("Pinecone", b"pcsk_", &[run(URL64, 40, 100)]),
    random(key("Voyage", b"pa-", &[run(URL64, 40, 60)])),
    key("Jina", b"jina_", &[run(URL64, 40, 80)]),
    key("Firecrawl", b"fc-", &[exactly(HEX, 32)]),
    key("RunPod", b"rpa_", &[run(ALNUM, 40, 60)]),
    key("E2B", b"e2b_", &[exactly(HEX, 40)]),
    key("Browserbase", b"bb_live_", &[run(URL64, 20, 60)]),
    key("Weights & Biases", b"wandb_v1_", &[run(URL64, 40, 120)]),
    key("Helicone", b"sk-helicone-", &[run(URL64, 20, 60)]),
];
