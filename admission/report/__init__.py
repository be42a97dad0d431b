"""Handouts as docx and html: screening report (研判报告), process sheet (办理流程), reminder (告知单); calendar."""

from __future__ import annotations

from admission.report.calendar import calendar
from admission.report.flow import flow_svg
from admission.report.html import html
from admission.report.screening import screening_sheet
from admission.report.sheets import Sheet, notice_sheet, process_sheet
from admission.report.word import docx

__all__ = ["Sheet", "calendar", "docx", "flow_svg", "html", "notice_sheet", "process_sheet", "screening_sheet"]
