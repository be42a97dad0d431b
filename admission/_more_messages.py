"""More sentences behind problem codes: the review of the rules and the records; see `_messages`."""

from __future__ import annotations

__all__ = ["EN", "ZH"]

ZH: dict[str, tuple[str, str, str]] = {
    "citation": ("{id} 的 {field} 是空的", "每条规则都应写明出处", "请补上文件、条款和来源"),
    "uncited-days": ("{id} 自 {day} 起没有可引用的条款", "有效期内每一天都应有依据", "请补上或延长 cite"),
    "edition-gap": (
        "{other} 至 {end} 止，{id} 自 {start} 起，中间没有有效版本",
        "同一文件的各版本应首尾相接",
        "请核对起止日期",
    ),
    "duplicate-rule": ("{id} 与 {other} 的效力和条件相同", "同一层级每个条件只写一次", "请合并或写明区别"),
    "unreachable": (
        "没有任何填报能走到这一条件并使其成立",
        "每一栏、每一条件都应能达到",
        "请核对更严一栏、适用范围和条件本身",
    ),
    "no-cases": ("{id} 没有案例", "每条规则旁都应有案例", "请写入同名的 .cases.yaml"),
    "entry-text": (
        "“{actual}”不能写入记录",
        "应为 1 至 {longest} 个可见字符（内容应为 JSON，没有空字符）",
        "请去掉控制字符后再试",
    ),
    "not-recorded": ("记录中没有“{id}”", "应为已经存入的编号", "请核对编号"),
    "step-state": ("现在是“{state}”，不能{step}", "应在“{expected}”时进行", "请刷新后按当前状态办理"),
    "step-missing": ("没有写{what}", "必须写明", "请补上{what}"),
    "step-department": ("“{department}”不参加这次联合审查", "应为：{members}", "请由参加的部门办理"),
    "step-judgement": (
        "条目 {rule} 不由“{department}”研判，或不需要人工研判",
        "应为：{members}",
        "请核对条目",
    ),
    "step-opinion": ("“{department}”还没有有效的意见", "{expected}", "请先签署意见（期限 {due}）"),
    "step-verdict": ("研判结论为“{verdict}”，不能同意入园", "{expected}", "{advice}"),
    "step-day": ("日期 {day} 不合适", "不应早于 {first}", "请更正日期"),
    "user-taken": ("用户名“{name}”已经有人使用", "用户名不能重复，停用的也不能再用", "请换一个用户名"),
    "user-password": ("密码不合适：{detail}", "至少 {least} 个字符，不含用户名", "请换一个密码"),
}

EN: dict[str, tuple[str, str, str]] = {
    "citation": (
        "{field} of {id} is blank",
        "expected a source for every rule",
        "name document, clause and source",
    ),
    "uncited-days": (
        "{id} has nothing to cite from {day} on",
        "expected a basis for every day in force",
        "add or extend a cite",
    ),
    "edition-gap": (
        "{other} ends on {end} and {id} begins on {start}: no edition between",
        "expected the editions of one document to follow each other",
        "check the dates",
    ),
    "duplicate-rule": (
        "{id} has the effect and the condition of {other}",
        "expected each condition once in a layer",
        "merge them or say how they differ",
    ),
    "unreachable": (
        "no facts lead to this condition and make it true",
        "expected every cell and condition to be reachable",
        "check the stricter cells, the scope and the condition itself",
    ),
    "no-cases": ("{id} has no cases", "expected cases beside every rule", "write them in <file>.cases.yaml"),
    "entry-text": (
        "'{actual}' cannot be recorded",
        "expected 1 to {longest} visible characters (a body: JSON without null characters)",
        "remove control characters",
    ),
    "not-recorded": ("nothing called '{id}' is recorded", "expected an id from the store", "check the id"),
    "step-state": (
        "cannot {step} while '{state}'",
        "expected the state to be '{expected}'",
        "reload and go on from the state it is in",
    ),
    "step-missing": ("no {what} given", "it is required", "state the {what}"),
    "step-department": (
        "'{department}' takes no part in this review",
        "expected one of: {members}",
        "let a department that takes part do it",
    ),
    "step-judgement": (
        "rule {rule} is not for '{department}' to judge, or needs no judgement",
        "expected one of: {members}",
        "check the rule",
    ),
    "step-opinion": (
        "'{department}' has given no opinion that counts",
        "{expected}",
        "sign an opinion first (due {due})",
    ),
    "step-verdict": ("the verdict is '{verdict}', so it cannot be agreed to", "{expected}", "{advice}"),
    "step-day": ("{day} does not fit", "expected no day before {first}", "correct the day"),
    "user-taken": (
        "the user name '{name}' is taken",
        "expected a new one; those of disabled users stay taken",
        "choose another name",
    ),
    "user-password": (
        "the password does not do: {detail}",
        "expected at least {least} characters, not the user name",
        "choose another one",
    ),
}
