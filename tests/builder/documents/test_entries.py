# ruff: noqa: E501 - questions and pages stand on one line each
"""Lists, tables, options and definitions: the name is asked by its description, with the page it stands on."""

from __future__ import annotations

import pytest

from calibrant.builder.documents import Corpus
from calibrant.builder.documents.facts.entries import names_it, page_of
from calibrant.builder.documents.generator import Rules
from calibrant.builder.documents.html import read_html
from calibrant.builder.documents.markdown import read_markdown

PAGE = "kiln(1)"


def asked(body: str, title: str = PAGE) -> dict[str, tuple[str, ...]]:
    """Question -> golds of a page of HTML."""
    page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>"
    return {
        item.question.text: item.question.golds
        for item in Rules()(Corpus.of([read_html(page.encode(), "p.html")])).items
    }


def asked_in_markdown(text: str) -> dict[str, tuple[str, ...]]:
    return {
        item.question.text: item.question.golds
        for item in Rules()(Corpus.of([read_markdown(text.encode(), "p.md")])).items
    }


def test_an_option_is_asked_by_its_description_and_each_of_its_names_is_right() -> None:
    found = asked(
        "<dl><dt>-n</dt><dt>--dry-run</dt><dd><p>Show the firing plan without heating anything.</p></dd></dl>"
    )
    question = (
        "Which option is described as \u201cShow the firing plan without heating anything\u201d in \u201ckiln(1)\u201d?"
    )
    assert found == {question: ("-n", "--dry-run")}


def test_names_of_one_term_are_parted_and_arguments_are_no_part_of_a_name() -> None:
    found = asked(
        "<dl><dt>-r <em>RATE</em>, --rate=<em>RATE</em></dt><dd><p>Heat by so many degrees in an hour. The default is 120.</p></dd></dl>"
    )
    assert set(found.values()) == {("-r", "--rate"), ("120",)}
    assert found["What is the default value of --rate in \u201ckiln(1)\u201d?"] == ("120",)


@pytest.mark.parametrize(
    "description",
    [
        "See the option above.",
        "Use kilnctl in place of this.",
        "Short.",
        "The --glaze option sets how the glaze of a pot is fired.",
        "Otherwise the temperature is kept for one more hour.",
    ],
)
def test_what_describes_nothing_or_names_the_option_is_not_asked(description: str) -> None:
    assert asked(f"<dl><dt>--glaze</dt><dd><p>{description}</p></dd></dl>") == {}


def test_a_name_that_is_described_twice_on_a_page_is_asked_nowhere() -> None:
    twice = "<dl><dt>--glaze</dt><dd><p>Fire the pots once more, at a lower heat.</p></dd></dl>"
    assert asked(twice + twice.replace("lower", "higher")) == {}


def test_the_line_of_a_manual_page_is_read() -> None:
    found = asked("<h2>NAME</h2><p>kiln - Fire pots by a plan of temperatures</p>")
    assert found == {
        "Which program or page of a manual is described as \u201cFire pots by a plan of temperatures\u201d?": ("kiln",)
    }


TABLE = """\
# Kilns

## Plans

| plan | hours | meant for |
|---|---|---|
| `slow_bisque` | 14 hours | thick pots that have not been fired before |
| `fast_glaze` | 6 hours | pots that were fired and are covered with glaze |
"""


def test_a_table_gives_cells_by_name_and_names_by_what_is_said_of_them() -> None:
    where = "under \u201cPlans\u201d in \u201cKilns\u201d"
    found = asked_in_markdown(TABLE)
    assert found[f"What has plan \u201cslow_bisque\u201d in the column \u201chours\u201d, {where}?"] == ("14 hours",)
    question = f"Which plan has \u201cthick pots that have not been fired before\u201d in the column \u201cmeant for\u201d, {where}?"
    assert found[question] == ("slow_bisque",)
    assert len(found) == 3  # the second description names its plan


def test_a_table_without_a_head_or_with_one_name_twice_gives_nothing() -> None:
    assert asked("<table><tr><td>slow_bisque</td><td>14 hours</td></tr></table>") == {}
    assert asked_in_markdown(TABLE.replace("`fast_glaze`", "`slow_bisque`")) == {}


