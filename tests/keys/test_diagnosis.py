"""What is wrong with a raw secret: each way in which people store one wrongly, and what they are told."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from openrouter_preflight.keys import ApiKey
from openrouter_preflight.keys.diagnosis import SecretProblem, diagnose
from openrouter_preflight.keys.vendors import vendor_of
from support.command_line import assert_silent_about

BODY = "0e6f44a47a05f1dad2ad7e88c4c1d6b7" * 2
KEY = "sk-or-v1-" + BODY
OTHER = "sk-or-v1-" + BODY[::-1]


def test_a_key_alone_has_nothing_wrong_with_it() -> None:
    found = diagnose(KEY)
    assert found.key == ApiKey(KEY)
    assert (found.fault, found.message, found.around) == (None, "", "")


ENV_LINE = "starts with `NAME=`: the whole line of a .env file was stored"
AROUND = [
    (KEY + "\n", "ends with a newline"),
    (KEY + "\r\n", "ends with a Windows newline"),
    (KEY + "\r", "ends with a carriage return"),
    (KEY + "\n\n\n", "ends with 3 newlines"),
    (KEY + " \n", "ends with a newline and a space"),
    (" " + KEY, "starts with a space"),
    ("\t  " + KEY, "starts with 2 spaces and a tab"),
    (f" {KEY} ", "starts with a space and ends with a space"),
    ("\ufeff" + KEY, "starts with an invisible character"),
    (KEY + "\u200b\u200b", "ends with 2 invisible characters"),
    (KEY + "\0", "ends with an invisible character"),
    ("\u00a0" + KEY, "starts with an invisible character"),
    (f'"{KEY}"', "stands in double quotes"),
    (f"'{KEY}'", "stands in single quotes"),
    (f"`{KEY}`", "stands in backquotes"),
    (f"\u201c{KEY}\u201d", "stands in curly quotes"),
    (f'"{KEY}', "starts with a stray quote (double quotes)"),
    (f"{KEY}'", "ends with a stray quote (single quotes)"),
    (f'{KEY}"', "ends with a stray quote (double quotes)"),
    (f"{KEY}`", "ends with a stray quote (backquotes)"),
    (f"Bearer {KEY}", "starts with `Bearer `"),
    (f"bearer   {KEY}", "starts with `Bearer `"),
    (f"Authorization: Bearer {KEY}", "starts with `Bearer `"),
    (f'"Bearer {KEY}"\n', "ends with a newline and stands in double quotes and starts with `Bearer `"),
    (f"OPENROUTER_API_KEY={KEY}", ENV_LINE),
    (f'export KEY="{KEY}"', f"{ENV_LINE} and stands in double quotes"),
    (f'"KEY={KEY}"', f"stands in double quotes and {ENV_LINE}"),
    (
        f'export KEY="{KEY}"',
        "starts with `NAME=`: the whole line of a .env file was stored and stands in double quotes",
    ),
    (f"{KEY[:40]}\n{KEY[40:]}", "is broken by a newline after 40 characters"),
    (f"{KEY[:40]}\r\n  {KEY[40:]}", "is broken by a Windows newline and 2 spaces after 40 characters"),
]


@pytest.mark.parametrize(("raw", "around"), AROUND)
def test_what_surrounds_a_key_is_named_and_the_key_is_still_asked_about(raw: str, around: str) -> None:
    found = diagnose(raw)
    assert found.key == ApiKey(KEY)
    assert found.fault is None
    assert found.around == around


MISSING = [
    (None, "is not set"),
    ("", "is empty"),
    (" ", "holds only a space"),
    ("\n", "holds only a newline"),
    ("  \t\n", "holds only a newline and 2 spaces and a tab"),
    ('""', "holds nothing between its quotes"),
    ("''\n", "holds nothing between its quotes"),
]


@pytest.mark.parametrize(("raw", "message"), MISSING)
def test_an_empty_value_is_missing(raw: str | None, message: str) -> None:
    found = diagnose(raw)
    assert (found.key, found.fault, found.message) == (None, SecretProblem.MISSING, message)


NEVER_SENT = [
    ("${{ secrets.OPENROUTER_API_KEY }}", "holds a ${{ … }} expression that was never expanded"),
    ("{{ openrouter_key }}", "holds a {{ … }} expression that was never expanded"),
    (f"${{{{ secrets.X }}}}{KEY}", "holds a ${{ … }} expression that was never expanded"),
    ("$OPENROUTER_API_KEY", "holds a $VARIABLE that was never expanded"),
    ("${OPENROUTER_API_KEY}", "holds a $VARIABLE that was never expanded"),
    ("${OPENROUTER_API_KEY:-none}", "holds a $VARIABLE that was never expanded"),
    ("$(OPENROUTER_API_KEY)", "holds a $VARIABLE that was never expanded"),
    ("$env:OPENROUTER_API_KEY", "holds a $VARIABLE that was never expanded"),
    ("%OPENROUTER_API_KEY%", "holds a %VARIABLE% that was never expanded"),
    ('"$OPENROUTER_API_KEY"', "holds a $VARIABLE that was never expanded"),
    (f"{KEY}\n{OTHER}", "holds 2 keys in one value"),
    (f"{KEY},{OTHER},{KEY}", "holds 3 keys in one value"),
    (f"{KEY}{OTHER}", "holds 2 keys in one value"),
    (f"{KEY} # production", "holds a key with other text beside it"),
    (f'{{"key": "{KEY}"}}', "holds a key with other text beside it"),
    (f"https://openrouter.ai/{KEY}", "holds a key with other text beside it"),
    ("sk-or-v1-0e6...c96", "is a masked label of a key, not the key"),
    ("sk-or-v1-0e6…c96", "is a masked label of a key, not the key"),
    ("sk-or-v1-" + "*" * 20, "is a masked label of a key, not the key"),
    ("sk-or-v1-0e6" + "•" * 8, "is a masked label of a key, not the key"),
    ("***", "is a masked label of a key, not the key"),
    (KEY[:12] + "*" * 58 + KEY[-3:], "is a masked label of a key, not the key"),
    ("your-api-key-here", "is a placeholder, not a key"),
    ("YOUR_OPENROUTER_API_KEY", "is a placeholder, not a key"),
    ("sk-or-v1-your-key-here", "is a placeholder, not a key"),
    ("<your key>", "is a placeholder, not a key"),
    ("[insert key]", "is a placeholder, not a key"),
    ("changeme", "is a placeholder, not a key"),
    ("TODO", "is a placeholder, not a key"),
    ("null", "is a placeholder, not a key"),
    ("None", "is a placeholder, not a key"),
    ("undefined", "is a placeholder, not a key"),
    ("sk-or-v1-" + "x" * 64, "is a placeholder, not a key"),
    ("sk-or-v1-", "is a placeholder, not a key"),
    ("sk-or-v1-" + "0" * 20, "is a placeholder, not a key"),
    ("7777", "is a placeholder, not a key"),
    ("7878", "does not look like an OpenRouter key: 4 characters, no sk-or-v1- in front"),
    ("7878'", "does not look like an OpenRouter key: 4 characters, no sk-or-v1- in front"),
    (KEY[:-1], "is cut short: 63 hex digits after sk-or-v1-, not 64"),
    (KEY[:20], "is cut short: 11 hex digits after sk-or-v1-, not 64"),
    ("hello", "does not look like an OpenRouter key: 5 characters, no sk-or-v1- in front"),
    ("x" + "7 " * 40 + "x", "does not look like an OpenRouter key: 82 characters, no sk-or-v1- in front"),
    ("é7" * 20, "does not look like an OpenRouter key: 40 characters, no sk-or-v1- in front"),
    ("78-" * 10 + "9", "does not look like an OpenRouter key: 31 characters, no sk-or-v1- in front"),
    ("x " * 2048 + "x", "is no key: it holds 4097 characters"),
    ("x " * 3000, "is no key: it holds 6000 characters"),
    ('"' * 100_000, "is no key: it holds 100000 characters"),
]


@pytest.mark.parametrize(("raw", "message"), NEVER_SENT)
def test_a_known_mistake_has_its_own_message_and_is_sent_nowhere(raw: str, message: str) -> None:
    found = diagnose(raw)
    assert found.message == message
    if "cut short: 63" not in message:
        assert (found.key, found.fault) == (None, SecretProblem.MALFORMED)
    assert found.fix or len(raw) > 4096


ODD_SHAPES = [
    (KEY[:-1], "is cut short: 63 hex digits after sk-or-v1-, not 64"),
    (KEY + "00", "is too long: 66 hex digits after sk-or-v1-, not 64"),
    (KEY[:-1] + "g", "starts with sk-or-v1- and holds 1 character that is no hex digit"),
    (KEY[:-2] + "zz", "starts with sk-or-v1- and holds 2 characters that are no hex digits"),
    (BODY, "is 64 hex digits without sk-or-v1- in front: a key's hash, or a key that lost its start"),
    ("SK-OR-V1-" + BODY, "starts with sk-or-v1- in capitals"),
    ("sk-or-v2-" + BODY, "does not look like an OpenRouter key: 73 characters, no sk-or-v1- in front"),
    (
        "partner-0123456789-abcdefghijklmnop",
        "does not look like an OpenRouter key: 35 characters, no sk-or-v1- in front",
    ),
    ("78-" * 10 + "9f", "does not look like an OpenRouter key: 32 characters, no sk-or-v1- in front"),
    ("78-9" * 1024, "does not look like an OpenRouter key: 4096 characters, no sk-or-v1- in front"),
    (BODY[:40], "does not look like an OpenRouter key: 40 characters, no sk-or-v1- in front"),
    (BODY[:-1] + "g", "does not look like an OpenRouter key: 64 characters, no sk-or-v1- in front"),
    (KEY[:12] + "*" * 59 + KEY[-3:], "starts with sk-or-v1- and holds 59 characters that are no hex digits"),
]


@pytest.mark.parametrize(("raw", "message"), ODD_SHAPES)
def test_an_odd_shape_may_be_a_partners_key_and_says_how_to_ask_about_it(raw: str, message: str) -> None:
    found = diagnose(raw)
    assert (found.key, found.fault, found.message) == (ApiKey(raw), SecretProblem.ODD_SHAPE, message)
    assert "--allow-any-shape" in found.fix


@pytest.mark.parametrize(
    ("wrap", "around"),
    [("{}", ""), ("{}\n", "ends with a newline"), ('"{} "', "stands in double quotes and ends with a space")],
)
def test_what_surrounds_a_partners_key_is_named_too(wrap: str, around: str) -> None:
    found = diagnose(wrap.format("partner-0123456789-abcdefghijklmnop"))
    assert (found.key, found.around) == (ApiKey("partner-0123456789-abcdefghijklmnop"), around)


STORE_KEY = "Store the key itself: sk-or-v1- and 64 hex digits, shown once when the key is created."
STORE_AGAIN = "Save the secret again with nothing around the key; printf '%s' writes no newline, echo does."
FIXES = [
    ("$X", "Pass the secret through the step's `env:` and spell its name as the CI settings do."),
    (f"{KEY},{OTHER}", "Store one key in each secret."),
    (f"{KEY} # production", STORE_AGAIN),
    ("sk-or-v1-0e6...c96", "A key is shown in full only once, when it is created: create a new one and store that."),
    ("gsk_A1b2C3d4E5f6G7h8I9", "Store the OpenRouter key under this name: it starts with sk-or-v1-."),
    ("changeme", STORE_KEY),
    ("hello", STORE_KEY),
    (KEY[:-1], f"{STORE_KEY} If it is a partner's own key, pass --allow-any-shape and it will be asked about."),
]


@pytest.mark.parametrize(("raw", "fix"), FIXES)
def test_each_mistake_has_a_next_step_of_its_own(raw: str, fix: str) -> None:
    assert diagnose(raw).fix == fix


VENDORS = [
    ("sk-ant-api03-", "Anthropic"),
    ("sk-proj-", "OpenAI"),
    ("sk-svcacct-", "OpenAI"),
    ("AIzaSy", "Google"),
    ("gsk_", "Groq"),
    ("xai-", "xAI"),
    ("hf_", "Hugging Face"),
    ("r8_", "Replicate"),
    ("pplx-", "Perplexity"),
    ("nvapi-", "NVIDIA"),
    ("ghp_", "GitHub"),
    ("github_pat_", "GitHub"),
    ("AKIA", "AWS"),
    ("sk_live_", "Stripe"),
    ("sk-", "OpenAI or DeepSeek"),
]


@pytest.mark.parametrize(("prefix", "vendor"), VENDORS)
@pytest.mark.parametrize("wrap", ["{}", '"{}"', "Bearer {}", "{}\n"])
def test_another_vendors_key_is_named_and_sent_nowhere(prefix: str, vendor: str, wrap: str) -> None:
    found = diagnose(wrap.format(prefix + "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6"))
    assert (found.key, found.fault) == (None, SecretProblem.MALFORMED)
    assert found.message == f"looks like a key of another vendor ({vendor}); it was sent nowhere"


@pytest.mark.parametrize(
    ("secret", "vendor"),
    [
        ("gsk_" + "A1b2C3d4E5f6", "Groq"),
        ("gsk_" + "A1b2C3d4E5f", None),
        ("sk-" + "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O", "OpenAI or DeepSeek"),
        ("sk-" + "A1b2C3d4E5f6G7h8I9j0K1l2M3n4", None),
    ],
)
def test_a_prefix_needs_a_body_of_some_length_to_be_a_vendors(secret: str, vendor: str | None) -> None:
    assert vendor_of(secret) == vendor


@pytest.mark.parametrize("secret", [KEY, "sk-or-v2-" + BODY, "sk-short", "gsk_short", "hello"])
def test_openrouters_own_and_short_words_are_nobody_elses(secret: str) -> None:
    assert vendor_of(secret) is None


_PIECES = st.sampled_from(
    (
        *(
            "sk-or-v1-",
            KEY,
            OTHER,
            BODY,
            KEY[:40],
            "sk-ant-api03-",
            "Bearer ",
            "KEY=",
            "your",
            "${{",
            "}}",
            "$X",
            "%X%",
        ),
        *('"', "'", "`", "\u201c", " ", "\n", "\r\n", "\0", "\ufeff", "\ud800", "\udc80", "é", "...", "***", "<", ">"),
    )
)


@given(st.lists(_PIECES | st.text(max_size=5), max_size=8).map("".join))
@example('"' * 4000 + KEY + '"' * 4000)
@example("'\"" * 500 + KEY)
def test_no_value_makes_it_raise_and_no_message_quotes_the_value(raw: str) -> None:
    found = diagnose(raw)
    said = f"{found.message} {found.fix} {found.around} {found!r}"
    assert_silent_about(said, KEY, OTHER)
    assert len(said) < 1200
    assert (found.key is None) or found.key.reveal().strip() == found.key.reveal()


@given(st.text(min_size=1))
def test_a_value_is_either_asked_about_or_at_fault(raw: str) -> None:
    found = diagnose(raw)
    assert (found.key is not None and found.key.is_well_formed and found.fault is None) or found.message
