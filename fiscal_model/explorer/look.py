"""How the explorer looks in a page, and the one thing that widgets cannot say of themselves: the
names of their slider handles, and that keys pressed in them are none of the notebook's.
"""

from __future__ import annotations

from typing import Final

NAME: Final = "fm-explorer"
"""The class of the whole."""
ROW, MOVED, MOVES, ANSWER = "fm-row", "fm-moved", "fm-moves", "fm-answer"
"""Classes of a control's row, of a moved one, of the list of moves, and of what is answered."""
_HOOK: Final = (
    f"const all=this.closest('.{NAME}');"
    "all.addEventListener('focusin',e=>e.target.setAttribute('data-lm-suppress-shortcuts','true'));"
    "const name=()=>{all.querySelectorAll('[title]').forEach("
    "each=>each.setAttribute('aria-label',each.title));"
    f"all.querySelectorAll('.{ROW}').forEach(row=>row.querySelector('.noUi-handle')"
    "?.setAttribute('aria-label',row.querySelector('input').title))};"
    "new MutationObserver(name).observe(all,{childList:true,subtree:true,attributeFilter:['title']});"
    "name()"
)
"""JupyterLab leaves keys alone where the focus lies in what has this attribute; in a dropdown it
would take ``a``, ``b`` and ``d d`` for commands that add and delete cells.
"""
STYLE: Final = f"""<style onload="{_HOOK}">
.{NAME} .jupyter-widgets {{ margin: 0 2px; }}
.{NAME} .widget-dropdown {{ margin-bottom: 2px; }}
.{NAME} .widget-dropdown > select {{ min-width: 0; }}
.{NAME} .widget-html {{ height: auto; }}
.{NAME} .widget-html-content {{ line-height: 1.3; font-size: 12px; }}
.{NAME} .{ROW} {{ align-items: center; border-left: 4px solid transparent; padding-left: 4px; }}
.{NAME} .{ROW} .widget-html {{ flex: 1 1 0; }}
.{NAME} .{ROW} .widget-html-content {{
  line-height: 1.15; word-break: keep-all; overflow-wrap: anywhere;
}}
.{NAME} .{ROW} span {{ display: inline-block; margin-left: 0.2em; }}
.{NAME} .{ROW} input {{ height: 25px; padding: 0 6px; }}
.{NAME} .{ROW} button {{ height: 25px; padding: 0; line-height: 25px; }}
.{NAME} .{ROW}.{MOVED} {{ border-left-color: #B45309; background: #FEF3C7; }}
.{NAME} .{ROW}.{MOVED} .widget-html-content {{ font-weight: bold; color: #222; }}
.{NAME} .{MOVES} ul {{ margin: 0; padding-left: 1.4em; }}
.{NAME} .{ANSWER} {{ flex: 1 1 0; min-width: 0; align-self: center; }}
.{NAME} .{ANSWER} .widget-html-content {{ overflow-wrap: anywhere; }}
</style>"""
