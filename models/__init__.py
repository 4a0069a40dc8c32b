"""Middle floor: what the dashboard can do, one folder per field, one file per capability. No Streamlit here."""
