"""A short talk in Chinese with a translation of each sentence, written down before any model had heard or translated it.

The recordings (sample `meeting_zh`) are synthetic: no recording of Chinese speech with a licence to pass it on reached us.
"""

PAIRS = (
    ("大家早上好，感谢各位来参加今天的会议。", "Good morning everyone, thank you all for coming to today's meeting."),
    ("今天我们主要讨论三个问题。", "Today we will mainly discuss three questions."),
    ("第一，新产品什么时候可以上市。", "First, when the new product can come to market."),
    ("市场部认为下个月就可以开始销售。", "The marketing department thinks that we can start selling next month."),
    ("但是工厂说，他们还需要两个星期。", "But the factory says that they still need two weeks."),
    (
        "第二，上个季度的收入比去年增长了百分之十二。",
        "Second, last quarter's revenue grew by twelve percent compared with last year.",
    ),
    ("第三，客户希望我们提供更快的服务。", "Third, the customers hope that we will provide faster service."),
    ("昨天有一位客人在电话里等了二十分钟。", "Yesterday a customer waited on the phone for twenty minutes."),
    ("我们应该多请几个人，也应该改进网站。", "We should hire a few more people, and we should also improve the website."),
    ("如果没有别的问题，我们下星期三再见。", "If there are no other questions, we will meet again next Wednesday."),
)
LEAST_CHRF = 0.40  # fixed with the translations
