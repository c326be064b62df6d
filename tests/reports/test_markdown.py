"""The Markdown report shows the verdict first, fits GitHub's limit, and renders nobody else's markup."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.ci.links import links_of
from openrouter_preflight.reports import render
from openrouter_preflight.reports.markdown.inline import code, plain, sentence, table
from support.report_samples import (
    CLEAN,
    COMMIT,
    CONTEXT,
    GITHUB,
    HEALTHY,
    HOSTILE,
    SCAN,
    SIMULATED,
    TROUBLE,
    finding,
    funded,
    hostile_outcome,
    leak,
)

if TYPE_CHECKING:
    from openrouter_preflight.findings import Outcome

_MEBIBYTE = 1024 * 1024
_OUR_TAGS = r"<br>|</?details>|</?summary>|</?sub>|<!-- -->"


def _markdown(outcome: Outcome) -> str:
    return render("markdown", outcome, CONTEXT)


def test_a_healthy_key() -> None:
    key = funded(expires_at=datetime(2027, 1, 1, tzinfo=UTC), runway_days=31.2)
    assert _markdown(replace(HEALTHY, keys=(key,))) == dedent("""\
        ## ✅ OpenRouter preflight: pass

        1 key is healthy.

        - OPENROUTER\\_API\\_KEY can spend \\$12.34 of \\$50.00 (the key's own limit), resets 2026-12-01 (in 6 days); \
expires 2027-01-01 (in 37 days); lasts 31 days at the expected rate.

        <details><summary>Keys and limits</summary>

        |  | Key | State | Can spend | Ceiling | Resets | Expires | Runway |
        | --- | --- | --- | --- | --- | --- | --- | --- |
        | ✅ | `OPENROUTER_API_KEY` | valid | \\$12.34 | key limit | 2026-12-01 | 2027-01-01 | 31 days |

        | Key | Ceiling |  | Left | Spent | Resets |  |
        | --- | --- | --- | --- | --- | --- | --- |
        | `OPENROUTER_API_KEY` | the key's own limit | `████░░░░░░░░░░░░░░░░` | \\$12.34 of \\$50.00 | \\$37.66 | \
2026-12-01 | **applies** |

        </details>

        <sub>openrouter-preflight 1.2.3</sub>
        """)


def test_a_clean_scan_is_two_lines() -> None:
    assert _markdown(CLEAN) == dedent("""\
        ## ✅ OpenRouter preflight: pass

        No leak found.

        - Scanned 1,200 objects (3.5 MB, 14 commits) of the range.

        <sub>openrouter-preflight 1.2.3</sub>
        """)


def test_files_and_commits_lead_to_their_pages() -> None:
    shown = render("markdown", TROUBLE, replace(CONTEXT, links=links_of(GITHUB)))
    assert f"[`config/prod.env:3:20`](https://github.com/acme/shop/blob/{COMMIT}/config/prod.env#L3), " in shown
    assert f"(https://github.com/acme/shop/commit/{COMMIT})" in shown


def test_the_pages_of_another_repository_are_not_those_of_the_ci() -> None:
    scan = replace(CLEAN.scan or SCAN, repository="acme/other")
    shown = render("markdown", replace(TROUBLE, scan=scan), replace(CONTEXT, links=links_of(GITHUB)))
    assert "github.com" not in shown


@pytest.mark.parametrize("text", HOSTILE)
def test_a_link_leads_only_to_the_site_that_the_ci_names(text: str) -> None:
    shown = render("markdown", hostile_outcome(text), replace(CONTEXT, links=links_of(GITHUB)))
    outside_of_code = re.sub("`[^`]*`", "", shown)
    addresses = re.findall(r"(?<!\\)\]\(([^)]*)\)", outside_of_code)
    assert all(address.startswith("https://github.com/acme/shop/") for address in addresses)


def test_findings_come_with_places_and_next_steps_and_notes_are_folded() -> None:
    shown = _markdown(replace(TROUBLE, keys=()))
    assert shown.startswith("## ❌ OpenRouter preflight: fail\n\n2 keys are not ready and 1 leak found, with 1 warning")
    leaked = dedent("""\
        - ❌ **committed-key** · key with fingerprint `cdcdcdcdcdcd`<br>
          An OpenRouter key is found in what was scanned.
          - `config/prod.env:3:20`, `commit 1a2b3c4d5e6f of 2026-11-20 on refs/heads/main`
          - `a/b.py:3:20 in old.zip as base64`, `commit 1a2b3c4d5e6f of 2026-11-20 on refs/heads/main, \
no longer in HEAD`

          **Next:** Revoke the key first (https://openrouter.ai/settings/keys), then remove it, then store its""")
    assert leaked in shown
    assert "<details><summary>1 note</summary>\n\n- 💬 **example-key**" in shown
    assert "### Scanned\n\n1,200 objects (3.5 MB, 14 commits) of the range." in shown


def test_commands_of_the_next_step_are_code() -> None:
    step = "Run `git reset -- FILE`, not ` `, and look at https://openrouter.ai/settings/keys."
    shown = _markdown(replace(CLEAN, findings=(finding("committed-key", help=step),)))
    assert "**Next:** Run `git reset -- FILE`, not \\` \\`, and look at https://openrouter.ai/settings/keys." in shown


def test_a_simulated_run_is_a_warning_above_everything_else() -> None:
    assert "> [!WARNING]\n> **SIMULATED: " in _markdown(SIMULATED)


@pytest.mark.parametrize(
    ("remaining", "limit", "bar"),
    [
        ("50", "50", "█" * 20),
        ("0.01", "50", "█" + "░" * 19),
        ("0", "50", "░" * 20),
        ("-3", "50", "░" * 20),
        ("60", "50", "█" * 20),
    ],
)
def test_the_bar_shows_what_is_left(remaining: str, limit: str, bar: str) -> None:
    key = funded()
    ceiling = replace(key.ceilings[0], remaining=Decimal(remaining), limit=Decimal(limit))
    assert f"`{bar}`" in _markdown(replace(HEALTHY, keys=(replace(key, ceilings=(ceiling,)),)))


def test_daily_spend_is_drawn_where_it_is_known() -> None:
    days = tuple((date(2026, 11, day), Decimal(day)) for day in range(1, 9))
    shown = _markdown(replace(HEALTHY, keys=(funded(daily_spend_usd=days),)))
    assert "| `▁▂▃▄▅▆▇█` | 2026-11-01 to 2026-11-08 | \\$8.00 on 2026-11-08 |" in shown


def test_a_refund_is_drawn_flat() -> None:
    days = ((date(2026, 11, 1), Decimal(-1)), (date(2026, 11, 2), Decimal("0.5")))
    assert "`▁█`" in _markdown(replace(HEALTHY, keys=(funded(daily_spend_usd=days),)))


@pytest.mark.parametrize("days", [((date(2026, 11, 1), Decimal(0)),), ()])
def test_days_without_spend_are_drawn_flat_or_not_at_all(days: tuple[tuple[date, Decimal], ...]) -> None:
    assert ("`▁`" in _markdown(replace(HEALTHY, keys=(funded(daily_spend_usd=days),)))) == bool(days)


@pytest.mark.parametrize("text", HOSTILE)
def test_nobody_elses_markup_is_left(text: str) -> None:
    shown = _markdown(hostile_outcome(text))
    outside_code = re.sub(r"`[^`\n]*`", "", re.sub(r"\\[^\n]", "", shown))
    assert not re.search(r"[<]", re.sub(_OUR_TAGS, "", outside_code))
    assert not re.search(r"\]\(|@\w|(?<!&)#\d|\bwww\.|https?://(?!openrouter\.ai/)", outside_code)
    assert shown.count("`") % 2 == 0


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_adds_a_row_or_a_cell_to_a_table(text: str) -> None:
    tables = re.findall(r"(?m)(?:^\|.*\n)+", _markdown(hostile_outcome(text)))
    assert [len(rows.splitlines()) for rows in tables] == [4, 4]
    for rows in tables:
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows.splitlines()}) == 1


