"""Handouts: the process sheet (办理流程) and the reminder (工作提醒告知单), as docx, html and calendar."""

from __future__ import annotations

from admission.report.calendar import calendar
from admission.report.flow import flow_svg
from admission.report.html import html
from admission.report.sheets import Sheet, notice_sheet, process_sheet
from admission.report.word import docx

__all__ = ["Sheet", "calendar", "docx", "flow_svg", "html", "notice_sheet", "process_sheet"]
