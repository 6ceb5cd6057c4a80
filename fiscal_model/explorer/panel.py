"""The explorer's widgets: they hold a choice and show what
:class:`~fiscal_model.explorer.study.Study` says of it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from html import escape
from io import BytesIO
from typing import Any, Final
from uuid import uuid4

from fiscal_model.blocks import ILLUSTRATIVE, Heading, Paragraph, Table, page, wan
from fiscal_model.calls import answered
from fiscal_model.errors import FiscalModelError
from fiscal_model.explorer.study import (
    PERCENT,
    REFERENCE,
    Choice,
    Control,
    Figures,
    Study,
    own_scenarios,
)
from fiscal_model.extras import check_extra
from fiscal_model.inputs.source import Source
from fiscal_model.language import spoken
from fiscal_model.messages.message import message
from fiscal_model.names import Names
from fiscal_model.scenario.read import FOUNDATION, scenario_names
from fiscal_model.standard.payers import PAYERS, Payers
from fiscal_model.standard.words import item_title
from fiscal_model.vocabulary import ACCOUNTS, Lang, Text, listed

WORDS: Final = {
    "scenario": Text("情景", "Scenario"),
    "against": Text("对照情景", "Compare with"),
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
    "opened": Text("改为打开", "opened instead"),
    "ended": Text("已撤销或收窄的改动：", "moves ended or narrowed: "),
    "payer": Text("承担主体", "Payer"),
    "before": Text("原情景", "Scenario"),
    "after": Text("改动后", "Changed"),
    "reference": Text("对照情景", "Reference"),
    "chosen": Text("所选情景", "Chosen"),
    "change": Text("变化", "Change"),
    "yearly": Text("各年变化（万元）", "Change by year (10,000 yuan)"),
    "totals": Text("合计（万元）", "Totals (10,000 yuan)"),
    "total": Text("合计", "Total"),
    "explain": Text("数字由来", "How the figures came about"),
    "unstated": Text("：各地不一，或没有规定", ": places differ, or nobody states it"),
    "unmovable": Text("所选项目没有可以移动的数值。", "Nothing can be moved in the items chosen."),
    "illustrative": ILLUSTRATIVE,
    "paying": Text("各承担主体分年支出", "Who pays, year by year"),
    "moving": Text("各承担主体分年变化", "The change by payer, year by year"),
    "still": Text("控件须在运行中的笔记本里使用。", "The controls work in a running notebook."),
}
VIEWS: Final = ("paying", "moving")
"""What the picture can show."""
SHORT: Final = {
    "paying": Text("图：分担主体", "Picture: payers"),
    "moving": Text("图：变化", "Picture: change"),
}
SIZE: Final = (8.4, 4.6)
"""Inches of the picture."""
FRAME: Final = (0.09, 0.08, 0.65, 0.72)
"""Where its axes stand: titles above, the payers on the right."""
COLUMNS: Final = 84
"""How many Latin letters of its title fit on a line."""
READOUT: Final = ".2f"
"""How a slider shows its value: a comma would be read back as the end of the number."""


@answered
def explore(
    scenario: str = REFERENCE, inputs: Source | None = None, lang: Lang | None = None
) -> Explorer:
    """Controls beside figures in a notebook: choose a scenario, items, a place and years; move
    shares, rates, base amounts and growth.

    Every control is an entry of a scenario file, and what is moved can be saved as one.

    Args:
        scenario: the one to open: a shipped name, or a scenario file of the working folder.
        inputs: as :func:`fiscal_model.simulate`; the embedded illustrative data when left out.
        lang: ``zh`` or ``en``; the language set when left out.

    Raises:
        FiscalModelError: ipywidgets is not installed, or the scenario or the inputs have faults.

    """
    lang = spoken(lang)
    check_extra("notebook")
    return Explorer(Study(inputs), scenario, lang)


class Explorer:
    """The widgets of one study. A notebook shows it by itself; ``choice`` is what is chosen now,
    ``study`` answers questions about it.
    """

    def __init__(self, study: Study, scenario: str, lang: Lang) -> None:
        import ipywidgets as w

        self.study, self.lang = study, lang
        self.choice, instead = _opening(study, scenario)
        self.sliders: dict[str, Any] = {}
        wide, style = w.Layout(width="98%"), {"description_width": "7.5em"}
        names: dict[str, Any] = {
            name: {"description": self.say(name), "layout": wide, "style": style} for name in WORDS
        }
        self.scenario = w.Dropdown(**names["scenario"])
        self.against = w.Dropdown(**names["against"])
        self.items = w.SelectMultiple(rows=8, layout=wide)
        self.place = w.Dropdown(**names["place"])
        self.account = w.Dropdown(**names["account"])
        self.years = w.SelectionRangeSlider(options=[0], continuous_update=False, **names["years"])
        self.start = w.Dropdown(**names["start"])
        self.scope = w.HTML()
        self.controls = w.VBox(layout=w.Layout(max_height="420px", overflow="auto"))
        self.buttons = {
            name: w.Button(description=self.say(name), layout=w.Layout(width="auto"))
            for name in ("reset", "save", "workbook")
        }
        self.view = w.ToggleButtons(
            options=[(SHORT[view].to(lang), view) for view in VIEWS], style={"button_width": "auto"}
        )
        self.message, self.tables, self.explanation = w.HTML(), w.HTML(), w.HTML()
        self.name, self.still = f"fiscal-model-{uuid4().hex}", None
        hiding = w.HTML(f"<style>.{self.name} {{display: none}}</style>")
        self.picture = w.Image(format="png", layout=w.Layout(max_width="100%"))
        self.detail = w.Accordion(children=[self.explanation], selected_index=None)
        self.detail.set_title(0, self.say("explain"))
        chosen = [
            self.scenario,
            self.against,
            w.HTML(self.say("items")),
            self.items,
            self.place,
            self.account,
            self.years,
            self.start,
        ]
        buttons = w.HBox([*self.buttons.values()], layout=w.Layout(flex_flow="row wrap"))
        left = w.VBox([*chosen, self.scope, self.controls, buttons], layout=w.Layout(width="40%"))
        right = w.VBox(
            [self.message, self.view, self.picture, self.tables, self.detail, hiding],
            layout=w.Layout(width="60%"),
        )
        self.box = w.HBox([left, right])
        self._watch()
        self._guarded(lambda: self._take(self.choice))
        if instead:
            self.message.value += _wrong(
                f"{instead.text(lang)}\n{self.say('opened')} {self.choice.scenario}"
            )

    def say(self, name: str) -> str:
        return WORDS[name].to(self.lang)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        words = f"<div>{escape(self.say('still'))}</div>"
        return {**self.box._repr_mimebundle_(**options), "text/html": words}

    def _ipython_display_(self) -> None:
        """The widgets, and below them what they show as a page: read where no kernel runs, and
        hidden by the widgets where they are alive.
        """
        from IPython.display import HTML, display

        display(self._repr_mimebundle_(), raw=True)
        self.still = display(HTML(self._page()), display_id=True)

    def _page(self) -> str:
        """The picture and the tables as they stand now."""
        picture = b64encode(self.picture.value).decode()
        image = f'<img style="max-width:100%" src="data:image/png;base64,{picture}">'
        return f'<div class="{self.name}">{image * bool(picture)}{self.tables.value}</div>'

    def _watch(self) -> None:
        """What happens when a control is used."""
        self._filling = False
        self.scenario.observe(lambda _: self._used(self._new_scenario), "value")
        self.against.observe(
            lambda _: self._used(lambda: self._new_reference(self.against.value)), "value"
        )
        for name in ("items", "place", "account", "start"):
            widget = getattr(self, name)
            widget.observe(lambda change, name=name: self._choose(**{name: change["new"]}), "value")
        self.years.observe(
            lambda _: self._choose(first=self.years.value[0], last=self.years.value[1]), "value"
        )
        self.view.observe(lambda _: self._used(self._show), "value")
        self.detail.observe(lambda _: self._used(self._explain), "selected_index")
        self.buttons["reset"].on_click(lambda _: self._choose(moves={}))
        self.buttons["save"].on_click(lambda _: self._used(self._save))
        self.buttons["workbook"].on_click(lambda _: self._used(self._workbook))

    def _used(self, act: Callable[[], None]) -> None:
        """Acts when the user, and not the explorer itself, has set a control."""
        if not self._filling:
            self._guarded(act)

    def _choose(self, **changes: Any) -> None:
        """A part of the choice changes: what can be moved may change with it."""
        self._used(lambda: self._take(replace(self.choice, **changes)))

    def _new_scenario(self) -> None:
        """Another scenario, read anew: what differs from the reference, in the place that is looked
        at.
        """
        try:
            self.study.forget(self.scenario.value)
            choice = self.study.first_choice(self.scenario.value, self.choice.against)
        except FiscalModelError:
            self._offer()
            raise
        if self.choice.place in self.study.places(choice.scenario):
            choice = replace(choice, place=self.choice.place)
        self._take(choice)

    def _new_reference(self, against: str) -> None:
        if against != self.choice.scenario:
            self.study.forget(against)
        self._take(replace(self.choice, against=against))

    def _move(self, control: Control, value: float) -> None:
        """A control is moved; back to where it stood when it shows what it showed."""
        moves = {**self.choice.moves, control.key: value / _scale(control)}
        if control.present is not None and format(value, READOUT) == format(
            control.present * _scale(control), READOUT
        ):
            del moves[control.key]
        self.choice = replace(self.choice, moves=moves)
        self.sliders[control.key].readout = True
        self._show()

    def _guarded(self, act: Callable[[], None]) -> None:
        """Says what is wrong instead of a traceback."""
        self.message.value = ""
        try:
            act()
        except FiscalModelError as error:
            self.message.value = _wrong(error.text(self.lang))

    def _take(self, wanted: Choice) -> None:
        """Takes a choice as far as it holds and says which moves it ends; where nothing can be
        offered for it, the controls go back.
        """
        before = self.choice
        try:
            self.choice = self.study.settled(wanted)
            ended = (
                [each for each in self.study.moved(before) if _ends(each, wanted, self.choice)]
                if before.scenario == wanted.scenario
                else []
            )
        except FiscalModelError:
            self.choice = before
            raise
        finally:
            self._offer()
        if ended:
            names = listed((each.label.to(self.lang) for each in ended), self.lang)
            self.message.value = f"<div>{escape(self.say('ended') + names)}</div>"
        self._show()

    def _offer(self) -> None:
        """Fills every control with what can be chosen now."""
        study, choice = self.study, self.choice
        whole, accounts = study.whole(choice.scenario), study.accounts(choice)
        names = whole.standard.places.label
        self._filling = True
        try:
            self._offer_scenarios()
            titles = [
                (item_title(whole.standard.items[number], self.lang), number)
                for number in study.items(choice.scenario)
            ]
            _fill(self.items, titles, choice.items)
            places = [(names(code).to(self.lang), code) for code in study.places(choice.scenario)]
            _fill(self.place, [(self.say("everywhere"), ""), *places], choice.place)
            _fill(
                self.account,
                [(ACCOUNTS[account].to(self.lang), account) for account in accounts],
                choice.account if accounts else None,
            )
            _fill(
                self.years, [(str(year), year) for year in whole.years], (choice.first, choice.last)
            )
            _fill(self.start, [(str(year), year) for year in whole.years], choice.start)
            self._offer_controls()
        finally:
            self._filling = False

    def _offer_scenarios(self) -> None:
        """What is chosen stays on offer even when its file is gone."""
        offered = tuple(
            dict.fromkeys((*self.study.scenarios(), self.choice.scenario, self.choice.against))
        )
        _fill(self.scenario, offered, self.choice.scenario)
        _fill(self.against, offered, self.choice.against)

    def _offer_controls(self) -> None:
        import ipywidgets as w

        rows: list[Any] = []
        self.sliders = {}
        for control in self.study.controls(self.choice):
            moved, scale = control.key in self.choice.moves, _scale(control)
            label = control.label.to(self.lang) + (
                "" if control.present is not None else self.say("unstated")
            )
            value = self.choice.moves.get(control.key, control.shown)
            low, high, step, value = (
                round(each * scale, 6) for each in (control.low, control.high, control.step, value)
            )
            slider = w.FloatSlider(
                value=value,
                min=low,
                max=high,
                step=step,
                readout=moved or control.present is not None,
                readout_format=READOUT,
                continuous_update=False,
                layout=w.Layout(width="95%"),
            )
            slider.observe(
                lambda change, control=control: self._used(
                    lambda: self._move(control, change["new"])
                ),
                "value",
            )
            self.sliders[control.key] = slider
            rows += [w.HTML(escape(label)), slider]
        self.controls.children = tuple(rows)
        self.scope.value = escape(self._scope() if rows else self.say("unmovable"))

    def _scope(self) -> str:
        """Where and from when on moves hold."""
        choice = self.choice
        places = self.study.whole(choice.scenario).standard.places
        zh, en = places.label(choice.place or places.root)
        return Text(
            f"以下改动适用于{zh}，自{choice.start}年起；增长率自数据末年之后起。",
            f"Moves hold in {en} from {choice.start} on; growth after the last year supplied.",
        ).to(self.lang)

    def _show(self) -> None:
        """Figures first, the picture after them: drawing takes longer than simulating. Nothing is
        left standing that belongs to another choice.
        """
        try:
            figures = self.study.figures(self.choice)
            self.tables.value = self.tabled(figures)
            self.picture.value = self.drawn(figures)
            self.picture.layout.visibility = "visible"
        except FiscalModelError:
            self.tables.value = self.explanation.value = ""
            self.picture.layout.visibility = "hidden"
            raise
        finally:
            if self.still is not None:
                from IPython.display import HTML

                self.still.update(HTML(self._page()))
        self._explain()

    def tabled(self, figures: Figures) -> str:
        """The tables of figures as HTML."""
        choice, whole = self.choice, self.study.whole(self.choice.scenario)
        columns = (
            ("before", "after") if choice.against == choice.scenario else ("reference", "chosen")
        )
        return tables_html(
            figures, self.lang, whole.inputs.illustrative, columns, whole.standard.payers
        )

    def drawn(self, figures: Figures) -> bytes:
        """The picture as PNG: who pays, or the change."""
        from matplotlib.figure import Figure

        from fiscal_model.charts import change, payers
        from fiscal_model.charts.chart import Caption
        from fiscal_model.charts.style import styled

        view, choice = self.view.value, self.choice
        whole = self.study.whole(choice.scenario)
        where = whole.standard.places.label(choice.place or whole.standard.places.root).to(
            self.lang
        )
        titles = [self.study.changed(choice).title.to(self.lang)]
        if view == "moving" and (choice.against != choice.scenario or self.study.moved(choice)):
            titles.insert(0, self.study.reference(choice).scenario.title.to(self.lang))
        note = (self.say("illustrative"),) if whole.inputs.illustrative else ()
        about = (where, " → ".join(titles), ACCOUNTS[choice.account].to(self.lang), *note)
        caption, buffer = (
            Caption(self.say(view), about, self.lang, COLUMNS, whole.standard.payers),
            BytesIO(),
        )
        with styled():
            figure = Figure(figsize=SIZE)
            ax = figure.add_axes(FRAME)
            if view == "moving":
                change.by_year(figures.change, caption, ax)
            else:
                payers.by_year(figures.after, caption, ax)
            figure.savefig(buffer, format="png", metadata={"Software": None})
        return buffer.getvalue()

    def _explain(self) -> None:
        """The steps to the last year's figures, while they are open."""
        if self.detail.selected_index is not None:
            self.explanation.value = "".join(self._steps(item) for item in self.choice.items)

    def _steps(self, item: int) -> str:
        try:
            return self.study.explanation(self.choice, item, self.choice.last).html(self.lang)
        except FiscalModelError as error:  # not costed there: the other items are
            return _wrong(error.text(self.lang))

    def _save(self) -> None:
        self.message.value = f"{self.say('saved')} {escape(str(self.study.save(self.choice)))}"
        self._filling = True
        try:
            self._offer_scenarios()
        finally:
            self._filling = False

    def _workbook(self) -> None:
        self.message.value = self.say("writing")
        self.message.value = (
            f"{self.say('saved')} {escape(str(self.study.workbook(self.choice, lang=self.lang)))}"
        )


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
    lacking = [
        str(year)
        for year, shared in zip(change.columns, change.columns.isin(figures.years), strict=True)
        if not shared
    ]
    missing = Text(
        f"对照情景没有的年份不计入合计与变化：{'、'.join(lacking)}",
        f"years that the reference lacks are left out: {', '.join(lacking)}",
    )
    heads = [say[name] for name in ("payer", *columns, "change")]
    return page(
        [
            *([Heading(say["illustrative"])] if illustrative else []),
            *([Paragraph(missing.to(lang))] if lacking else []),
            Heading(say["totals"]),
            Table(heads, [*totals, (say["total"], wan(a), wan(b), wan(moved, True))]),
            Heading(say["yearly"]),
            Table([say["years"], *names], yearly),
        ]
    )


