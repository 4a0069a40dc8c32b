"""The front door: page configuration, navigation, language."""

import streamlit as st

from core.ui import brand, language
from core.ui.language import _

st.set_page_config(page_title=brand.NAME, page_icon=brand.ICON, layout="wide")
st.logo(brand.LOGO, size="large")
with st.sidebar:
    language.switch()
page = st.navigation(
    {
        "": [st.Page("pages/home.py", title=_("Home"), default=True)],
        _("Fields"): [
            st.Page("pages/text.py", title=_("Text"), url_path="text"),
            st.Page("pages/vision.py", title=_("Vision"), url_path="vision"),
            st.Page("pages/speech.py", title=_("Speech"), url_path="speech"),
            st.Page("pages/recommend.py", title=_("Recommending"), url_path="recommend"),
            st.Page("pages/finance.py", title=_("Finance"), url_path="finance"),
        ],
        _("Workbench"): [st.Page("pages/workbench/jobs.py", title=_("Jobs and runs"), url_path="jobs")],
    }
)
page.run()
