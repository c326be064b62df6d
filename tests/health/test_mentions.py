"""Names of models as real files write them: found where they go to OpenRouter, and left alone where they do not."""

from __future__ import annotations

import pytest

from openrouter_preflight.health.models.mentions import mentions
from openrouter_preflight.health.models.named_models import Certainty

PROVEN, MARKED, ROUTED, PLAIN, OTHERS = (
    Certainty.PROVEN,
    Certainty.MARKED,
    Certainty.ROUTED,
    Certainty.PLAIN,
    Certainty.OTHERS,
)


def found(text: str, file: str = "") -> dict[str, Certainty]:
    names: dict[str, Certainty] = {}
    for mention in mentions(text, file):
        names[mention.name] = max(mention.certainty, names.get(mention.name, OTHERS))
    return names


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("a.yaml", "model: openrouter/x-ai/grok-beta"),
        ("a.py", 'model = "openrouter:x-ai/grok-beta"'),
        ("a.yaml", "  - openrouter:x-ai/grok-beta"),
        ("a.ts", "const model = openrouter('x-ai/grok-beta')"),
        ("a.ts", 'streamText({ model: openrouter.chat("x-ai/grok-beta", { a: 1 }) })'),
        ("a.ts", "createOpenRouter({ apiKey })('x-ai/grok-beta'); openrouter(`x-ai/grok-beta`)"),
        ("a.sh", "aider --model openrouter/x-ai/grok-beta"),
        (".env", "OPENROUTER_MODEL=x-ai/grok-beta"),
        ("settings.json", '{"apiProvider": "openrouter", "openRouterModelId": "x-ai/grok-beta"}'),
        ("config.yaml", "models:\n  - name: G\n    provider: openrouter\n    model: x-ai/grok-beta\n"),
        ("config.yaml", "models:\n  - name: G\n    model: x-ai/grok-beta\n    apiBase: https://openrouter.ai/api/v1\n"),
        ("a.toml", '[providers.openrouter]\nmodel = "x-ai/grok-beta"\n'),
        ("a.py", 'ChatOpenAI(\n    model="x-ai/grok-beta",\n    base_url="https://openrouter.ai/api/v1",\n)\n'),
        ("a.py", 'ChatOpenRouter(model="x-ai/grok-beta")'),
        ("a.py", 'self.model = os.getenv("OPENROUTER_MODEL", "x-ai/grok-beta")'),
        ("a.ts", 'return process.env.OPENROUTER_MODEL || "x-ai/grok-beta";'),
        ("a.md", "Set `openrouter/x-ai/grok-beta` as the model."),
        (
            "litellm.yaml",
            "model_list:\n  - model_name: g\n    litellm_params:\n      model: openrouter/x-ai/grok-beta\n",
        ),
        ("a.json", '{"openrouter\\/x-ai\\/grok-beta": {}}'),
    ],
)
def test_a_name_is_proven_to_go_to_openrouter(file: str, text: str) -> None:
    assert found(text, file) == {"x-ai/grok-beta": PROVEN}


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("a.yaml", "model: x-ai/grok-beta"),
        ("a.yaml", "models:\n  - x-ai/grok-beta\n"),
        ("a.yaml", "models:\n- x-ai/grok-beta\n"),
        ("a.yaml", 'models: ["x-ai/grok-beta"]'),
        ("a.yaml", "model: >-\n  x-ai/grok-beta\n"),
        ("a.yaml", "model: |\n  x-ai/grok-beta\n"),
        ("a.yaml", "fallbacks:\n  fast:\n    - x-ai/grok-beta\n"),
        ("a.yaml", "models:\n  x-ai/grok-beta:\n    price: 1\n"),
        ("a.js", "const model = MODEL || 'x-ai/grok-beta'"),
        ("a.ts", "export const MODELS: Record<string, Model> = {\n  fast: 'x-ai/grok-beta',\n}"),
        ("a.ts", "const model = process.env.MODEL ?? 'x-ai/grok-beta';"),
        ("a.py", "MODELS = [\n    'x-ai/grok-beta',\n]"),
        ("a.py", 'model = os.environ.get("MODEL") or "x-ai/grok-beta"'),
        ("a.py", 'def ask(prompt, model="x-ai/grok-beta"): ...'),
        ("a.py", 'def ask(prompt, model: str = "x-ai/grok-beta"): ...'),
        ("a.sh", 'curl -d "{\\"model\\": \\"x-ai/grok-beta\\"}"'),
        ("a.sh", 'MODEL="${MODEL:-x-ai/grok-beta}"'),
        ("a.sh", ': "${GRAPH_LLM_MODEL:=x-ai/grok-beta}"'),
        ("a.sh", "llm -m x-ai/grok-beta hello"),
        ("a.sh", "tool --model=x-ai/grok-beta"),
        ("a.sh", "npx tool --model x-ai/grok-beta"),
        ("a.json", '{"models": [{"id": "x-ai/grok-beta"}]}'),
        ("a.json", '{"models": [\n\t{\n\t\t"id": "x-ai/grok-beta"\n\t}\n]}'),
        ("a.jsonc", '{\n  // note\n  "model": "x-ai/grok-beta",\n}'),
        ("a.toml", '[llm]\nname = "x-ai/grok-beta"'),
        ("a.toml", 'model = "x-ai/grok-beta"'),
        ("a.go", 'Model: "x-ai/grok-beta",'),
        ("a.rb", 'model: "x-ai/grok-beta"'),
        ("a.env", "LLM_MODEL='x-ai/grok-beta'"),
    ],
)
def test_a_name_is_called_a_model(file: str, text: str) -> None:
    assert found(text, file) == {"x-ai/grok-beta": MARKED}