def _opening(study: Study, scenario: str) -> tuple[Choice, FiscalModelError | None]:
    """The first choice; where a scenario or the reference cannot be simulated on the data, that of
    another by itself, and what is wrong.

    Raises:
        FiscalModelError: there is no such scenario; or what is wrong where no other can be
            simulated either.

    """
    titles = scenario_names().known
    known = {name: titles.get(name, Text("", "")) for name in study.scenarios()}
    names = Names(Text("情景", "scenario"), known)
    more = message("scenarios-to-open", names=names.all())
    scenario = replace(names, more=more).code(scenario)
    try:
        return study.first_choice(scenario), None
    except FiscalModelError as error:
        for other in dict.fromkeys((scenario, *own_scenarios(), FOUNDATION)):
            with suppress(FiscalModelError):
                return study.first_choice(other, other), error
        raise


def _scale(control: Control) -> float:
    """What a value is multiplied with to be shown in its unit."""
    return 100.0 if control.unit is PERCENT else 1.0


def _ends(control: Control, wanted: Choice, taken: Choice) -> bool:
    """Whether a move that was still wanted does not stand, or not where it stood."""
    return control.key in wanted.moves and taken.moves.get(control.key) != wanted.moves[control.key]


def _wrong(text: str) -> str:
    """What is wrong, a fault a line."""
    return f'<div style="color:#b00020;white-space:pre-line">{escape(text)}</div>'


def _fill(widget: Any, options: Sequence[Any], value: Any) -> None:
    """Options and what is chosen of them."""
    if tuple(widget.options) != tuple(options):
        widget.options = options
    widget.value = value
