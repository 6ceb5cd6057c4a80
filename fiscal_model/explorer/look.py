"""How the explorer looks in a page, and the one thing that widgets cannot say of themselves: the
names of their slider handles, and that keys pressed in them are none of the notebook's.
"""

from __future__ import annotations

from typing import Final

NAME: Final = "fm-explorer"
"""The class of the whole."""
ROW, MOVED, MOVES, ANSWER = "fm-row", "fm-moved", "fm-moves", "fm-answer"
"""Classes of a control's row, of one that is moved, of the list of moves, and of what is answered."""
_HOOK: Final = (
    f"const all=this.closest('.{NAME}');"
    "all.setAttribute('data-lm-suppress-shortcuts','true');"
    f"const name=()=>all.querySelectorAll('.{ROW}').forEach(row=>row.querySelector('.noUi-handle')"
    "?.setAttribute('aria-label',row.querySelector('input').title));"
    "new MutationObserver(name).observe(all,{childList:true,subtree:true});name()"
)
"""JupyterLab leaves the keys alone in what has this attribute; in a dropdown it would take ``a``,
``b`` and ``d d`` for commands that add and delete cells.
"""
STYLE: Final = f"""<style onload="{_HOOK}">
.{NAME} .jupyter-widgets {{ margin: 1px 2px; }}
.{NAME} .{ROW} {{ align-items: center; border-left: 4px solid transparent; padding-left: 4px; }}
.{NAME} .{ROW} .widget-html {{ flex: 1 1 0; height: auto; }}
.{NAME} .{ROW} .widget-html-content {{ line-height: 1.2; font-size: 12px; }}
.{NAME} .{ROW}.{MOVED} {{ border-left-color: #B45309; background: #FEF3C7; color: #222; }}
.{NAME} .{ROW}.{MOVED} .widget-html-content {{ font-weight: bold; color: #222; }}
.{NAME} .{MOVES} ul {{ margin: 0; padding-left: 1.2em; line-height: 1.3; font-size: 12px; }}
.{NAME} .{ANSWER} {{ flex: 1 1 12em; height: auto; min-width: 0; }}
.{NAME} .{ANSWER} .widget-html-content {{ line-height: 1.3; overflow-wrap: anywhere; }}
.{NAME} .fiscal-model {{ font-size: 12px; line-height: 1.3; }}
</style>"""