@pytest.mark.parametrize(
    ("file", "text", "names"),
    [
        (
            "a.md",
            "Use **openai/gpt-5** or *openai/gpt-6*, `openai/gpt-7`.",
            ["openai/gpt-5", "openai/gpt-6", "openai/gpt-7"],
        ),
        ("a.md", "| openai/gpt-5 | 1 |", ["openai/gpt-5"]),
        ("a.md", "openai/gpt-5: the default, openai/gpt-6.", ["openai/gpt-5", "openai/gpt-6"]),
        ("a.txt", "x/y\nxy/zz:free:online", ["xy/zz:free:online"]),
        ("a.txt", "[@preset/fast]", ["@preset/fast"]),
        ("a.json", '{"model": "openai/gpt-5@preset/fast"}', ["openai/gpt-5@preset/fast"]),
        ("a.txt", "openrouter/auto", ["openrouter/auto"]),
        ("a.py", 'M = "openrouter/openrouter/auto"', ["openrouter/auto"]),
        ("a.txt", "~anthropic/claude-latest", ["~anthropic/claude-latest"]),
        ("a.yaml", "model: openrouter/openchat/openchat-7b:free", ["openchat/openchat-7b:free"]),
    ],
)
def test_what_is_extracted(file: str, text: str, names: list[str]) -> None:
    assert list(found(text, file)) == names


@pytest.mark.parametrize(
    "text",
    [
        "see https://github.com/openai/gpt-2 and ../openai/gpt-2",
        "import x from '@openai/gpt-2'",
        "path/openai/gpt-2/file",
        "openai/gpt-2.py",
        "docker.io/openai/gpt-2",
        "openai/gpt-2:1.4",
        "openai/gpt-2:latest",
        "google/*.yaml",
        "Qwen/Qwen3-32B",
        "groq/openai/gpt-oss-120b",
        "together_ai/meta-llama/llama-3",
        "openrouter/src/client",
        "$HOME/model-5",
    ],
)
def test_what_is_not_extracted(text: str) -> None:
    assert found(text) == {}


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (
            "litellm.yaml",
            "- model_name: a\n  litellm_params:\n    model: acme/model-1\n    api_base: http://localhost:8000",
        ),
        (
            "litellm.yaml",
            "model_list:\n- model_name: acme/model-1\n  litellm_params: {model: openrouter/openai/gpt-4.1}\n",
        ),
        (".aider.conf.yml", "model: openrouter/openai/gpt-4.1\nweak-model: acme/model-1\n"),
        ("cline.json", '{"apiProvider": "groq", "apiModelId": "acme/model-1", "x": "openrouter"}'),
        ("cline.json", '{"groqModelId": "acme/model-1"}'),
        ("cline.json", '{"actModeLiteLlmModelId": "acme/model-1", "vercelAiGatewayModelId": "acme/model-1"}'),
        ("config.yaml", "models:\n  groq:\n    - acme/model-1\n  openrouter:\n    - openai/gpt-4.1\n"),
        ("config.json", '{"models": {"groq": ["acme/model-1"], "openrouter": ["openai/gpt-4.1"]}}'),
        ("config.toml", '[groq]\nmodel = "acme/model-1"\n[openrouter]\nmodel = "openai/gpt-4.1"'),
        ("continue.yaml", "models:\n  - provider: together\n    model: acme/model-1\n"),
        ("continue.yaml", "models:\n  - model: acme/model-1\n    provider: ollama\n"),
        ("a.yaml", "model: acme/model-1\napi_base: http://localhost:1234/v1\n"),
        ("a.py", 'OpenAI(base_url="https://api.groq.com/openai/v1").x(model="acme/model-1")'),
        ("a.py", 'ChatOpenAI(\n  model="acme/model-1",\n  base_url="https://llm.internal/v1",\n)  # not openrouter'),
        ("a.py", 'from groq import Groq\nGroq().create(model="acme/model-1")'),
        ("a.ts", 'import { groq } from "@ai-sdk/groq"; groq("acme/model-1")'),
        (".env", "GROQ_MODEL=acme/model-1\nOLLAMA_MODEL=acme/model-1\n"),
        (".env", "LOCAL_BASE_URL=http://127.0.0.1:11434/v1\nLOCAL_MODEL=acme/model-1\nOPENROUTER_MODEL=openai/gpt-4.1"),
        ("compose.yaml", "services:\n  a:\n    image: acme/model-1\n"),
        ("workflow.yaml", "- uses: acme/model-1\n"),
        ("renovate.json", '{"extends": ["acme/model-1"], "repository": "acme/model-1"}'),
        ("a.sh", "docker run --rm acme/model-1\ngit checkout acme/model-1\nnpm install acme/model-1"),
        ("Dockerfile", "FROM acme/model-1\n"),
        ("branches.yaml", "on:\n  push:\n    branches: [acme/model-1]\n"),
        ("a.yaml", "model_path: acme/model-1\nmodel_repo: acme/model-1\n"),
    ],
)
def test_a_name_of_another_name_space_is_not_openrouters(file: str, text: str) -> None:
    assert found(text, file)["acme/model-1"] is OTHERS


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("a.yaml", "# model: x-ai/grok-beta\n  # - x-ai/grok-beta\nmodel: openai/gpt-5 # was x-ai/grok-beta"),
        ("a.py", "# MODEL = 'x-ai/grok-beta'\nMODEL = 'openai/gpt-5'  # not 'x-ai/grok-beta'"),
        ("a.ts", "// model: 'x-ai/grok-beta'\n/* x-ai/grok-beta\n x-ai/grok-beta */ model: 'openai/gpt-5'"),
        ("a.jsonc", '{"a": "src/**/*", // "x-ai/grok-beta"\n"model": "openai/gpt-5", "b": "lib/**/*"}'),
        ("a.md", "<!-- x-ai/grok-beta -->\n# openai/gpt-5\n```yaml\n# - x-ai/grok-beta\n```\n"),
        (".env.example", "#MODEL=x-ai/grok-beta\nMODEL=openai/gpt-5"),
        ("a.sql", "-- x-ai/grok-beta\nselect 'openai/gpt-5'"),
        ("a.ini", "; x-ai/grok-beta\nmodel = openai/gpt-5"),
        ("unknown", "# x-ai/grok-beta\n// x-ai/grok-beta\nopenai/gpt-5"),
    ],
)
def test_what_is_commented_out_is_not_in_use(file: str, text: str) -> None:
    assert list(found(text, file)) == ["openai/gpt-5"]


