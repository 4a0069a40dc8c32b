"""Templates and invented names of the planted test. The people, firms and books do not exist; the places do."""

from __future__ import annotations

from typing import NamedTuple


class Lists(NamedTuple):
    """`between` stands between given and family name; Chinese has none and puts the family name first."""

    templates: tuple[str, ...]
    given: tuple[str, ...]
    family: tuple[str, ...]
    names: dict[str, tuple[str, ...]]
    between: str = ""


ENGLISH = Lists(
    templates=(
        "{person} joined {organisation} in {place} on {date}.",
        "On {date}, {person} signed the agreement with {person} in {place}.",
        "{organisation} paid {amount} for a warehouse near {place}.",
        "Costs rose by {amount} once again, according to {person} of {organisation}.",
        "The committee in {place} elected {person} as its new chair.",
        "{person} moved from {place} to {place} to study medicine.",
        "Shares of {organisation} fell by {amount} on {date}.",
        "Neither {person} nor {person} wanted to comment on the plan.",
        "The bridge cost {amount} and was opened by {person}.",
        "After the flood, {organisation} sent {amount} to schools in {place}.",
        "Please read the instructions carefully before you plug in the machine.",
        "The results were better than we had expected, and nobody complained.",
        "If the window is closed, the settings are saved automatically.",
        "The report, which was finished on {date}, names {person} as the author.",
        "Engineers at {organisation} tested the pump for weeks in {place}.",
        "“We will open an office in {place},” said {person}.",
        "The museum bought the painting from {person} for {amount}.",
        "{organisation} and {organisation} will merge, {person} wrote.",
        "She teaches history and likes long walks along the river.",
        "Tickets cost {amount}, and the doors are open.",
    ),
    given=("Alice", "Benjamin", "Carla", "Daniel", "Eleanor", "Felix", "Grace", "Hamid", "Ingrid", "Jonas", "Kavita", "Leon",
           "Miriam", "Nikolai", "Olivia", "Pedro", "Rachel", "Stefan", "Tamara", "Victor"),
    family=("Ashworth", "Bergström", "Castellano", "Dimitrov", "Eriksen", "Fairbanks", "Goldberg", "Hashimoto", "Ivanova",
            "Jankowski", "Kowalczyk", "Lindgren", "Moretti", "Novak", "Okonkwo", "Petrenko", "Rosenthal", "Sorensen", "Thornton",
            "Whitfield"),
    names={
        "place": ("Lisbon", "Toronto", "Nairobi", "Helsinki", "Melbourne", "Vienna", "Chicago", "Osaka", "Lima", "Warsaw",
                  "New Zealand", "Portugal", "South Korea", "Kenya", "Bavaria"),
        "organisation": ("Northwind Energy", "Harbour Bank", "Meridian Airlines", "Stonebridge University", "Calder Motors Ltd",
                         "Bluepeak Software Inc", "Ostrava Steel Corporation", "the Riverside Foundation", "Hallmere Hospital",
                         "Quantek Industries"),
        "date": ("3 May 2021", "March 14, 2019", "17 November 1998", "August 2022", "2023-02-28", "Monday", "July 4"),
        "amount": ("$1.2 million", "€450,000", "12%", "3.5 percent", "£75", "$20 billion", "40 euros"),
    },
    between=" ",
)  # fmt: skip

CHINESE = Lists(
    templates=(
        "{date}，{person}加入了位于{place}的{organisation}。",
        "{person}和{person}在{place}签署了协议。",
        "{organisation}以{amount}的价格买下了这栋楼。",
        "据{organisation}的{person}介绍，成本上涨了{amount}。",
        "{person}从{place}搬到{place}学习医学。",
        "{date}，{organisation}的股价下跌{amount}。",
        "记者在{place}采访了{person}。",
        "这座桥耗资{amount}，由{person}设计。",
        "洪水过后，{organisation}向{place}的学校捐款{amount}。",
        "使用机器之前，请仔细阅读说明。",
        "结果比我们预期的要好，没有人抱怨。",
        "如果关闭窗口，设置会自动保存。",
        "报告于{date}完成，作者是{person}。",
        "“我们会在{place}开设办事处，”{person}说。",
        "博物馆花了{amount}从{person}手里买下这幅画。",
        "她教历史，喜欢在河边散步。",
        "门票售价{amount}，儿童免费。",
        "{person}写道，{organisation}将与{organisation}合并。",
    ),
    given=("晓峰", "雨桐", "建国", "丽华", "志强", "思远", "梦洁", "海涛", "婷婷", "文博", "佳怡", "俊杰", "秀兰", "国庆", "欣然",
           "磊", "静", "浩然", "雪梅", "子涵"),
    family=tuple("林周陈赵黄吴徐孙马朱胡郭何高罗郑梁谢宋唐"),
    names={
        "place": ("杭州市", "成都", "深圳", "内蒙古", "云南省", "苏州", "青岛市", "新加坡", "加拿大", "巴黎", "西安", "哈尔滨"),
        "organisation": ("远航科技有限公司", "东湖银行", "四川大学", "星河汽车集团", "明德医院", "华远钢铁公司", "蓝峰软件公司",
                         "长江航空公司", "教育部", "青山基金会"),
        "date": ("2021年5月3日", "2019年3月", "去年12月", "星期一", "1998年11月17日", "2022年", "8月4日"),
        "amount": ("120万元", "12%", "450美元", "百分之十五", "30亿元", "￥75", "3.5%"),
    },
)  # fmt: skip
