"""Phrases of `admission ask`, Chinese and English; part of `words.PHRASES`."""

from __future__ import annotations

__all__ = ["ASK_PHRASES", "BACK", "HELP", "NO", "SKIP", "STOP", "YES"]

BACK = ("返回", "上一题", "‹", "<", "back")
SKIP = ("跳过", "skip")
HELP = ("帮助", "说明", "help", "?", "？")
STOP = ("结束", "退出", "stop", "quit", "exit")
YES = ("是", "继续", "y", "yes")
NO = ("否", "不", "n", "no", *STOP)

ASK_PHRASES: dict[str, tuple[str, str]] = {
    "ask intro": (
        "逐项询问，只问还能改变结果的事项；每答一项都存入 {file}。不知道就答“不清楚”。"
        "随时可答：返回（改上一项）、跳过（以后再问）、帮助（看说明）、结束（看结果）。",
        "Only what can still change the result is asked; every answer is saved to {file}. If you do not know, answer "
        "“unknown”. At any time: back (change the last answer), skip (ask later), help, stop (show the result).",
    ),
    "ask resumed": ("已有 {count} 项答案，接着问。", "{count} answers are there already; going on."),
    "ask name": ("项目名称是什么？", "What is the project called?"),
    "ask name needed": ("项目名称不能为空；请写一个名称。", "A project needs a name; please write one."),
    "ask park": (
        "项目在哪个园区？（答编号或序号；没有定就答“不清楚”，只按全国规则研判）",
        "In which park? (number or id; “unknown”: only the national rules apply)",
    ),
    "ask no park": ("没有这个园区；请从上面选一个。", "There is no such park; choose one of the above."),
    "ask number": ("第 {number} 问", "Question {number}"),
    "ask of component": ("（{component}）", " ({component})"),
    "ask later tag": ("〔环评设计或运行阶段的条件〕", " [a condition of a later stage]"),
    "ask more tag": ("〔只影响手续或契合度〕", " [duties or score only]"),
    "ask why": ("为什么问：可改变{targets}", "Why: it can change {targets}"),
    "ask reason": ("{cite}：{title}", "{cite}: {title}"),
    "ask reason worst": ("{cite}：{title}（最坏：{verdict}）", "{cite}: {title} (at worst: {verdict})"),
    "ask more reasons": ("另有 {count} 条", "and {count} more"),
    "ask proof": ("可查：{document}", "Look in: {document}"),
    "ask meaning": ("怎么算：{meaning}", "What counts: {meaning}"),
    "ask yes no": ("答：是 / 否 / 不清楚", "Answer: yes / no / unknown"),
    "ask number of": ("答：数字，单位 {unit} / 不清楚", "Answer: a number in {unit} / unknown"),
    "ask plain number": ("答：数字 / 不清楚", "Answer: a number / unknown"),
    "ask one": ("答：选一项的序号或名称 / 不清楚", "Answer: number or name of one option / unknown"),
    "ask several": (
        "答：序号或名称，可多项，用“、”分开；都不涉及答“无” / 不清楚",
        "Answer: numbers or names separated by commas; “none” if none of them / unknown",
    ),
    "ask code": (
        "答：行业代码，或写几个字查找（如 阀门） / 不清楚",
        "Answer: a code, or Chinese words to look it up / unknown",
    ),
    "ask day": ("答：年-月-日 / 不清楚", "Answer: YYYY-MM-DD / unknown"),
    "ask text": ("答：一段文字 / 不清楚", "Answer: a text / unknown"),
    "ask hits": ("找到以下代码；答序号，或换个词再查：", "Found; answer with a number, or try other words:"),
    "ask no hits": (
        "没有找到“{words}”；请换个词，或直接写代码。",
        "Nothing found for “{words}”; try other words or a code.",
    ),
    "ask coarse": (
        "这个代码还不够细；有了四位小类代码再补。",
        "The code is too coarse for some rules; add the four-digit code when you have it.",
    ),
    "ask empty": (
        "没有收到回答；请作答，不知道就答“不清楚”，想以后再答就答“跳过”。",
        "No answer; please answer, “unknown” if you do not know, “skip” to be asked later.",
    ),
    "ask not yes no": (
        "没有听懂“{text}”；请答 是 或 否，不知道就答“不清楚”。",
        "“{text}” is not understood; yes, no or unknown.",
    ),
    "ask again": (
        "{reason}。请重新回答，不知道就答“不清楚”。",
        "{reason}. Please answer again, “unknown” if you do not know.",
    ),
    "ask contradicts": (
        "和前面的回答矛盾：{reason}。请重新回答；若前面答错了，答“返回”改正。",
        "This contradicts an earlier answer: {reason}. Answer again, or “back” to correct the earlier one.",
    ),
    "ask nothing before": (
        "已经是第一问，没有可以返回的。",
        "This is the first question; there is nothing to go back to.",
    ),
    "ask back": ("退回上一问。", "Back to the question before."),
    "ask bounds": (
        "目前：{verdicts} ｜ 环评：{eia} ｜ 许可：{permit}",
        "So far: {verdicts} | EIA: {eia} | permit: {permit}",
    ),
    "ask excluded": ("→ 已排除：{items}", "→ excluded: {items}"),
    "ask verdict settled": (
        "结论已定，其余回答不再改变结论，只影响环评或许可类别。",
        "The verdict is settled; further answers only bear on the EIA or permit class.",
    ),
    "ask later": (
        "入园时能定的都问完了：{verdict}。还有 {count} 项属于环评、设计和运行阶段，"
        "没有答案的列为入园条件。现在继续回答这些吗？（是 / 否）",
        "All that can be settled at admission is asked: {verdict}. {count} more belong to EIA, design and operation; "
        "unanswered they are conditions of admission. Go on with those now? (yes / no)",
    ),
    "ask more": (
        "结论和类别已不会再变。还有 {count} 项只影响要办的手续和契合度。继续吗？（是 / 否）",
        "Verdict and classes cannot change any more. {count} more bear on duties and score only. Go on? (yes / no)",
    ),
    "ask saved": (
        "已保存到 {file}。继续回答：admission ask {file}；看结果：admission screen {file}",
        "Saved to {file}. To go on: admission ask {file}; for the result: admission screen {file}",
    ),
    "ask unsure head": (
        "答“不清楚”、仍可能改变结果的 {count} 项",
        "{count} unknown items that can still change the result",
    ),
    "ask unsure": ("{label}：查{document}；可问{departments}部门", "{label}: see {document}; ask: {departments}"),
    "ask skipped": ("跳过了 {count} 项，下次再问。", "{count} questions skipped; they will be asked next time."),
    "ask final open": (
        "不会再问：没有别的回答能改变结论，除非补齐上面“不清楚”的事项或由人研判。",
        "Nothing more is asked: only the unknown items above or a person's judgement can still change the verdict.",
    ),
    "ask final": ("没有任何回答能再改变结论。", "No answer can change the verdict any more."),
    "ask one project": (
        "有 {count} 个项目；应为一个；请把要问的项目单独存为一个文件",
        "has {count} projects; expected one; put the project to ask about into a file of its own",
    ),
    "ask stdin": (
        "回答从标准输入读，项目须是文件；请写文件名",
        "answers are read from standard input; name a file for the project",
    ),
    "ask target duties": ("要办的手续", "duties"),
    "ask target score": ("契合度", "fit score"),
    "ask target verdict": ("结论", "the verdict"),
    "ask target eia": ("环评类别", "the EIA class"),
    "ask target permit": ("许可类别", "the permit class"),
}
