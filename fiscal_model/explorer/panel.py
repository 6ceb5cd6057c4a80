"""The explorer's widgets: they hold a choice and show what :class:`~fiscal_model.explorer.study.Study` says of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from html import escape
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from fiscal_model.errors import FiscalModelError, fault
from fiscal_model.explorer.study import Choice, Control, Figures, Study
from fiscal_model.html import ILLUSTRATIVE, block, heading, table, wan
from fiscal_model.standard.words import item_title
from fiscal_model.vocabulary import ACCOUNTS, PAYERS, Lang, Text

WORDS: Final = {
    "scenario": Text("情景", "Scenario"),
    "items": Text("服务项目", "Items"),
    "place": Text("地区", "Place"),
    "everywhere": Text("全部地区", "Everywhere"),
    "account": Text("账目", "Account"),
    "years": Text("年份", "Years"),
    "start": Text("改动起始年", "Changes from"),
    "reset": Text("全部复原", "Reset"),
    "save": Text("另存为情景文件", "Save as scenario file"),
    "workbook": Text("另存为工作簿", "Save as workbook"),
    "saved": Text("已写出", "wrote"),
    "writing": Text("正在写出工作簿……", "writing the workbook…"),
    "payer": Text("承担主体", "Payer"),
    "before": Text("原情景", "Scenario"),
    "after": Text("改动后", "Changed"),
    "change": Text("变化", "Change"),
    "yearly": Text("各年变化（万元）", "Change by year (10,000 yuan)"),
    "totals": Text("合计（万元）", "Totals (10,000 yuan)"),
    "total": Text("合计", "Total"),
    "explain": Text("数字由来", "How the figures came about"),
    "differs": Text("（各地不一）", " (places differ)"),
    "illustrative": ILLUSTRATIVE,
    "paying": Text("各承担主体分年支出", "Who pays, year by year"),
}
SIZE: Final = (8.4, 4.6)
"""Inches of the picture."""


def explore(inputs: str | Path | None = None, lang: Lang = "zh") -> Explorer:
    """Controls beside figures in a notebook: choose a scenario, items, a place and years; move shares, rates, base amounts and growth.

    Every control is an entry of a scenario file, and what is moved can be saved as one.

    Args:
        inputs: a folder of CSV files or a workbook; the embedded illustrative data when left out.
        lang: ``zh`` or ``en``.

    Raises:
        FiscalModelError: ipywidgets is not installed, or the inputs have faults.

    """
    if find_spec("ipywidgets") is None:
        raise fault(
            "",
            '交互界面需要 ipywidgets：请运行 pip install "fiscal-model[notebook]"',
            'the explorer needs ipywidgets: run pip install "fiscal-model[notebook]"',
        )
    return Explorer(Study(inputs), lang)


class Explorer:
    """The widgets of one study. A notebook shows it by itself; ``choice`` is what is chosen now, ``study`` answers questions about it."""

    def __init__(self, study: Study, lang: Lang) -> None:
        import ipywidgets as w

        self.study, self.lang, self.choice = study, lang, study.first_choice()
        self.sliders: dict[str, Any] = {}
        wide = w.Layout(width="98%")
        self.scenario = w.Dropdown(options=study.scenarios(), value=self.choice.scenario, description=self.say("scenario"), layout=wide)
        self.items = w.SelectMultiple(rows=6, description=self.say("items"), layout=wide)
        self.place = w.Dropdown(description=self.say("place"), layout=wide)
        self.account = w.Dropdown(description=self.say("account"), layout=wide)
        self.years = w.SelectionRangeSlider(options=[0], description=self.say("years"), continuous_update=False, layout=wide)
        self.start = w.Dropdown(description=self.say("start"), style={"description_width": "initial"}, layout=wide)
        self.controls = w.VBox(layout=w.Layout(max_height="420px", overflow="auto"))
        self.buttons = {name: w.Button(description=self.say(name), layout=w.Layout(width="auto")) for name in ("reset", "save", "workbook")}
        self.message, self.tables, self.explanation = w.HTML(), w.HTML(), w.HTML()
        self.picture = w.Image(format="png", layout=w.Layout(max_width="100%"))
        detail = w.Accordion(children=[self.explanation], selected_index=None)
        detail.set_title(0, self.say("explain"))
        left = [
            self.scenario,
            self.items,
            self.place,
            self.account,
            self.years,
            self.start,
            self.controls,
            w.HBox([*self.buttons.values()]),
        ]
        right = [self.message, self.picture, self.tables, detail]
        self.box = w.HBox([w.VBox(left, layout=w.Layout(width="40%")), w.VBox(right, layout=w.Layout(width="60%"))])
        self._watch(detail)
        self.detail = detail
        self._offer()

    def say(self, name: str) -> str:
        return WORDS[name].to(self.lang)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.box._repr_mimebundle_(**options)

    def _watch(self, detail: Any) -> None:
        """What happens when a control is used."""
        self._filling = False
        self.scenario.observe(self._new_scenario, "value")
        self.items.observe(lambda _: self._choose(items=self.items.value), "value")
        self.place.observe(lambda _: self._choose(place=self.place.value), "value")
        self.account.observe(lambda _: self._choose(account=self.account.value), "value")
        self.years.observe(lambda _: self._choose(first=self.years.value[0], last=self.years.value[1]), "value")
        self.start.observe(lambda _: self._choose(start=self.start.value), "value")
        detail.observe(lambda _: self._guarded(self._explain), "selected_index")
        self.buttons["reset"].on_click(lambda _: self._choose(moves={}))
        self.buttons["save"].on_click(lambda _: self._guarded(self._save))
        self.buttons["workbook"].on_click(lambda _: self._guarded(self._workbook))

    def _new_scenario(self, _: Any) -> None:
        if not self._filling:
            self._guarded(lambda: self._take(self.study.first_choice(self.scenario.value)))

    def _take(self, choice: Choice) -> None:
        self.choice = choice
        self._offer()

    def _choose(self, **changes: Any) -> None:
        """A part of the choice changes: what can be moved may change with it."""
        if not self._filling:
            self.choice = replace(self.choice, **changes)
            self._guarded(self._offer)

    def _move(self, control: Control, value: float) -> None:
        """A control is moved."""
        if not self._filling:
            self.choice = replace(self.choice, moves={**self.choice.moves, control.key: value})
            self._guarded(self._show)

    def _guarded(self, act: Callable[[], None]) -> None:
        """Says what is wrong instead of a traceback."""
        self.message.value = ""
        try:
            act()
        except FiscalModelError as error:
            self.message.value = f'<div style="color:#b00020">{escape(error.text(self.lang))}</div>'

    def _offer(self) -> None:
        """Fills every control with what can be chosen now."""
        study, choice = self.study, self.choice
        whole = study.whole(choice.scenario)
        accounts = study.accounts(choice)
        if accounts and choice.account not in accounts:
            self.choice = choice = replace(choice, account=accounts[0])
        names = whole.standard.places.label
        self._filling = True
        try:
            titles = [(item_title(whole.standard.items[number], self.lang), number) for number in study.items(choice.scenario)]
            _fill(self.items, titles, choice.items)
            places = [(names(code).to(self.lang), code) for code in study.places(choice.scenario)]
            _fill(self.place, [(self.say("everywhere"), ""), *places], choice.place)
            _fill(self.account, [(ACCOUNTS[account].to(self.lang), account) for account in accounts], choice.account if accounts else None)
            _fill(self.years, [(str(year), year) for year in whole.years], (choice.first, choice.last))
            _fill(self.start, [(str(year), year) for year in whole.years], choice.start)
            self._offer_controls()
        finally:
            self._filling = False
        self._show()

    def _offer_controls(self) -> None:
        import ipywidgets as w

        rows: list[Any] = []
        self.sliders = {}
        for control in self.study.controls(self.choice):
            label = control.label.to(self.lang) + (self.say("differs") if control.present is None else "")
            slider = w.FloatSlider(
                value=self.choice.moves.get(control.key, control.shown), min=control.low, max=control.high, step=control.step,
                readout_format=".3f" if control.step < 0.01 else ".2f", continuous_update=False, layout=w.Layout(width="95%"),
            )  # fmt: skip
            slider.observe(lambda change, control=control: self._move(control, change["new"]), "value")
            self.sliders[control.key] = slider
            rows += [w.HTML(escape(label)), slider]
        self.controls.children = tuple(rows)

    def _show(self) -> None:
        """Figures first, the picture after them: drawing takes longer than simulating."""
        figures = self.study.figures(self.choice)
        self.tables.value = tables_html(figures, self.lang, self.study.whole(self.choice.scenario).inputs.illustrative)
        self.picture.value = self.drawn(figures)
        self._explain()

    def drawn(self, figures: Figures) -> bytes:
        """The chart of payers as PNG."""
        from matplotlib.figure import Figure

        from fiscal_model.charts.chart import Caption
        from fiscal_model.charts.payers import by_year
        from fiscal_model.charts.style import styled

        whole = self.study.whole(self.choice.scenario)
        where = whole.standard.places.label(self.choice.place or whole.standard.places.root).to(self.lang)
        note = (self.say("illustrative"),) if whole.inputs.illustrative else ()
        about = (where, self.study.changed(self.choice).title.to(self.lang), ACCOUNTS[self.choice.account].to(self.lang), *note)
        buffer = BytesIO()
        with styled():
            figure = Figure(figsize=SIZE)
            ax = figure.add_axes((0.1, 0.08, 0.68, 0.76))
            by_year(figures.after, Caption(self.say("paying"), about, self.lang), ax)
            figure.savefig(buffer, format="png", metadata={"Software": None})
        return buffer.getvalue()

    def _explain(self) -> None:
        """The steps to the last year's figures, while they are open."""
        if self.detail.selected_index is not None and self.choice.items:
            found = [self.study.explanation(self.choice, item, self.choice.last) for item in self.choice.items]
            self.explanation.value = "".join(each.html(self.lang) for each in found)

    def _save(self) -> None:
        self.message.value = f"{self.say('saved')} {escape(str(self.study.save(self.choice)))}"
        self._filling = True
        try:
            _fill(self.scenario, self.study.scenarios(), self.choice.scenario)
        finally:
            self._filling = False

    def _workbook(self) -> None:
        self.message.value = self.say("writing")
        self.message.value = f"{self.say('saved')} {escape(str(self.study.workbook(self.choice, lang=self.lang)))}"


