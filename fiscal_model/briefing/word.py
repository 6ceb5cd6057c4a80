"""A briefing note as a Word document: A4, 仿宋 and 黑体, one table, one picture; the same note gives
the same bytes.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, RGBColor
from lxml import etree

from fiscal_model.briefing.page import MARGINS, PAPER, SIGN, WIDTH, Grid, Page, Sizes, fit, widths
from fiscal_model.version import __version__

if TYPE_CHECKING:
    from docx.document import Document as Docx
    from docx.text.paragraph import Paragraph

    from fiscal_model.briefing.brief import Brief

LATIN: Final = "Times New Roman"
SONG, HEI = "仿宋", "黑体"
FACES: Final = {
    SONG: ("FangSong,仿宋_GB2312,STFangsong,SimSun", "02010609060101010101", "modern"),
    HEI: ("SimHei,Microsoft YaHei,STHeiti", "02010609060101010101", "modern"),
}
"""The Chinese faces of the page: by which others Word may replace one that is missing, and what
they look like.
"""
ALIGN: Final = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "justify": WD_ALIGN_PARAGRAPH.JUSTIFY,
}
EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
"""The date of every part of the file: no clock gets into it."""


def content(brief: Brief, page: Page, today: date) -> bytes:
    """The bytes of the document."""
    sizes = fit(page)
    document = Document()
    _prepare(document, page, sizes, today)
    _words(document, page.title, HEI, sizes.title, sizes.title * 1.5, "center")
    document.paragraphs[0].style = document.styles["Title"]
    if page.notice:
        notice = _words(document, page.notice, SONG, sizes.body, sizes.leading, "center")
        notice.runs[0].font.color.rgb = RGBColor(0xC0, 0, 0)
    for section in page.sections:
        heading = _words(document, section.heading, HEI, sizes.body, sizes.leading, indent=2)
        heading.style = document.styles["Heading 1"]
        for each in section.paragraphs:
            _words(document, each, SONG, sizes.body, sizes.leading, "justify", 2)
        if section.shown:
            _table(document, page.grid, sizes)
            _picture(document, brief, page, sizes)
    for n, words in enumerate((page.signature, page.date)):
        sign = _words(document, words, SONG, sizes.body, sizes.leading)
        sign.paragraph_format.left_indent = Pt(WIDTH - SIGN * sizes.body)
        sign.paragraph_format.space_before = Pt(0 if n else sizes.leading / 2)
    written = BytesIO()
    document.save(written)
    return _without_clock(written.getvalue())


def _prepare(document: Docx, page: Page, sizes: Sizes, today: date) -> None:
    """Paper, faces, language and properties; what the template has of other languages goes."""
    section = document.sections[0]
    section.page_width, section.page_height = (Pt(each) for each in PAPER)
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = (
        Pt(each) for each in MARGINS
    )
    section.header_distance = section.footer_distance = Pt(28)
    styles = document.styles
    for name, face in (("Normal", SONG), ("Title", HEI), ("Heading 1", HEI)):
        style: Any = styles[name]
        _faces(style.element.get_or_add_rPr(), face)
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.font.bold = False
        style.font.size = Pt({"Title": sizes.title}.get(name, sizes.body))
        _plain(style)
    tag = "zh-CN" if page.lang == "zh" else "en-US"
    for lang in styles.element.iter(qn("w:lang")):
        lang.set(qn("w:val"), "en-US")
        lang.set(qn("w:eastAsia"), "zh-CN")
    for lang in document.settings.element.iter(qn("w:themeFontLang")):
        lang.set(qn("w:eastAsia"), "zh-CN")
    _known_faces(document)
    at = datetime(today.year, today.month, today.day)
    about = document.core_properties
    about.title, about.language, about.author = page.title, tag, f"fiscal-model {__version__}"
    about.last_modified_by, about.comments, about.revision = about.author, "", 1
    about.created = about.modified = at


def _plain(style: Any) -> None:
    """A style without the space, the line and the indents that the template gives it."""
    form = style.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.keep_with_next = False
    properties = style.element.get_or_add_pPr()
    for name in ("w:pBdr", "w:contextualSpacing"):
        for each in properties.findall(qn(name)):
            properties.remove(each)
    for name in ("w:spacing", "w:kern"):
        for each in style.element.rPr.findall(qn(name)):
            style.element.rPr.remove(each)


def _faces(properties: Any, chinese: str) -> None:
    """Sets the faces of a run or style: a Latin one, and a Chinese one, which Word does not take
    from the former.
    """
    for old in properties.findall(qn("w:rFonts")):
        properties.remove(old)
    properties.insert(
        0,
        parse_xml(
            f'<w:rFonts {nsdecls("w")} w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:cs="{LATIN}"'
            f' w:eastAsia="{chinese}"/>'
        ),
    )


def _known_faces(document: Docx) -> None:
    """Tells Word by what to replace a Chinese face that a computer does not have."""
    for part in document.part.package.iter_parts():
        if str(part.partname) == "/word/fontTable.xml":
            fonts = parse_xml(part.blob)
            for name, (others, look, family) in FACES.items():
                fonts.append(
                    parse_xml(
                        f'<w:font {nsdecls("w")} w:name="{name}"><w:altName w:val="{others}"/>'
                        f'<w:panose1 w:val="{look}"/><w:charset w:val="86"/>'
                        f'<w:family w:val="{family}"/><w:pitch w:val="fixed"/></w:font>'
                    )
                )
            part._blob = _xml(fonts)


def _xml(element: Any) -> bytes:
    return bytes(etree.tostring(element, xml_declaration=True, encoding="UTF-8", standalone=True))


def _words(
    where: Any,
    words: str,
    face: str,
    size: float,
    leading: float,
    align: str = "left",
    indent: float = 0,
) -> Paragraph:
    """A paragraph at the end of the document or of a cell; ``indent`` is in characters."""
    paragraph: Paragraph = where.add_paragraph()
    _set(paragraph, words, face, size, leading, align, indent)
    return paragraph


def _set(
    paragraph: Paragraph,
    words: str,
    face: str,
    size: float,
    leading: float,
    align: str,
    indent: float = 0,
) -> None:
    run = paragraph.add_run(words)
    _faces(run._r.get_or_add_rPr(), face)
    run.font.size = Pt(size)
    form = paragraph.paragraph_format
    form.alignment = ALIGN[align]
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(leading)
    form.space_before = form.space_after = Pt(0)
    form.first_line_indent = Pt(indent * size)


def _table(document: Docx, grid: Grid, sizes: Sizes) -> None:
    """The table, under its caption with the unit at the right."""
    caption = _words(document, f"\t{grid.caption}\t{grid.unit}", HEI, sizes.table, sizes.leading)
    stops = caption.paragraph_format.tab_stops
    stops.add_tab_stop(Pt(WIDTH / 2), WD_TAB_ALIGNMENT.CENTER)
    stops.add_tab_stop(Pt(WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    table = document.add_table(0, len(grid.heads), document.styles["Table Grid"])
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    _margins(table)
    for n, row in enumerate((grid.heads, *grid.rows), -1):
        _row(table, row, sizes, widths(grid, sizes.label), n < 0, n in grid.strong)


def _row(
    table: Any, row: Sequence[str], sizes: Sizes, wide: Sequence[float], head: bool, strong: bool
) -> None:
    added = table.add_row()
    cells = added.cells
    for n, (cell, words, points) in enumerate(zip(cells, row, wide, strict=True)):
        cell.width = Pt(points)
        cell.vertical_alignment = 1
        align = "center" if head else "left" if n == 0 else "right"
        paragraph = cell.paragraphs[0]
        face = HEI if head or (strong and n == 0) else SONG
        _set(paragraph, words, face, sizes.table, sizes.table * 1.2, align)
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)


def _margins(table: Any) -> None:
    """Little space at the sides of a cell: figures are long."""
    table._tbl.tblPr.append(
        parse_xml(
            f'<w:tblCellMar {nsdecls("w")}><w:left w:w="40" w:type="dxa"/>'
            f'<w:right w:w="40" w:type="dxa"/></w:tblCellMar>'
        )
    )


def _picture(document: Docx, brief: Brief, page: Page, sizes: Sizes) -> None:
    """The picture over its caption, with words for who cannot see it."""
    drawn = BytesIO()
    brief.picture(page.lang, sizes.picture).write(drawn, "png")
    drawn.seek(0)
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_before = Pt(2)
    shape = paragraph.add_run().add_picture(drawn, Pt(WIDTH), Pt(sizes.picture))
    shape._inline.docPr.set("descr", page.picture)
    paragraph.paragraph_format.line_spacing = 1.0
    _words(document, page.picture, HEI, sizes.table, sizes.leading, "center")


def _without_clock(file: bytes) -> bytes:
    """The same parts in the same order, each dated alike."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(file)) as parts, zipfile.ZipFile(out, "w") as written:
        for name in parts.namelist():
            part = zipfile.ZipInfo(name, EARLIEST)
            part.create_system, part.external_attr = 0, 0
            written.writestr(part, parts.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
