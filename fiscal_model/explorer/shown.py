"""What figures look like beside the controls: tables and a picture, in one unit."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from fiscal_model.blocks import ILLUSTRATIVE, IN_WAN, Heading, Paragraph, Table, page, wan
from fiscal_model.explorer.controls import Choice
from fiscal_model.explorer.study import Figures, Study
from fiscal_model.standard.payers import PAYERS, Payers
from fiscal_model.vocabulary import ACCOUNTS, UNITS, Lang, Text

WORDS: Final = {
    "payer": Text("承担主体", "Payer"),
    "before": Text("原情景", "Scenario"),
    "after": Text("改动后", "Changed"),
    "reference": Text("对照情景", "Reference"),
    "chosen": Text("所选情景", "Chosen"),
    "change": Text("变化", "Change"),
    "years": Text("年份", "Years"),
    "yearly": Text("各年变化", "Change by year"),
    "totals": Text("合计", "Totals"),
    "total": Text("合计", "Total"),
}
VIEWS: Final = {
    "paying": Text("各承担主体分年支出", "Who pays, year by year"),
    "moving": Text("各承担主体分年变化", "The change by payer, year by year"),
}
"""What the picture can show."""
SIZE: Final = (7.6, 3.8)
"""Inches of the picture."""
FRAME: Final = (0.14, 0.09, 0.57, 0.7)
"""Where its axes stand: titles above, the payers on the right."""
COLUMNS: Final = 76
"""How many Latin letters of its title fit on a line."""


def tables_html(
    figures: Figures,
    lang: Lang,
    illustrative: bool,
    columns: tuple[str, str] = ("before", "after"),
    payers: Payers = PAYERS,
) -> str:
    """Totals over the years that can be compared, and the change year by year, in 10,000 yuan."""
    say = {name: words.to(lang) for name, words in WORDS.items()}
    change, years = figures.change, list(figures.years)
    names = [payers[payer].name.to(lang) for payer in change.index]
    sums = [
        frame[years].sum(axis=1, min_count=1) for frame in (figures.before, figures.after, change)
    ]
    totals = [
        (name, wan(a), wan(b), wan(moved, True))
        for name, a, b, moved in zip(names, *sums, strict=True)
    ]
    a, b, moved = (each.sum(min_count=1) for each in sums)
    yearly = [
        (str(year), *(wan(amount, True) for amount in change[year].tolist()))
        for year in change.columns
    ]
    lacking = [str(year) for year in change.columns.difference(years)]
    missing = Text(
        f"对照情景没有的年份不计入合计与变化：{'、'.join(lacking)}",
        f"years that the reference lacks are left out: {', '.join(lacking)}",
    )
    heads = [say[name] for name in ("payer", *columns, "change")]
    return page(
        [
            *([Heading(ILLUSTRATIVE.to(lang))] if illustrative else []),
            *([Paragraph(missing.to(lang))] if lacking else []),
            Heading(say["totals"] + IN_WAN.to(lang)),
            Table(heads, [*totals, (say["total"], wan(a), wan(b), wan(moved, True))]),
            Heading(say["yearly"] + IN_WAN.to(lang)),
            Table([say["years"], *names], yearly),
        ]
    )


def titles_of(study: Study, choice: Choice, view: str, lang: Lang) -> tuple[str, ...]:
    """What a picture is of: its name, the place, the scenarios, and the account."""
    whole = study.whole(choice.scenario)
    where = whole.standard.places.label(choice.place or whole.standard.places.root)
    titles = [study.changed(choice).title]
    if view == "moving" and (choice.against != choice.scenario or study.moved(choice)):
        titles.insert(0, study.reference(choice).scenario.title)
    return (
        VIEWS[view].to(lang),
        where.to(lang),
        " → ".join(title.to(lang) for title in titles),
        ACCOUNTS[choice.account].to(lang),
        *([ILLUSTRATIVE.to(lang)] if whole.inputs.illustrative else []),
    )


def picture(
    figures: Figures, view: str, titles: tuple[str, ...], payers: Payers, lang: Lang
) -> bytes:
    """The picture as PNG: who pays, or the change, in the unit of the tables."""
    from matplotlib.figure import Figure

    from fiscal_model.charts import change
    from fiscal_model.charts import payers as paying
    from fiscal_model.charts.chart import Caption
    from fiscal_model.charts.style import SHARP, styled

    what, *about = titles
    caption, buffer = Caption(what, tuple(about), lang, COLUMNS, payers), BytesIO()
    with styled():
        figure = Figure(figsize=SIZE)
        ax = figure.add_axes(FRAME)
        if view == "moving":
            change.by_year(figures.change, caption, ax, UNITS["wan"])
        else:
            paying.by_year(figures.after, caption, ax, UNITS["wan"])
        figure.savefig(buffer, format="png", dpi=SHARP, metadata={"Software": None})
    return buffer.getvalue()
