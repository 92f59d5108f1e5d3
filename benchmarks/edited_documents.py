"""Pairs of documents of our own making: a text with marked passages, and the same text after known edits.

Every passage is a piece of its own while the text is edited, so where it ends up is known, not searched for.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from reviewer.domain import Span
from reviewer.understanding.numerals import to_chinese

KINDS = ("insertions", "deletions", "moves", "rewordings", "renumbering", "paragraphs", "everything")
KIND_NAMES = dict(zip(KINDS, ("插入", "删除", "移动", "改写", "重新编号", "段落拆并", "混合"), strict=True))


@dataclass
class Piece:
    """A run of text; `mark` is the number of the passage that it is, `fate` what an edit did to it."""

    text: str
    mark: int | None = None
    fate: str = "kept"


@dataclass
class Clause:
    heading: str
    paragraphs: list[list[Piece]] = field(default_factory=list)


@dataclass(frozen=True)
class Pair:
    kind: str
    old: str
    new: str
    passages: tuple[tuple[Span, str, Span | None], ...]  # place before, fate (kept | changed | gone), place after


_WHO = ("甲方", "乙方", "中标人", "采购人", "项目主管部门", "运营单位", "监理单位", "承租人", "建设单位", "使用部门")
_WHAT = ("设备", "系统", "场地", "工程", "服务成果", "技术资料", "配套设施", "管网", "停车泊位", "档案材料", "监测数据")
_DAYS = ("三日", "五个工作日", "七日", "十日", "十五日", "二十个工作日", "三十日", "六十日", "两个月", "九十日")
_PLACE = ("区政务服务中心", "项目现场", "甲方指定地点", "城市运行管理平台", "档案室",
          "公共资源交易平台", "各街道办事处")  # fmt: skip
_HEADINGS = (
    "项目概况", "服务内容", "服务期限", "价款与支付", "质量要求", "交付与验收", "双方权利义务",
    "人员与设备", "安全管理",
    "保密义务", "知识产权", "保险", "变更与调整", "违约责任", "不可抗力", "合同解除", "争议解决", "通知与送达",
    "监督检查", "绩效考核", "资料移交", "应急处置", "数据管理", "附则", "组织领导", "资金保障", "信息公开", "环境保护",
)  # fmt: skip
_SENTENCES = (
    "{a}应当在{d}内向{b}提交{w}，并说明{w2}的使用情况。", "{w}由{a}负责维护，费用计入{b}的年度预算。",
    "{a}发现{w}存在缺陷的，应当自发现之日起{d}内书面通知{b}。", "未经{b}书面同意，{a}不得将{w}转让或者出租给第三人。",
    "{a}与{b}应当在{p}共同清点{w}，清点记录一式{n}份。", "{w}交付后{d}内，{b}组织验收，逾期不验收的视为合格。",
    "合同价款分{n}期支付，每期支付前{a}应当提供等额发票。",
    "{a}延迟交付{w}的，每延迟一日按合同价款的万分之{n}支付违约金。",
    "{b}有权对{w}的质量进行抽查，抽查比例不低于百分之{n}。", "{a}应当为从事{w}作业的人员办理工伤保险，并报{b}备案。",
    "因{w}引起的第三方索赔，由{a}承担，{b}因此受到损失的可以追偿。", "{a}应当在{p}公示{w}的收费标准，公示期不少于{d}。",
    "{w}的知识产权归{b}所有，{a}在{d}内完成权属登记手续。", "{a}应当建立{w}台账，每季度末向{b}报送一次。",
    "双方确认{p}为{w}的交付地点，运输费用由{a}承担。", "遇有突发情况，{a}应当在{n}小时内到达{p}处置{w}。",
    "{b}应当在收到{a}的申请之日起{d}内作出答复。", "{a}更换{w}负责人的，应当提前{d}告知{b}并办理交接。",
    "{w}经两次验收仍不合格的，{b}有权解除合同并要求{a}返还已付款项。",
    "保密期限为合同终止后{n}年，{a}应当销毁留存的{w}。",
    "{a}应当按照国家标准设置{w}的安全标识，并每{d}巡查一次。",
    "对{w}的考核由{b}组织，考核得分低于{n}0分的扣减当期费用。",
    "{p}负责受理有关{w}的投诉，并在{d}内反馈处理结果。", "本条所称{w}，包括{a}在履行中形成的全部{w2}。",
    "{a}使用财政资金购置{w}的，应当执行政府采购规定。", "{b}对{a}提交的{w2}有异议的，应当在{d}内提出书面意见。",
    "涉及{w}的重大调整，由{a}会同{b}研究后报{p}审定。", "{a}应当对{w}进行{n}次以上的培训，培训记录交{b}存档。",
)  # fmt: skip
_BOILERPLATE = ("本条未尽事宜，由双方另行协商。", "具体办法由有关部门另行制定。",
                "违反本条规定的，依法承担相应责任。", "甲方：（盖章）", "备注：")  # fmt: skip
_WORDS = {
    "应当": "须", "书面": "以书面形式", "组织": "牵头", "不得": "不可以", "承担": "负担", "提交": "报送",
    "负责": "具体负责", "共同": "会同", "并": "同时", "之日起": "次日起", "有权": "可以",
}  # fmt: skip


def _sentence(dice: random.Random) -> str:
    a, b = dice.sample(_WHO, 2)
    w, w2 = dice.sample(_WHAT, 2)
    return dice.choice(_SENTENCES).format(
        a=a, b=b, w=w, w2=w2, d=dice.choice(_DAYS), p=dice.choice(_PLACE), n=dice.randint(2, 9)
    )


def _marked(dice: random.Random, sentence: str, mark: int) -> list[Piece]:
    """A passage in a sentence: a few words of it, half of it, or all of it."""
    length = dice.choice((dice.randint(4, 8), len(sentence) // 2, len(sentence)))
    start = dice.randint(0, max(0, len(sentence) - length))
    cut = (sentence[:start], sentence[start : start + length], sentence[start + length :])
    return [Piece(t, mark if n == 1 else None) for n, t in enumerate(cut) if t]


def _document(dice: random.Random, clauses: int, share: float) -> list[Clause]:
    made, mark = [], 0
    for n in range(clauses):
        clause = Clause(_HEADINGS[n % len(_HEADINGS)])
        for _ in range(dice.randint(2, 5)):
            paragraph: list[Piece] = []
            for _ in range(dice.randint(1, 3)):
                sentence = dice.choice(_BOILERPLATE) if dice.random() < 0.12 else _sentence(dice)
                if dice.random() < share:
                    paragraph += _marked(dice, sentence, mark)
                    mark += 1
                else:
                    paragraph.append(Piece(sentence))
            clause.paragraphs.append(paragraph)
        made.append(clause)
    return made


def _numbered(n: int, style: int) -> str:
    return (f"第{to_chinese(n)}条　", f"{to_chinese(n)}、", f"{n}. ")[style]


def _written(clauses: list[Clause], style: int) -> tuple[str, dict[int, Span]]:
    """The text, and where each passage is in it."""
    out, places, at = [], {}, 0

    def write(text: str) -> None:
        nonlocal at
        out.append(text)
        at += len(text)

    write("城市公共服务项目合同\n")
    for n, clause in enumerate(clauses, 1):
        write(f"{_numbered(n, style)}{clause.heading}\n")
        for m, paragraph in enumerate(clause.paragraphs, 1):
            write((f"（{to_chinese(m)}）", f"{n}.{m} ", "")[style])
            for piece in paragraph:
                if piece.mark is not None and piece.fate != "gone":
                    places[piece.mark] = Span(at, at + len(piece.text))
                write("" if piece.fate == "gone" else piece.text)
            write("\n")
    return "".join(out), places


def _insert(dice: random.Random, clauses: list[Clause]) -> None:
    for _ in range(max(1, len(clauses) // 6)):
        fresh = Clause(dice.choice(_HEADINGS) + "的补充", [[Piece(_sentence(dice))] for _ in range(dice.randint(1, 3))])
        clauses.insert(dice.randint(0, len(clauses)), fresh)
    for clause in dice.sample(clauses, len(clauses) // 3):
        clause.paragraphs.insert(dice.randint(0, len(clause.paragraphs)), [Piece(_sentence(dice))])
    for clause in dice.sample(clauses, len(clauses) // 3):
        paragraph = dice.choice(clause.paragraphs)
        paragraph.insert(dice.choice((0, len(paragraph))), Piece(_sentence(dice)))


def _delete(dice: random.Random, clauses: list[Clause]) -> None:
    for clause in dice.sample(clauses, max(1, len(clauses) // 8)):
        _gone(clause)
    for clause in dice.sample(clauses, len(clauses) // 4):
        paragraph = dice.choice(clause.paragraphs)
        for piece in paragraph:
            piece.fate = "gone"


def _gone(clause: Clause) -> None:
    for paragraph in clause.paragraphs:
        for piece in paragraph:
            piece.fate = "gone"


def _move(dice: random.Random, clauses: list[Clause]) -> None:
    for _ in range(max(1, len(clauses) // 8)):
        clause = clauses.pop(dice.randrange(len(clauses)))
        clauses.insert(dice.randint(0, len(clauses)), clause)
    for _ in range(len(clauses) // 6):
        source, target = dice.sample(clauses, 2)
        if len(source.paragraphs) > 1:
            paragraph = source.paragraphs.pop(dice.randrange(len(source.paragraphs)))
            target.paragraphs.insert(dice.randint(0, len(target.paragraphs)), paragraph)


def _reword(dice: random.Random, clauses: list[Clause]) -> None:
    """Words for words in a third of the pieces; some passages are written anew in part."""
    for clause in clauses:
        for paragraph in clause.paragraphs:
            for piece in paragraph:
                if piece.fate == "kept" and dice.random() < 0.35:
                    changed = _other_words(dice, piece.text)
                    piece.fate = "kept" if changed == piece.text else "changed"
                    piece.text = changed


def _other_words(dice: random.Random, text: str) -> str:
    for word in dice.sample(sorted(_WORDS), len(_WORDS)):
        if word in text and dice.random() < 0.6:
            text = text.replace(word, _WORDS[word], 1)
    for days in _DAYS:
        if days in text and dice.random() < 0.7:
            return text.replace(days, dice.choice([d for d in _DAYS if d not in text]), 1)
    return text


def _paragraphs(dice: random.Random, clauses: list[Clause]) -> None:
    """Paragraphs are split at a sentence, or joined with the next."""
    for clause in dice.sample(clauses, len(clauses) // 2):
        n = dice.randrange(len(clause.paragraphs))
        paragraph = clause.paragraphs[n]
        ends = [k + 1 for k, p in enumerate(paragraph[:-1]) if p.text.endswith("。")]
        if ends and dice.random() < 0.5:
            cut = dice.choice(ends)
            clause.paragraphs[n : n + 1] = [paragraph[:cut], paragraph[cut:]]
        elif n + 1 < len(clause.paragraphs):
            clause.paragraphs[n : n + 2] = [paragraph + clause.paragraphs[n + 1]]


def _nothing(dice: random.Random, clauses: list[Clause]) -> None:
    """Renumbering alone: one clause goes, all numbers after it move up."""
    _gone(clauses[dice.randrange(len(clauses) // 2)])


_EDITS: dict[str, tuple[Callable[[random.Random, list[Clause]], None], ...]] = {
    "insertions": (_insert,), "deletions": (_delete,), "moves": (_move,), "rewordings": (_reword,),
    "renumbering": (_nothing,), "paragraphs": (_paragraphs,),
    "everything": (_move, _paragraphs, _reword, _delete, _insert),
}  # fmt: skip


def make_pair(kind: str, seed: int, *, clauses: int = 24, share: float = 0.35) -> Pair:
    """The pair of a kind of edit; the same seed gives the same pair."""
    dice = random.Random(f"{kind}-{seed}")
    document = _document(dice, clauses, share)
    style = seed % 3
    old, before = _written(document, style)
    for edit in _EDITS[kind]:
        edit(dice, document)
    new, after = _written(_without_empty(document), (style + 1) % 3 if kind == "renumbering" and seed % 2 else style)
    fates = {p.mark: p.fate for c in document for paragraph in c.paragraphs for p in paragraph if p.mark is not None}
    passages = tuple((before[m], fates[m], after.get(m)) for m in sorted(before))
    return Pair(kind, old, new, passages)


def _without_empty(document: list[Clause]) -> list[Clause]:
    """What was emptied is not numbered any more."""
    left = []
    for clause in document:
        paragraphs = [p for p in clause.paragraphs if any(x.fate != "gone" for x in p)]
        if paragraphs:
            left.append(Clause(clause.heading, paragraphs))
    return left


def all_pairs(each: int = 6) -> list[Pair]:
    return [make_pair(kind, seed) for kind in KINDS for seed in range(each)]
