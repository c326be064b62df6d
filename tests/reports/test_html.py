"""The HTML report: one page that shows everything, obeys nobody, and is read by people, printers and screen readers."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.ci.links import links_of
from openrouter_preflight.findings import AccountStatus, Ceiling, Outcome, WriteRow
from openrouter_preflight.reports import render
from support.browser import Browser, find_browser
from support.report_samples import (
    CLEAN,
    COMMIT,
    CONTEXT,
    EVERYTHING,
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
    from pathlib import Path

_DAYS = tuple((date(2026, 11, 1) + timedelta(day), Decimal(day % 5)) for day in range(20))
_ATTACK = "\"'></p></code></svg><script>document.title='pwned'</script><img src=x onerror=document.title='pwned'>"
_TAGS = {
    *("html", "head", "meta", "title", "style", "body", "main", "footer", "section", "div", "figure", "figcaption"),
    *("h1", "h2", "h3", "p", "ul", "li", "code", "span", "a", "br", "svg", "rect"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}


class _Page(HTMLParser):
    """Every tag with its attributes, and the text between them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def _page(outcome: Outcome) -> _Page:
    return _Page(render("html", outcome, CONTEXT))


@pytest.mark.parametrize("outcome", EVERYTHING)
def test_a_page_permits_its_own_style_sheet_and_nothing_else(outcome: Outcome) -> None:
    page = _page(outcome)
    policies = [attrs["content"] for tag, attrs in page.tags if attrs.get("http-equiv") == "Content-Security-Policy"]
    assert len(policies) == 1
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; base-uri 'none'; form-action 'none'",
        policies[0] or "",
    )
    names = [tag for tag, _ in page.tags]
    assert names.index("meta") < names.index("style"), "the policy comes first"
    assert set(names) <= _TAGS
    assert not [attrs for _, attrs in page.tags if "style" in attrs or any(name.startswith("on") for name in attrs)]


def test_a_key_is_drawn_against_each_of_its_ceilings_and_said_in_words() -> None:
    ceilings = (*funded().ceilings, Ceiling(name="workspace", remaining=Decimal(2), limit=Decimal(80)))
    page = _page(replace(HEALTHY, keys=(funded(ceilings=ceilings),)))
    bars = [attrs for tag, attrs in page.tags if tag == "svg"]
    assert [bar["role"] for bar in bars] == ["img", "img"]
    assert bars[0]["aria-label"] == "the key's own limit: $12.34 of $50.00 left, $37.66 spent, resets 2026-12-01"
    widths = [attrs["width"] for tag, attrs in page.tags if tag == "rect" and attrs["class"] != "track"]
    assert widths == ["24.7", "2.5"]
    assert "The workspace's budget : $2.00 of $80.00 left, never resets" in page.text
    assert page.text.count("the limit that applies") == 1


@pytest.mark.parametrize(
    ("remaining", "limit", "width"), [("0", "50", "0"), ("-3", "50", "0"), ("0.01", "50", "1"), ("90", "50", "100")]
)
def test_a_bar_is_never_wider_than_its_limit_and_never_gone_while_something_is_left(
    remaining: str, limit: str, width: str
) -> None:
    ceiling = Ceiling(name="key_limit", remaining=Decimal(remaining), limit=Decimal(limit))
    page = _page(replace(HEALTHY, keys=(funded(ceilings=(ceiling,)),)))
    assert [attrs["width"] for tag, attrs in page.tags if tag == "rect"] == ["100", width]


def test_the_spend_of_an_account_is_drawn_once_for_all_its_keys() -> None:
    keys = (funded("A", daily_spend_usd=_DAYS), funded("B", daily_spend_usd=_DAYS), funded("C"))
    page = _page(replace(HEALTHY, keys=keys))
    assert "The account of A, B : $40.00 in 20 days, at most $4.00 on 2026-11-05" in page.text
    assert len([attrs for _, attrs in page.tags if attrs.get("class") == "day"]) == len(_DAYS)


def test_many_keys_are_a_table_with_headings_for_screen_readers() -> None:
    keys = tuple(funded(f"KEY_{number}", workspace="research") for number in range(40))
    page = _page(replace(HEALTHY, keys=keys))
    assert len([attrs for tag, attrs in page.tags if tag == "th" and attrs.get("scope") == "row"]) == 40
    assert next(attrs["aria-label"] for tag, attrs in page.tags if tag == "svg") == "KEY_0 can spend $12.34"
    assert page.text.count("research") == 40
    assert "Runway" not in page.text, "no column for what is not known"