@pytest.mark.parametrize(
    ("file", "text", "certainty"),
    [
        ("a.yaml", "openrouter:\n  quick: acme/model-1\n", ROUTED),
        ("a.ts", "openrouter: {\n  quick: 'acme/model-1',\n},", ROUTED),
        ("a.txt", "acme/model-1", PLAIN),
        ("a.json", '{"id": "acme/model-1"}', Certainty.IDENTIFIED),
        ("a.py", "class LocalRunner:\n    model = 'acme/model-1'\n", MARKED),
        ("a.yaml", "local:\n  model: acme/model-1\n", OTHERS),
        ("a.js", "const models = {\n  openrouter: {\n    xai: 'acme/model-1',\n  },\n}", ROUTED),
        ("a.lua", "['openrouter-x'] = {\n  __inherited_from = 'openrouter',\n  model = 'acme/model-1',\n}", MARKED),
        ("a.py", "OPENROUTER_FALLBACKS = [\n    'acme/model-1',\n]", PROVEN),
        ("a.js", "const M = {\n  key: 'openrouter',\n  models: [\n    M('acme/model-1', true),\n  ],\n}", MARKED),
        ("a.txt", "acme/model-1:free", MARKED),
        ("compose.yaml", "image: acme/model-1:beta", OTHERS),
        ("models.yaml", "models:\n  anthropic:\n    - anthropic/claude-5\n", MARKED),
        (
            "models.ts",
            "// OpenRouter\nexport const models = [{ id: 'openai/gpt-5', provider: 'OpenAI', by: 'openrouter.ai' }]",
            MARKED,
        ),
    ],
)
def test_the_certainty_of_the_rest(file: str, text: str, certainty: Certainty) -> None:
    assert list(found(text, file).values()) == [certainty]


def test_the_names_of_one_list_know_each_other() -> None:
    first, second, third = mentions('a = ["openai/gpt-5", "x-ai/grok-beta"]\nb = "acme/model-1"\n', "a.py")

    assert first.list_id == second.list_id is not None
    assert third.list_id is None


def test_a_long_line_takes_no_time() -> None:
    text = '{"a":{"model":"openai/gpt-5","b":[1,2,{"c":"d"}]},' * 5_000

    assert len(list(mentions(text, "a.json"))) == 5_000
