"""The name, the mark and the fields, as the shell and the home page show them."""

from __future__ import annotations

from core.language import N_

NAME = "Panorama"
# A horizon in a wide frame, in a blue that reads on light and on dark ground.
_MARK = """<g fill="none" stroke="#3F7FE0" stroke-width="2.6" stroke-linejoin="round" stroke-linecap="round">
<path d="M3 8 Q23 2 43 8 V28 Q23 34 3 28 Z"/><path d="M4 26 L15 14 L23 22 L31 11 L42 24"/></g>
<circle cx="14" cy="11" r="2.6" fill="#E69F00"/>"""
_TYPE = "font-family=\"'Segoe UI','Helvetica Neue',Roboto,'Noto Sans','Noto Sans CJK SC',Arial,sans-serif\" font-weight=\"600\""
ICON = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 -5 46 46">{_MARK}</svg>'
LOGO = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 190 36" height="36">{_MARK}'
    f'<text x="54" y="26" {_TYPE} font-size="24" fill="#3F7FE0">{NAME}</text></svg>'
)

# Every field has its page in pages/<field>.py; a field of an added package gets its own name as title.
FIELDS = {
    "text": (":material/chat:", N_("Text"), N_("Sort, judge and search what people write, in Chinese and English.")),
    "vision": (":material/image:", N_("Vision"), N_("Recognise, count, follow and cut out what pictures and videos show.")),
    "speech": (":material/graphic_eq:", N_("Speech"), N_("Write down, say, clean and tell apart what is spoken.")),
    "recommend": (":material/recommend:", N_("Recommending"), N_("Learn what people like, and say why each thing is suggested.")),
    "finance": (
        ":material/account_balance:",
        N_("Finance"),
        N_("Score loans, find fraud, build portfolios, price risk, forecast."),
    ),
}