def test_the_account_and_every_write_are_shown() -> None:
    row = WriteRow(method="PATCH", path="/keys/" + "ab" * 32, fingerprint="ab" * 32, status=200, what="disable the key")
    account = AccountStatus(balance_usd=Decimal("3.5"), credits_usd=Decimal(10))
    text = _page(Outcome(command="revoke", account=account, writes=(row,))).text
    assert "Balance: $3.50; Bought: $10.00" in text
    assert "PATCH /keys/abababababab…: disable the key (200)" in text


def test_files_and_commits_lead_to_their_pages() -> None:
    links = links_of(GITHUB)
    page = _Page(render("html", TROUBLE, replace(CONTEXT, links=links)))
    addresses = [attrs["href"] for tag, attrs in page.tags if tag == "a"]
    assert f"https://github.com/acme/shop/blob/{COMMIT}/config/prod.env#L3" in addresses
    assert f"https://github.com/acme/shop/commit/{COMMIT}" in addresses


def test_a_finding_shows_rule_place_commit_and_next_step() -> None:
    text = _page(TROUBLE).text
    for said in ("Errors (3)", "Warnings (1)", "Notes (1)", "committed-key", "config/prod.env:3:20", "Next:"):
        assert said in text, said
    assert "commit 1a2b3c4d5e6f of 2026-11-20 on refs/heads/main" in text


def test_commands_are_code_and_only_openrouters_addresses_are_links() -> None:
    help_ = "Run `git reset -- FILE`; see https://openrouter.ai/settings/keys, not https://evil.example/x."
    page = _page(Outcome(command="scan", findings=(finding("committed-key", help=help_),)))
    assert [attrs["href"] for tag, attrs in page.tags if tag == "a"] == ["https://openrouter.ai/settings/keys"]
    assert "git reset -- FILE" in page.text
    assert "`" not in page.text


def test_headings_go_down_one_step_at_a_time() -> None:
    for outcome in EVERYTHING:
        levels = [int(tag[1]) for tag, _ in _page(outcome).tags if re.fullmatch("h[1-6]", tag)]
        assert levels.count(1) == 1
        assert all(deeper - level <= 1 for level, deeper in pairwise(levels))


def test_a_page_says_what_was_scanned_and_that_it_was_not_all() -> None:
    assert "1,200 objects (3.5 MB, 14 commits) of the range." in _page(CLEAN).text
    incomplete = replace(CLEAN, scan=replace(SCAN, complete=False))
    assert "Not all of it could be read." in _page(incomplete).text


def test_a_simulated_run_says_so_at_the_top() -> None:
    text = _page(SIMULATED).text
    assert text.index("SIMULATED: the scenario spent-key-limit") < text.index("Keys")


def test_a_page_stays_small_however_much_was_found() -> None:
    found = tuple(leak(f"f{number}", fingerprint=f"{number % 900:064x}") for number in range(30_000))
    page = render("html", Outcome(command="scan", scan=SCAN, findings=found), CONTEXT)
    assert len(page) < 3_000_000
    assert "400 more findings; the JSON report lists them all" in page
    assert "more places; the JSON report lists them all" in page


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Browser:
    return find_browser(tmp_path_factory.mktemp("profile"))


def test_a_browser_lays_the_page_out_without_a_complaint(browser: Browser, tmp_path: Path) -> None:
    keys = (funded("A", daily_spend_usd=_DAYS), *TROUBLE.keys)
    page = tmp_path / "report.html"
    page.write_text(render("html", replace(TROUBLE, keys=keys), CONTEXT))
    document, console = browser.dom(page)
    assert console == ""
    assert "config/prod.env:3:20" in document
    light = browser.picture(page, tmp_path / "light.png", width=1000, height=700)
    dark = browser.picture(page, tmp_path / "dark.png", width=1000, height=700, dark=True)
    assert light != dark
    assert browser.printed(page, tmp_path / "report.pdf").startswith(b"%PDF-")


def test_a_browser_refuses_what_the_policy_does_not_name(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    attacked = render("html", TROUBLE, CONTEXT).replace("<main>", "<main><script>document.title='pwned'</script>")
    page.write_text(attacked)
    document, console = browser.dom(page)
    assert "<title>OpenRouter preflight: fail</title>" in document
    assert "Content Security Policy" in console


def test_a_browser_finds_nothing_in_hostile_names_but_text(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text(render("html", hostile_outcome(" ".join(HOSTILE) + _ATTACK), CONTEXT))
    document, console = browser.dom(page)
    assert console == ""
    assert "<title>OpenRouter preflight: fail</title>" in document
    assert {tag for tag, _ in _Page(document).tags} <= _TAGS
    assert "document.title='pwned'" in _Page(document).text