def tables_html(figures: Figures, lang: Lang, illustrative: bool) -> str:
    """Totals over the years shown, and the change year by year, in 10,000 yuan."""
    say = {name: words.to(lang) for name, words in WORDS.items()}
    payers = [*dict.fromkeys((*figures.before.index, *figures.after.index))]
    before, after = (frame.reindex(payers).fillna(0.0) for frame in (figures.before, figures.after))
    change = after - before
    names = [PAYERS[payer].to(lang) for payer in payers]
    totals = [(name, *map(wan, row)) for name, row in zip(names, zip(before.sum(axis=1), after.sum(axis=1), strict=True), strict=True)]
    totals = [(*row, wan(moved, True)) for row, moved in zip(totals, change.sum(axis=1), strict=True)]
    whole = (say["total"], wan(before.to_numpy().sum()), wan(after.to_numpy().sum()), wan(change.to_numpy().sum(), True))
    yearly = [(str(year), *(wan(moved, True) for moved in change[year].tolist())) for year in change.columns]
    return block(
        *([heading(say["illustrative"])] if illustrative else []),
        heading(say["totals"]),
        table([say[name] for name in ("payer", "before", "after", "change")], [*totals, whole]),
        heading(say["yearly"]),
        table([say["years"], *names], yearly),
    )


def _fill(widget: Any, options: Sequence[Any], value: Any) -> None:
    """Options and what is chosen of them."""
    if tuple(widget.options) != tuple(options):
        widget.options = options
    widget.value = value