def test_ten_thousand_leaks_fit_githubs_limit_and_it_says_so() -> None:
    leaks = tuple(leak(f"{number}/{'x' * 200}.env", fingerprint=f"{number:064x}") for number in range(10_000))
    shown = _markdown(replace(CLEAN, findings=leaks))
    assert len(shown.encode()) < _MEBIBYTE
    assert "**…and more that did not fit; the JSON report lists everything.**" in shown
    assert shown.index("more that did not fit") < shown.index("### Scanned")


def test_notes_that_do_not_fit_are_still_unfolded() -> None:
    notes = tuple(finding("example-key", path=f"{number}/{'x' * 2000}.env") for number in range(1000))
    shown = _markdown(replace(CLEAN, findings=notes))
    assert "did not fit" in shown
    assert (shown.count("<details>"), shown.count("</details>")) == (1, 1)


def test_a_thousand_keys_are_cut_and_counted() -> None:
    assert "…and 800 more keys;" in _markdown(
        replace(HEALTHY, keys=tuple(funded(f"K{number}") for number in range(1000)))
    )


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("a_b*c", "a\\_b\\*c"),
        ("$5 of $10", "\\$5 of \\$10"),
        ("<b>&", "&lt;b&gt;&amp;"),
        ("a|b", "a&#124;b"),
        ("@team #1", "@<!-- -->team #<!-- -->1"),
        ("see https://openrouter.ai/settings/keys.", "see https://openrouter.ai/settings/keys."),
        ("https://openrouter.ai/keys/8943c133 opens it", "https://openrouter.ai/keys/8943c133 opens it"),
        ("https://openrouter.ai.evil.example", "https:/<!-- -->/openrouter.ai.evil.example"),
        ("https://openrouter.ai@evil.example", "https:/<!-- -->/openrouter.ai@<!-- -->evil.example"),
        ("http://evil.example", "http:/<!-- -->/evil.example"),
        ("WWW.evil.example", "W<!-- -->WW.evil.example"),
        ("one\ntwo", "one<br>two"),
    ],
)
def test_a_sentence_is_shown_as_it_is(text: str, markdown: str) -> None:
    assert plain(text) == markdown


@pytest.mark.parametrize(
    ("text", "markdown"),
    [("- a", "\\- a"), ("1. a", "1\\. a"), ("12) a", "12\\) a"), ("# a", "#<!-- --> a"), ("    a", "A"), ("=", "\\=")],
)
def test_a_sentence_begins_no_list_and_no_heading(text: str, markdown: str) -> None:
    assert sentence(text) == markdown


@pytest.mark.parametrize(("name", "span"), [("a_b", "`a_b`"), ("a`b|c", "`a\\x60b\\x7cc`"), ("", ""), ("  ", "")])
def test_a_name_stands_in_a_code_span(name: str, span: str) -> None:
    assert code(name) == span


def test_a_table_has_a_heading_and_rows() -> None:
    assert table(["A", "B"], [["1", "2"]]) == "| A | B |\n| --- | --- |\n| 1 | 2 |"
