"""The explorer's widgets: they hold a choice and show what
:class:`~fiscal_model.explorer.study.Study` says of it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from fiscal_model.calls import answered
from fiscal_model.errors import FiscalModelError
from fiscal_model.explorer.controls import REFERENCE, Choice, Control
from fiscal_model.explorer.look import ANSWER, MOVES, NAME, STYLE
from fiscal_model.explorer.rows import Row
from fiscal_model.explorer.shown import VIEWS, picture, tables_html, titles_of
from fiscal_model.explorer.study import Figures, Study, own_scenarios, scenario_title
from fiscal_model.extras import check_extra
from fiscal_model.inputs.source import Source
from fiscal_model.language import spoken
from fiscal_model.messages.message import message
from fiscal_model.names import Names
from fiscal_model.scenario.read import FOUNDATION
from fiscal_model.standard.words import item_title
from fiscal_model.vocabulary import ACCOUNTS, Lang, Text, joined, labelled, listed, noun, spans

WORDS: Final = {
    "scenario": Text("情景", "Scenario"),
    "against": Text("对照情景", "Compare with"),
    "items": Text("服务项目（按住 Ctrl 可选多项）", "Items (hold Ctrl to choose several)"),
    "place": Text("地区", "Place"),
    "everywhere": Text("全部地区", "Everywhere"),
    "account": Text("账目", "Account"),
    "first": Text("年份从", "Years from"),
    "last": Text("至", "to"),
    "start": Text("改动起始年", "Changes from"),
    "reset": Text("全部复原", "Reset all"),
    "save": Text("另存为情景文件", "Save as scenario file"),
    "workbook": Text("另存为工作簿", "Save as workbook"),
    "saved": Text("已写出", "wrote"),
    "working": Text("正在计算……", "calculating…"),
    "writing": Text("正在写出工作簿……", "writing the workbook…"),
    "opened": Text("改为打开", "opened instead"),
    "ended": Text("已撤销或收窄的改动", "moves ended or narrowed"),
    "explain": Text("数字由来", "How the figures came about"),
    "still": Text("控件须在运行中的笔记本里使用。", "The controls work in a running notebook."),
}
SHORT: Final = {
    "paying": Text("图：分担主体", "Picture: payers"),
    "moving": Text("图：变化", "Picture: change"),
}


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
        self.rows: dict[str, Row] = {}
        self.scenario, self.against = self._dropdown("scenario"), self._dropdown("against")
        self.place, self.account = self._dropdown("place"), self._dropdown("account")
        self.first, self.last = self._dropdown("first"), self._dropdown("last")
        self.start = self._dropdown("start")
        self.items = w.SelectMultiple(
            rows=5, tooltip=self.say("items"), layout=w.Layout(width="98%")
        )
        self.scope, self.moves = w.HTML(), w.HTML()
        self.controls = w.VBox()
        self.buttons = {
            name: w.Button(description=self.say(name), layout=w.Layout(width="auto"))
            for name in ("reset", "save", "workbook")
        }
        self.view = w.ToggleButtons(
            options=[(SHORT[view].to(lang), view) for view in VIEWS], style={"button_width": "auto"}
        )
        self.message, self.tables, self.explanation = w.HTML(), w.HTML(), w.HTML()
        self.picture = w.HTML()
        self.page, self.still = f"fiscal-model-{uuid4().hex}", None
        self.detail = w.Accordion(children=[self.explanation], selected_index=None)
        self.detail.set_title(0, self.say("explain"))
        self.box = self._laid_out()
        self._watch()
        self._guarded(lambda: self._take(self.choice))
        if instead:
            told = f"{instead.text(lang)}\n{self.say('opened')} {self.choice.scenario}"
            self.message.value += _wrong(told)

    def _dropdown(self, name: str) -> Any:
        """One of a list; it shares its line with others."""
        import ipywidgets as w

        layout = w.Layout(width="auto", flex="1 1 auto", min_width="0")
        style = {"description_width": "initial"}
        return w.Dropdown(description=self.say(name), style=style, layout=layout)

    def _laid_out(self) -> Any:
        """What is chosen above; below it the controls on the left, the figures on the right. What
        is answered stands beside the buttons.
        """
        import ipywidgets as w

        self.moves.add_class(MOVES)
        self.message.add_class(ANSWER)
        half = w.Layout(width="50%")
        items = w.VBox([w.HTML(escape(self.say("items"))), self.items], layout=half)
        dropdowns = w.VBox(
            [
                self.scenario,
                self.against,
                w.HBox([self.place, self.account]),
                w.HBox([self.first, self.last, self.start]),
            ],
            layout=half,
        )
        left = w.VBox([self.scope, self.moves, self.controls], layout=half)
        right = w.VBox([self.view, self.picture, self.tables, self.detail], layout=half)
        box = w.VBox(
            [
                w.HTML(
                    f"{STYLE}<style>.{self.page} {{display: none}}</style>",
                    layout=w.Layout(display="none"),
                ),
                w.HBox([items, dropdowns]),
                w.HBox([*self.buttons.values(), self.message]),
                w.HBox([left, right]),
            ]
        )
        box.add_class(NAME)
        return box

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
        return f'<div class="{self.page}">{self.picture.value}{self.tables.value}</div>'

    def _watch(self) -> None:
        """What happens when a control is used."""
        self._filling = False
        self.scenario.observe(lambda _: self._used(self._new_scenario), "value")
        self.against.observe(
            lambda _: self._used(lambda: self._new_reference(self.against.value)), "value"
        )
        for name in ("items", "place", "account", "first", "last", "start"):
            widget = getattr(self, name)
            widget.observe(lambda change, name=name: self._choose(**{name: change["new"]}), "value")
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

    def _move(self, control: Control, value: float | None) -> None:
        """A control is moved; None takes the move back, as its present value does."""
        moves = {key: each for key, each in self.choice.moves.items() if key != control.key}
        if value is not None and control.moves(value):
            moves[control.key] = value
        self.choice = replace(self.choice, moves=moves)
        self._show_moves()
        self._show()

    def _type(self, control: Control, typed: str) -> None:
        """Somebody has typed a value; one that cannot be taken goes back to what was there."""
        try:
            value = control.read(typed)
        except FiscalModelError:
            self._show_moves()
            raise
        self._move(control, value)

    def _guarded(self, act: Callable[[], None]) -> None:
        """Says that it works, then what is wrong instead of a traceback."""
        working = self.message.value = _said(self.say("working"))
        try:
            act()
        except FiscalModelError as error:
            self.message.value = _wrong(error.text(self.lang))
        finally:
            if self.message.value == working:
                self.message.value = ""

    @contextmanager
    def _filled(self) -> Iterator[None]:
        """While the explorer itself sets its controls."""
        self._filling = True
        try:
            yield
        finally:
            self._filling = False

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
            self.message.value = _said(labelled(self.say("ended"), names, self.lang))
        self._show()

    def _offer(self) -> None:
        """Fills every control with what can be chosen now."""
        study, choice = self.study, self.choice
        whole, accounts = study.whole(choice.scenario), study.accounts(choice)
        names = whole.standard.places.label
        titles = [
            (item_title(whole.standard.items[number], self.lang), number)
            for number in study.items(choice.scenario)
        ]
        places = [(names(code).to(self.lang), code) for code in study.places(choice.scenario)]
        booked = [(ACCOUNTS[account].to(self.lang), account) for account in accounts]
        years = [(str(year), year) for year in whole.years]
        with self._filled():
            self._offer_scenarios()
            _fill(self.items, titles, choice.items)
            _fill(self.place, [(self.say("everywhere"), ""), *places], choice.place)
            _fill(self.account, booked, choice.account if accounts else None)
            _fill(self.first, [year for year in years if year[1] <= choice.last], choice.first)
            _fill(self.last, [year for year in years if year[1] >= choice.first], choice.last)
            _fill(self.start, years, choice.start)
        self._offer_controls()
        self._show_moves()

    def _offer_scenarios(self) -> None:
        """By title and name. What is chosen stays on offer even when its file is gone."""
        names = dict.fromkeys((*self.study.scenarios(), self.choice.scenario, self.choice.against))
        offered = [(_titled(name, self.lang), name) for name in names]
        _fill(self.scenario, offered, self.choice.scenario)
        _fill(self.against, offered, self.choice.against)

    def _offer_controls(self) -> None:
        self.rows = {
            control.key: Row(control, self.lang, self.choice.moves.get(control.key))
            for control in self.study.controls(self.choice)
        }
        for row in self.rows.values():
            self._watch_row(row)
        self.controls.children = tuple(row.widget for row in self.rows.values())
        self.scope.value = "".join(f"<div>{escape(each)}</div>" for each in self._scope())

    def _watch_row(self, row: Row) -> None:
        control = row.control
        row.slider.observe(
            lambda change: self._used(lambda: self._move(control, control.value(change["new"]))),
            "value",
        )
        row.box.observe(
            lambda change: self._used(lambda: self._type(control, change["new"])), "value"
        )
        row.undo.on_click(lambda _: self._used(lambda: self._move(control, None)))

    def _show_moves(self) -> None:
        """Every control where it stands, and the moves in words."""
        moves = self.choice.moves
        with self._filled():
            for key, row in self.rows.items():
                row.show(moves.get(key))
        words = [each.move(moves[each.key]).to(self.lang) for each in self.study.moved(self.choice)]
        listed_moves = "".join(f"<li>{escape(each)}</li>" for each in words)
        self.moves.value = f"<ul>{listed_moves}</ul>" if words else ""
        self.buttons["reset"].disabled = not words

    def _scope(self) -> Iterator[str]:
        """Where and from when on moves hold, and which items have none and why."""
        choice = self.choice
        places = self.study.whole(choice.scenario).standard.places
        zh, en = places.label(choice.place or places.root)
        if self.rows:
            yield Text(
                f"改动适用于{zh}，自{choice.start}年起；增长率自数据末年之后起。",
                f"Moves hold in {en} from {choice.start} on; growth after the last year supplied.",
            ).to(self.lang)
        for why, items in self.study.unmovable(choice).items():
            which = Text(
                f"第{spans(items, 'zh')}项", f"{noun(len(items), 'Item')} {spans(items, 'en')}"
            )
            yield labelled(which.to(self.lang), why.to(self.lang), self.lang)

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
            self.picture.value = ""
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

    def drawn(self, figures: Figures) -> str:
        """The picture, which is told by its titles where it cannot be seen."""
        view, payers = self.view.value, self.study.whole(self.choice.scenario).standard.payers
        titles = titles_of(self.study, self.choice, view, self.lang)
        told = escape(joined(titles, self.lang))
        drawn = b64encode(picture(figures, view, titles, payers, self.lang)).decode()
        return f'<img alt="{told}" src="data:image/png;base64,{drawn}" style="width:100%">'

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
        self.message.value = self._wrote(self.study.save(self.choice))
        with self._filled():
            self._offer_scenarios()

    def _workbook(self) -> None:
        self.message.value = _said(self.say("writing"))
        self.message.value = self._wrote(self.study.workbook(self.choice, lang=self.lang))

    def _wrote(self, path: Path) -> str:
        return _said(f"{self.say('saved')} {path}")


def _opening(study: Study, scenario: str) -> tuple[Choice, FiscalModelError | None]:
    """The first choice; where a scenario or the reference cannot be simulated on the data, that of
    another by itself, and what is wrong.

    Raises:
        FiscalModelError: there is no such scenario; or what is wrong where no other can be
            simulated either.

    """
    known = {name: scenario_title(name) for name in study.scenarios()}
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


def _titled(name: str, lang: Lang) -> str:
    """A scenario by its title, with its name."""
    title = scenario_title(name)
    return Text(f"{title.zh}（{name}）", f"{title.en} ({name})").to(lang) if any(title) else name


def _ends(control: Control, wanted: Choice, taken: Choice) -> bool:
    """Whether a move that was still wanted does not stand, or not where it stood."""
    return control.key in wanted.moves and taken.moves.get(control.key) != wanted.moves[control.key]


def _wrong(text: str) -> str:
    """What is wrong, a fault a line."""
    return f'<div role="alert" style="color:#b00020;white-space:pre-line">{escape(text)}</div>'


def _said(text: str) -> str:
    """What is done."""
    return f'<div role="status">{escape(text)}</div>'


def _fill(widget: Any, options: Sequence[Any], value: Any) -> None:
    """Options and what is chosen of them."""
    if tuple(widget.options) != tuple(options):
        widget.options = options
    widget.value = value
