"""The report as one file that opens offline in a browser."""

from calibrant.reports.html.answers import MOST
from calibrant.reports.html.page import PageOptions, write_html

__all__ = ["MOST", "PageOptions", "write_html"]