def test_an_entry_of_a_list_is_read_where_its_name_is_marked_as_code() -> None:
    text = "# Kilns\n\n- `kiln.cool`: lowers the heat by ten degrees in a minute\n- Rest: waits for the pots of the others to dry\n"
    question = (
        "Which entry is described as \u201clowers the heat by ten degrees in a minute\u201d in \u201cKilns\u201d?"
    )
    assert asked_in_markdown(text) == {question: ("kiln.cool",)}


@pytest.mark.parametrize(
    ("sentence", "term"),
    [
        ("A saggar is a box of clay that keeps smoke from pots in the fire.", "saggar"),
        ("Slip is a mixture of fine earth and water for painting pots.", None),
        ("A box of clay that keeps smoke from pots is called a saggar.", "saggar"),
        ("The saggar is a box of clay that keeps smoke from pots in the fire.", None),
        ("Since it is a box of clay that keeps smoke out, pots stay clean.", None),
        ("A saggar is a very useful thing for potters in the country.", None),
        ("A saggar is a box that is like the one above in many ways.", None),
        ("A clay box is a box of clay that keeps smoke from the pots.", None),
        ("A saggar is probably a box of clay that keeps smoke from pots.", None),
    ],
)
def test_a_definition_is_asked_for_its_term_and_a_remark_is_not(sentence: str, term: str | None) -> None:
    found = asked_in_markdown(f"# Firing\n\n{sentence}\n")
    assert [golds[0] for golds in found.values()] == ([] if term is None else [term])
    assert all("\u201cFiring\u201d" in question for question in found)


def test_a_term_that_a_page_defines_twice_is_not_asked() -> None:
    text = "# Firing\n\nA saggar is a box of clay that keeps smoke out.\n\nA saggar is a person who makes boxes for potters.\n"
    assert asked_in_markdown(text) == {}


def test_long_forms_are_read_before_and_behind_their_letters() -> None:
    text = "The PCE (Pyrometric Cone Equivalent) is printed on it. In reports LOI stands for loss on ignition."
    found = asked_in_markdown(text)
    assert found["What does PCE stand for?"] == ("Pyrometric Cone Equivalent",)
    assert found["What does LOI stand for?"] == ("loss on ignition",)


def test_a_parameter_that_came_later_is_asked_for_its_version() -> None:
    page = (
        '<html><head><title>kiln \u2014 Firing \u2014 Python 3.11.2 documentation</title></head><body><dl class="py function">'
        '<dt id="kiln.fire">kiln.fire(plan, cool=True)</dt><dd><p>Fire.</p>'
        "<p>Changed in version 3.6: Added the optional <em>cool</em> parameter.</p>"
        "<p>Changed in version 3.7: The plan may be a path.</p></dd></dl></body></html>"
    )
    items = Rules()(Corpus.of([read_html(page.encode(), "p.html")])).items
    found = {item.question.text: item.question.golds for item in items}
    assert found["In which version of Python was the parameter cool of kiln.fire added?"] == ("3.6",)
    assert not [question for question in found if "plan" in question]


def test_a_page_in_another_language_is_left_out_and_counted() -> None:
    german = (
        "# Brennen\n\nDer Brand ist der letzte Schritt, und die Ware wird dabei hart; er dauert mit dem Abkühlen einen Tag.\n\n"
        "| Plan | Zweck |\n|---|---|\n| `schrueh` | für Ware, die noch nicht gebrannt ist und viel Wasser hat |\n"
    )
    made = Rules()(Corpus.of([read_markdown(german.encode(), "p.md")]))
    assert not made.items
    assert made.unusable["its document is evidently not in English"] >= 1


def test_a_page_is_called_by_its_title_without_its_edition() -> None:
    titles = {
        "kiln(1) Manual Page": "kiln(1)",
        "kiln \u2014 Python 3.11.2 documentation": "kiln \u2014 Python",
        "x": None,
    }
    assert {title: page_of(read_markdown(f"# {title}\n\nText.\n".encode(), "p.md")) for title in titles} == titles


def test_a_name_is_given_away_by_any_of_its_words() -> None:
    assert names_it("Fires the pots of a kiln", "kiln.fire")
    assert names_it("Tk is a package", "Tk")
    assert not names_it("Shows the plan", "--dry-run")
