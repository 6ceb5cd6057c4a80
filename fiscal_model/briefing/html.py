"""A briefing note as a page of HTML that needs nothing else, and prints on one A4 sheet."""

from __future__ import annotations

import base64
from datetime import date
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING

from fiscal_model.briefing.page import MARGINS, SIGN, WIDTH, Grid, Page, Sizes, fit, widths
from fiscal_model.vocabulary import Lang

if TYPE_CHECKING:
    from fiscal_model.briefing.brief import Brief

SONG = "FangSong, 仿宋, 仿宋_GB2312, STFangsong, 'Noto Serif CJK SC', 'Songti SC', SimSun, serif"
HEI = "SimHei, 黑体, 'Microsoft YaHei', 'Noto Sans CJK SC', 'PingFang SC', sans-serif"
LATIN = "'Times New Roman', 'Liberation Serif', "
TAGS = {"zh": "zh-CN", "en": "en"}


def content(brief: Brief, page: Page, today: date) -> bytes:
    """The bytes of the page; it is dated by what it says, and ``today`` is not looked at."""
    sizes = fit(page)
    body = [f"<h1>{escape(page.title)}</h1>"]
    if page.notice:
        body.append(f'<p class="notice">{escape(page.notice)}</p>')
    for section in page.sections:
        body.append(f"<h2>{escape(section.heading)}</h2>")
        body += [f"<p>{escape(each)}</p>" for each in section.paragraphs]
        if section.shown:
            body += [
                _table(page.grid, sizes),
                picture_html(brief, page, sizes.picture),
                f'<p class="caption">{escape(page.picture)}</p>',
            ]
    body.append(f'<p class="sign">{escape(page.signature)}<br>{escape(page.date)}</p>')
    head = (
        f'<meta charset="utf-8"><title>{escape(page.title)}</title>'
        f"<style>\n{_style(sizes, page.lang)}</style>"
    )
    found = "\n".join(body)
    return (
        f'<!DOCTYPE html>\n<html lang="{TAGS[page.lang]}">\n<head>{head}</head>\n'
        f"<body>\n{found}\n</body>\n</html>\n"
    ).encode()


def picture_html(brief: Brief, page: Page, height: float = 210.0) -> str:
    """The picture inside the page, sharp at any size."""
    drawn = BytesIO()
    brief.picture(page.lang, height).write(drawn, "svg")
    data = base64.b64encode(drawn.getvalue()).decode("ascii")
    words = escape(page.picture, quote=True)
    return (
        f'<img alt="{words}" style="width:{WIDTH:.1f}pt;height:{height:.1f}pt"'
        f' src="data:image/svg+xml;base64,{data}">'
    )


def _table(grid: Grid, sizes: Sizes) -> str:
    columns = "".join(f'<col style="width:{each:.1f}pt">' for each in widths(grid, sizes.label))
    head = "".join(f"<th>{escape(each)}</th>" for each in grid.heads)
    rows = []
    for n, (label, *figures) in enumerate(grid.rows):
        strong = ' class="strong"' if n in grid.strong else ""
        cells = "".join(f"<td>{escape(each)}</td>" for each in figures)
        rows.append(f"<tr{strong}><th>{escape(label)}</th>{cells}</tr>")
    body = "\n".join(rows)
    return (
        f'<p class="caption">{escape(grid.caption)}<span>{escape(grid.unit)}</span></p>\n'
        f"<table><colgroup>{columns}</colgroup>\n<thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{body}\n</tbody></table>"
    )


def _style(sizes: Sizes, lang: Lang) -> str:
    """The look: A4 with the margins of the Word page, and type of the same size."""
    top, right, bottom, left = MARGINS
    song, hei = (LATIN + SONG, HEI) if lang == "zh" else (LATIN + "serif", LATIN + "serif")
    return f"""@page {{ size: A4; margin: {top}pt {right}pt {bottom}pt {left}pt }}
body {{ width: {WIDTH:.1f}pt; margin: 24pt auto; color: #000; background: #fff;
  font: {sizes.body}pt/{sizes.leading}pt {song} }}
@media print {{ body {{ margin: 0 }} }}
h1 {{ font: {sizes.title}pt/{sizes.title * 1.5:.1f}pt {hei}; text-align: center; margin: 0 }}
h2 {{ font: {sizes.body}pt/{sizes.leading}pt {hei}; margin: 0; text-indent: 2em }}
p {{ margin: 0; text-indent: 2em; text-align: justify }}
p.notice {{ text-indent: 0; text-align: center; color: #C00000 }}
p.caption {{ position: relative; text-indent: 0; text-align: center; font-family: {hei};
  font-size: {sizes.table}pt }}
p.caption span {{ position: absolute; right: 0 }}
table {{ border-collapse: collapse; table-layout: fixed; width: 100%;
  font-size: {sizes.table}pt; line-height: {sizes.table * 1.2:.1f}pt }}
th, td {{ border: 0.5pt solid #000; padding: 2pt; text-align: right; font-weight: normal }}
thead th {{ text-align: center }}
tbody th {{ text-align: left }}
tr.strong > th {{ font-family: {hei} }}
img {{ display: block; margin: 2pt 0 0 }}
p.sign {{ text-indent: 0; margin: {sizes.leading / 2:.1f}pt 0 0 {WIDTH - SIGN * sizes.body:.1f}pt }}
"""
