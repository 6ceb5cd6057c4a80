"""The widgets of one control: its name, a slider, a box to type into, and a button that takes the
move back.
"""

from __future__ import annotations

from html import escape

from fiscal_model.explorer.controls import Control
from fiscal_model.explorer.look import MOVED, ROW
from fiscal_model.vocabulary import Lang, Text, labelled


class Row:
    """A control as it stands in the panel; a screen reader calls the box as the label does."""

    def __init__(self, control: Control, lang: Lang, moved: float | None) -> None:
        import ipywidgets as w

        self.control = control
        name = control.label.to(lang)
        low, high, step = (
            round(each * control.scale, 6) for each in (control.low, control.high, control.step)
        )
        self.slider = w.FloatSlider(
            value=low,
            min=low,
            max=high,
            step=step,
            readout=False,
            continuous_update=False,
            disabled=control.unseen is not None,
            layout=w.Layout(width="27%", min_width="5em"),
        )
        self.box = w.Text(
            continuous_update=False,
            placeholder="—",
            tooltip=name,
            disabled=control.unseen is not None,
            layout=w.Layout(width="5.5em"),
        )
        self.undo = w.Button(
            icon="undo",
            tooltip=labelled(Text("复原", "Reset").to(lang), name, lang),
            layout=w.Layout(width="2em"),
        )
        words = escape(control.lever.label.to(lang))
        words += f"<span>{escape(control.in_unit.to(lang))}</span>"
        for note in filter(None, (control.unstated, control.unseen)):
            words = labelled(words, escape(note.to(lang)), lang)
        self.widget = w.HBox([w.HTML(words), self.slider, self.box, self.undo])
        self.widget.add_class(ROW)
        self.show(moved)

    def show(self, moved: float | None) -> None:
        """Shows where the control stands; None where it is not moved."""
        control, still = self.control, moved is None
        at = control.shown if moved is None else moved
        self.slider.value = round(at * control.scale, 6)
        self.box.value = "" if still and control.present is None else control.text(at)
        (self.widget.remove_class if still else self.widget.add_class)(MOVED)
        self.undo.layout.visibility = "hidden" if still else "visible"
