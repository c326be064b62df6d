"""Prefixes of other vendors' keys, which are named and sent nowhere.

Each prefix is as the vendor's own documentation shows it. Longer prefixes stand before the shorter ones they contain.
"""

from __future__ import annotations

_VENDOR_BY_PREFIX = (
    ("sk-ant-", "Anthropic"),
    ("sk-proj-", "OpenAI"),
    ("sk-svcacct-", "OpenAI"),
    ("sk-admin-", "OpenAI"),
    ("sk-lf-", "Langfuse"),
    ("pk-lf-", "Langfuse"),
    ("sk-litellm-", "LiteLLM"),
    ("sk_live_", "Stripe"),
    ("sk_test_", "Stripe"),
    ("rk_live_", "Stripe"),
    ("AIza", "Google"),
    ("ya29.", "Google"),
    ("gsk_", "Groq"),
    ("xai-", "xAI"),
    ("hf_", "Hugging Face"),
    ("r8_", "Replicate"),
    ("pplx-", "Perplexity"),
    ("fw_", "Fireworks"),
    ("tgp_v1_", "Together"),
    ("csk-", "Cerebras"),
    ("nvapi-", "NVIDIA"),
    ("jina_", "Jina"),
    ("lsv2_", "LangSmith"),
    ("ghp_", "GitHub"),
    ("gho_", "GitHub"),
    ("ghs_", "GitHub"),
    ("github_pat_", "GitHub"),
    ("glpat-", "GitLab"),
    ("AKIA", "AWS"),
    ("ASIA", "AWS"),
    ("ABSK", "AWS Bedrock"),
    ("xoxb-", "Slack"),
    ("xoxp-", "Slack"),
    ("npm_", "npm"),
    ("pypi-", "PyPI"),
)


def vendor_of(secret: str) -> str | None:
    """Return the vendor whose key this looks like, or None."""
    if secret.startswith("sk-or-"):
        return None
    for prefix, vendor in _VENDOR_BY_PREFIX:
        if secret.startswith(prefix) and len(secret) >= len(prefix) + 12:
            return vendor
    if secret.startswith("sk-") and len(secret) >= 32:
        return "OpenAI or DeepSeek"
    return None
