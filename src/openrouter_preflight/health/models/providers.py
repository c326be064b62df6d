"""Words that name the provider of a model, and owners of models. Data.

The lists need not be complete: a word that is missing makes a sentence less sure, never a wrong name right.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from functools import lru_cache
from typing import Final


class Route(Enum):
    """The service that a name is sent to, as far as its surroundings say."""

    OPENROUTER = auto()
    OTHER = auto()
    UNKNOWN = auto()


_HOSTS_OF_OTHERS: Final = re.compile(
    r"api\.groq\.com|api\.together\.(?:ai|xyz)|fireworks\.ai|deepinfra\.com|integrate\.api\.nvidia\.com|huggingface\.co"
    r"|ai-gateway\.vercel\.sh|cerebras\.ai|sambanova\.ai|hyperbolic\.xyz|nebius\.(?:ai|com)|novita\.ai|siliconflow\."
    r"|models\.(?:inference\.ai\.azure\.com|github\.ai)|openai\.azure\.com|amazonaws\.com|aiplatform\.googleapis\.com"
    r"|api\.(?:openai|anthropic|mistral|deepseek|x|cohere|perplexity|replicate|requesty|featherless)\.(?:com|ai)"
    r"|//(?:localhost|127\.0\.0\.1|0\.0\.0\.0|host\.docker\.internal)\b"
)
_LIBRARIES_OF_OTHERS: Final = re.compile(
    r"\b(?:from groq import|groq-sdk|from together import|together-ai|import ollama|import replicate"
    r"|from transformers import|from_pretrained|InferenceClient|huggingface_hub|from vllm import|vllm serve"
    r"|@ai-sdk/(?:groq|togetherai|deepinfra|gateway|fireworks|cerebras))\b"
)
_SERVICES_TEXT: Final = """
aihubmix bedrock cerebras chutes cloudflare deepinfra featherless fireworks glama groq helicone huggingface
hyperbolic litellm lmstudio localai llamacpp nebius nanogpt novita nvidianim ollama portkey replicate requesty
runpod sagemaker sambanova siliconflow targon togetherai unbound vercel vertex vllm watsonx xinference
"""
_SERVICES: Final = tuple(_SERVICES_TEXT.split())
"""Services that serve the models of others: their names are no names of OpenRouter's models."""
_PLAIN_WORDS: Final = frozenset({"together", "hf", "azure", "nim", "gateway", "local"})
"""Words for services that also mean other things: they count in a model's own key, or where nothing else is said."""
_WORDS_BESIDE: Final = frozenset({"ai", "api", "llm", "llms", "model", "models", "provider", "providers"})
_MAKERS_TEXT: Final = """
ai21 anthropic claude cohere deepseek gemini google googleai mistral mistralai moonshot openai perplexity qwen xai
zai
"""
_MAKERS: Final = frozenset(_MAKERS_TEXT.split())
"""Makers of models, with services of their own; in a list for OpenRouter such a word may just head a group."""

_OWNERS_TEXT: Final = """
01-ai ai21 aion-labs alibaba alfredpros allenai alpindale amazon anthracite-org anthropic arcee-ai arliai austism
baidu bigcode bytedance bytedance-seed cognitivecomputations cohere databricks deepcogito deepseek eleutherai
essentialai eva-unit-01 featherless fireworks google gryphe huggingfaceh4 ibm-granite inception inclusionai
infermatic inflection jebcarter jondurbin kwaipilot latitudegames liquid lizpreciatior lynn mancer mattshumer
meituan meta-llama microsoft migtissera minimax mistralai moonshotai morph neversleep nex-agi nothingiisreal
nousresearch nvidia open-orca openai openchat opengvlab openrouter perplexity phind prime-intellect pygmalionai qwen
raifle recursal rekaai relace rwkv sao10k sarvamai scb10x shisa-ai snowflake sophosympatheia stepfun-ai switchpoint
teknium tencent thedrummer thudm tngtech togethercomputer undi95 upstage venice writer x-ai xiaomi xwin-lm z-ai
"""
OWNERS: Final = frozenset(_OWNERS_TEXT.split())
"""Whose models OpenRouter has or once had (lists of 2023 to 2026): the last one may have left the catalogue."""
_ELSEWHERE_ONLY_TEXT: Final = """
baai cross-encoder distilbert facebook facebookai google-bert google-t5 intfloat jinaai naver openbmb
sentence-transformers stabilityai thebloke timm unsloth mixedbread-ai nomic-ai bartowski mlx-community
"""
ELSEWHERE_ONLY: Final = frozenset(_ELSEWHERE_ONLY_TEXT.split())
"""Owners on other hubs, whose models OpenRouter does not serve."""

_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_MODEL_WORDS: Final = ("model", "llm", "fallback")
_THINGS_TEXT: Final = """
action actions base branch branches checkpoint class container crate dataset datasets dir directory docker extends
file files folder folders gem git github homepage href image images import module modules namespace owner package
packages path paths plugin plugins ref refs repo repos repository repositories require src tokenizer uri url uses
"""
_THINGS: Final = frozenset(_THINGS_TEXT.split())


@lru_cache(maxsize=4096)
def words_of(key: str) -> list[str]:
    """Split `openRouterModel_id` into lower-case words."""
    return [word.lower() for word in _WORDS.findall(key)]


def names_model(key: str) -> bool:
    """Return True where a key holds a model's name, such as `chatModel`."""
    words = words_of(key)
    return any(word.startswith(_MODEL_WORDS) for word in words) and not _THINGS.intersection(words)


def names_thing(key: str) -> bool:
    """Return True where a key holds another `owner/name`, such as an image."""
    return not _THINGS.isdisjoint(words_of(key))


@lru_cache(maxsize=4096)
def route_of_word(word: str, *, makers_count: bool = False) -> Route:
    """Return the service of a provider's name, key or section."""
    words = words_of(word)
    joined = "".join(words)
    if "openrouter" in joined:
        return Route.OPENROUTER
    if any(service in joined for service in _SERVICES):
        return Route.OTHER
    if not _PLAIN_WORDS.isdisjoint(words) and (names_model(word) or _WORDS_BESIDE.issuperset({*words} - _PLAIN_WORDS)):
        return Route.OTHER
    return Route.OTHER if makers_count and joined in _MAKERS else Route.UNKNOWN


def route_of_address(url: str, *, any_host: bool) -> Route:
    """Return the service at a URL."""
    if "openrouter.ai" in url:
        return Route.OPENROUTER
    is_other = url.startswith(("http://", "https://")) if any_host else _HOSTS_OF_OTHERS.search(url)
    return Route.OTHER if is_other else Route.UNKNOWN


def speaks_of_others_alone(text: str) -> bool:
    """Return True where a file names other services and never OpenRouter."""
    if "openrouter" in text.lower():
        return False
    return _LIBRARIES_OF_OTHERS.search(text) is not None or _HOSTS_OF_OTHERS.search(text) is not None
