"""Words of the handouts, Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["CLASS_WORDS", "say"]

CLASS_WORDS: Mapping[tuple[str, str], tuple[str, str]] = {
    ("eia", "report"): ("环境影响报告书", "EIA report"),
    ("eia", "form"): ("环境影响报告表", "EIA form"),
    ("eia", "registration"): ("环境影响登记表", "EIA registration"),
    ("eia", "none"): ("不需环评", "no EIA"),
    ("permit", "key"): ("重点管理", "key management"),
    ("permit", "simplified"): ("简化管理", "simplified management"),
    ("permit", "registration"): ("登记管理", "registration"),
    ("permit", "none"): ("不纳入排污许可管理", "no permit"),
}

_WORDS: Mapping[str, tuple[str, str]] = {
    "process title": ("企业环保手续办理流程", "Environmental procedures, step by step"),
    "notice title": ("工作提醒告知单", "Reminder of environmental duties"),
    "project": ("项目名称", "Project"),
    "park": ("所在园区", "Park"),
    "no park": ("（未填写）", "(not stated)"),
    "as of": ("核对日期", "As of"),
    "eia class": ("环评类别", "EIA document"),
    "permit class": ("排污许可", "Permit"),
    "open class": ("待定（{classes}）", "open ({classes})"),
    "or": ("或", " or "),
    "flow": ("一、办理流程图", "1. The flow"),
    "steps": ("二、办理事项", "2. The steps"),
    "questions three": ("三、需补充或者核对的信息", "3. To be stated or checked"),
    "notes": ("四、说明", "4. Notes"),
    "notes three": ("三、说明", "3. Notes"),
    "column number": ("序号", "No."),
    "column step": ("办理事项", "Step"),
    "column matter": ("事项", "Matter"),
    "column deadline": ("办理时限", "When"),
    "column documents": ("提交材料", "Documents"),
    "column authority": ("主管部门", "Authority"),
    "column fee": ("收费", "Fee"),
    "column basis": ("依据", "Basis"),
    "column status": ("办理情况", "State"),
    "column facts": ("情形", "Facts"),
    "column penalty": ("罚则（对单位）", "Range for the unit"),
    "by": ("（{day}前）", "(by {day})"),
    "status met": ("已办", "done"),
    "status pending": ("待办", "to do"),
    "status overdue": ("逾期", "overdue"),
    "status unknown": ("待核实", "to be checked"),
    "done": ("已办\n{day}", "done\n{day}"),
    "late": ("（逾期）", "(late)"),
    "department 生态环境": ("生态环境部门", "environment"),
    "department 发改": ("发展改革部门", "development"),
    "department 经信": ("经济信息部门", "industry"),
    "department 规自": ("规划自然资源部门", "planning"),
    "department 水利": ("水利部门", "water"),
    "department 应急": ("应急管理部门", "emergency"),
    "department 住建": ("住房城乡建设部门", "construction"),
    "department 卫健": ("卫生健康部门", "health"),
    "note day": (
        "本表按核对日期适用的法律和所填资料生成，资料有变化的应重新核对。",
        "Made from the law of the day and the data as stated; check again when they change.",
    ),
    "note order": (
        "建设、排污、投产前的事项未办妥的，不得开工、排污、投产。",
        "What stands before construction, discharge or production must be done first.",
    ),
    "note fee": (
        "行政许可不收费；编制、监测、评估等由企业自行委托，费用由双方约定。",
        "Licences are free of charge; consultants and monitoring are the enterprise's own contracts.",
    ),
    "note estimate": (
        "国务院办公厅尚未公布节假日安排的年份，工作日按周一至周五估算。",
        "Working days of years without published holidays are counted Monday to Friday.",
    ),
    "issuer": ("告知单位：{park}生态环境管理机构", "Issued by: environment office of {park}"),
    "maker": ("出具单位：{park}生态环境管理机构", "Made by: environment office of {park}"),
    "recipient": ("签收单位：{project}", "Received by: {project}"),
    "stamp": ("（盖章）", "(stamp)"),
    "handler": ("经办人：", "Handled by:"),
    "receiver": ("签收人：", "Signed by:"),
    "day": ("　　　年　　月　　日", "Date:"),
    "footer": (
        "本单用于工作提醒，不作为行政处罚或者行政许可决定。",
        "A reminder only; neither a penalty nor a licence.",
    ),
    "number": ("编　　号", "Number"),
    "number blank": ("〔　　　　〕　　　号", "____________"),
    "addressee": ("被提醒单位", "Addressee"),
    "notice opening": (
        "{project}：对照生态环境法律法规和你单位截至{day}的资料，下列事项请予办理或者整改。"
        "已办理的，请提供凭证并补填日期；对事实有异议的，请书面说明。",
        "To {project}: held against environmental law and the data as of {day}, the following has to be done or put "
        "right. What was done already: send the proof and its date. If the facts are wrong, say so in writing.",
    ),
    "broken": ("一、逾期未办和涉嫌违法的情形", "1. Overdue and suspected breaches"),
    "nothing broken": ("截至核对日期未发现。", "None found as of this day."),
    "due": ("二、即将到期和待办事项", "2. Due next"),
    "no steps": ("由所填资料看，没有需要办理的环保手续。", "By what is stated, there is no procedure to go through."),
    "none": ("无。", "None."),
    "nothing due": ("目前没有待办事项。", "Nothing is due."),
    "since": ("自{day}起", "since {day}"),
    "until": ("至{day}。", " until {day}."),
    "goes on": ("，仍在持续。", ", still going on."),
    "no range": ("—", "—"),
    "conflict": ("（两个规范幅度不同，择高适用）", "(norms differ; the higher applies)"),
    "lighter": ("从旧兼从轻：{law}", "lighter law: {law}"),
    "lighter open": ("轻重待定", "cannot be told yet"),
    "law pre_code": ("适用法典施行前的规定", "the law before the Code"),
    "law code": ("适用生态环境法典", "the Code"),
    "amount": ("{low}万元—{high}万元", "{low}–{high} wan yuan"),
    "share": ("总投资额{low}%—{high}%", "{low}–{high} % of total investment"),
    "share in yuan": ("{share}，即{amount}", "{share}, that is {amount}"),
    "multiple": ("{low}倍—{high}倍", "{low}–{high} times"),
    "gravity normal": ("", ""),
    "gravity serious": ("情节严重：", "serious: "),
    "gravity overdue": ("逾期不改：", "not corrected: "),
    "gravity refuse": ("拒不改正：", "refusing: "),
    "gravity per_time": ("每次：", "each time: "),
    "document report": ("报告书类", "report, "),
    "document form": ("报告表类", "form, "),
    "document registration": ("", ""),
    "document any": ("", ""),
    "bracket": ("（{cite}）", " ({cite})"),
    "stage preparation": ("前期手续\n（开工前）", "Before\nconstruction"),
    "stage construction": ("建设阶段\n同时设计\n同时施工", "Construction"),
    "stage commissioning": ("竣工调试\n（排污前）", "Commissioning"),
    "stage acceptance": ("验收投产", "Acceptance,\nproduction"),
    "event": ("{title}（{project}）", "{title} ({project})"),
    "event text": ("{why}。依据：{cite}。主管部门：{department}", "{why}. Basis: {cite}. Authority: {department}"),
    "calendar": ("环保义务日历", "Environmental duties"),
    "legend": (
        "实线：待办；粗线：逾期；灰底：已办；虚线：是否适用待核实",
        "plain: to do; bold: overdue; grey: done; dashed: to be checked",
    ),
}


def say(key: str, lang: str, **values: object) -> str:
    """One phrase, filled in; an unknown department stands as it is."""
    if key not in _WORDS and key.startswith("department "):
        return key.removeprefix("department ")
    return _WORDS[key][0 if lang == "zh" else 1].format(**values)
