"""A handout as one HTML page that prints on A4; nothing is loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from admission.report.flow import flow_svg
from admission.report.sheets import Section, Sheet, Table

__all__ = ["html"]

_STYLE = """
@page{{size:A4 {turn};margin:18mm 16mm}}
body{{font-family:"FangSong","STFangsong","Noto Serif CJK SC","SimSun",serif;color:#111111;line-height:1.6;
max-width:{width}mm;margin:12mm auto}}
h1{{text-align:center;font-family:"SimSun","STSong","Noto Serif CJK SC",serif;letter-spacing:.12em;margin:0 0 8mm}}
h2{{font-family:"SimHei","Noto Sans CJK SC",sans-serif;font-size:1.1em;margin:7mm 0 2mm}}
table{{border-collapse:collapse;width:100%}}td,th{{border:1px solid #333333;padding:1.4mm 2mm;vertical-align:middle}}
th{{background:#eef2f5;font-family:"SimHei","Noto Sans CJK SC",sans-serif;font-weight:normal}}tr{{break-inside:avoid}}
.rows td{{font-size:.88em}}.particulars th{{width:7em;text-align:left}}td.n{{text-align:center}}
.sign{{margin-top:10mm}}.sign{{break-inside:avoid}}.sign td{{vertical-align:top}}
.sign tr:nth-child(2) td{{height:26mm}}p{{margin:1mm 0;text-indent:2em}}
.headline{{margin-top:3mm}}.headline th{{width:7em}}
.headline td{{text-align:center;font-size:1.6em;letter-spacing:.1em}}
.annex{{break-before:page}}.line{{text-indent:0}}
.foot{{margin-top:5mm;font-size:.85em;color:#444444;text-indent:0}}svg{{width:100%}}
"""


def html(sheet: Sheet) -> bytes:
    """The page, UTF-8."""
    return "".join(_page(sheet)).encode()


def _page(sheet: Sheet) -> Iterator[str]:
    lang = "zh-CN" if sheet.lang == "zh" else "en"
    style = _STYLE.format(turn="landscape" if sheet.wide else "portrait", width=260 if sheet.wide else 178)
    yield f'<!DOCTYPE html>\n<html lang="{lang}"><head><meta charset="utf-8"><title>{escape(sheet.title)}</title>'
    yield f"<style>{style}</style></head>\n<body>\n<h1>{escape(sheet.title)}</h1>\n"
    yield '<table class="particulars">'
    yield from (f"<tr><th>{escape(name)}</th><td>{_lines(text)}</td></tr>\n" for name, text in sheet.particulars)
    yield "</table>\n"
    if sheet.headline is not None:
        name, text = map(escape, sheet.headline)
        yield f'<table class="headline"><tr><th>{name}</th><td>{text}</td></tr></table>\n'
    yield from (f"<p>{escape(text)}</p>\n" for text in sheet.opening)
    for section in sheet.sections:
        if not section.annex:
            yield from _section(section, sheet.lang)
    yield '<table class="sign">'
    for texts in zip(*sheet.signatures, strict=True):
        yield f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in texts)}</tr>"
    yield f'</table>\n<p class="foot">{escape(sheet.footer)}</p>\n'
    for section in sheet.sections:
        if section.annex:
            yield '<div class="annex">'
            yield from _section(section, sheet.lang)
            yield "</div>"
    yield "</body></html>\n"


def _section(section: Section, lang: str) -> Iterator[str]:
    yield f"<h2>{escape(section.title)}</h2>\n"
    yield from (f'<p class="line">{escape(text)}</p>\n' for text in section.text)
    if section.flow:
        yield flow_svg(section.flow, lang=lang) + "\n"
    if section.table is not None:
        yield from _table(section.table)


def _table(table: Table) -> Iterator[str]:
    yield '<table class="rows"><colgroup>'
    yield from (f'<col style="width:{column.share:.0%}">' for column in table.columns)
    yield "</colgroup><thead><tr>"
    yield from (f"<th>{escape(column.title)}</th>" for column in table.columns)
    yield "</tr></thead>\n<tbody>"
    for row in table.rows:
        cells = "".join(
            f"<td{' class=n' if position == 0 else ''}>{_lines(text)}</td>" for position, text in enumerate(row)
        )
        yield f"<tr>{cells}</tr>\n"
    yield "</tbody></table>\n"


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")
