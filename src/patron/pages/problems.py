"""What a visitor sees in place of a page that cannot be shown."""

from markupsafe import Markup

from patron.db.actions import Reply
from patron.http.pages import html
from patron.kernel.problems import Problem
from patron.pages.templates import render

STYLE = Markup("""
body { margin: 15vh auto; max-width: 32rem; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; color: #1c1c1c }
small { color: #5c5c5c }
""")


def problem_page(problem: Problem, request_id: str) -> Reply:
    """A page that tells of the problem, with its status. It names nothing but the request."""
    text = render("problem.html", problem=problem, request_id=request_id, style=STYLE)
    return html(text, status=problem.status, styles=(STYLE,))
