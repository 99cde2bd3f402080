"""Whatever a profile holds, the page shows it as text: nothing of it runs, loads or breaks out."""

import re

from tests.pages.cockpit.conftest import Choose, Make, OpenTab, link_of

HOSTILE = (
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "<svg><script>alert&#40;1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<object data='data:text/html,<script>alert(1)</script>'></object>",
    "<embed src=https://evil.example/x.swf>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<style>*{display:none}</style>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<form action=https://evil.example/><input name=x autofocus onfocus=alert(1)>",
    "<button form=x formaction=https://evil.example/>Save</button>",
    "<a href='javascript:alert(1)'>Ada</a>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<x" + "y" * 300 + " onclick=alert(1)>",
    "{{ 7 * 7 }}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
    "{0.__class__.__mro__}",
    "{name}{shop}{}",
    "%(name)s %s",
    "javascript:alert(1)",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u202egnp.exe",
    "\u2067<b>אדה</b>\u2069",
    "İı\ufeff\u200b\u0301\U0001f469\u200d\U0001f52c",
    "Z" + "\u0351\u0321" * 100,
    "a" * 499 + "<",
)


async def test_forty_hostile_texts_are_shown_as_text(make: Make, tab: OpenTab, choose: Choose) -> None:
    assert len(HOSTILE) == 40
    choose("--cockpit-metadata", "note", "--cockpit-metadata", "<i>more</i>")
    async with tab() as opened:
        for text in HOSTILE:
            address = {"line_1": text, "city": text, "country": text}
            metadata = {"note": text, "<i>more</i>": [text]}
            link = link_of(make(name=text, email=text[:320], phone=text[:64], address=address, metadata=metadata))
            await opened.page.goto(link)
            shown = [await each.text_content() for each in await opened.page.locator("h1 bdi, dd bdi").all()]
            assert shown == [text, text, text[:320], text[:64], text, text, text, text, text]
            assert await opened.page.locator("main :is(script, img, iframe, svg, a, b, i, style, object)").count() == 0
            assert opened.page.url == link
            assert opened.objections == []
            assert await opened.refused_by_policy() == []
            assert opened.elsewhere == []


async def test_a_shops_name_and_logo_are_shown_as_text_too(make: Make, tab: OpenTab, choose: Choose) -> None:
    name = "<script>alert('Tea & Leaves')</script>"
    choose("--cockpit-name", name, "--cockpit-logo", "https://cdn.shop.example:8443/logo.png?a=1&b='2'")
    async with tab() as opened:
        await opened.page.goto(link_of(make()))
        assert await opened.page.title() == f"Your page at {name}"
        assert await opened.page.get_attribute("img", "alt") == name
        assert opened.elsewhere == ["https://cdn.shop.example:8443/logo.png?a=1&b=%272%27"]
        assert opened.objections == []
        assert await opened.refused_by_policy() == []


async def test_nothing_but_the_logo_may_come_from_elsewhere(make: Make, tab: OpenTab) -> None:
    """The policy itself is tried: what would slip through the templates would still not load."""
    async with tab() as opened:
        await opened.page.goto(link_of(make()))
        opened.elsewhere.clear()
        await opened.page.evaluate("""
            document.body.insertAdjacentHTML('beforeend', `
                <img src="https://evil.example/x.png"><link rel="stylesheet" href="https://evil.example/x.css">
                <iframe src="https://evil.example/"></iframe><p style="color: red" onclick="alert(1)">x</p>`);
            const script = document.createElement('script');
            script.src = 'https://evil.example/x.js';
            document.body.append(script);
            const form = document.createElement('form');
            form.action = 'https://evil.example/';
            document.body.append(form);
            form.submit();
        """)
        await opened.page.wait_for_function("() => window.refusedByPolicy.length >= 7")
        kinds = {re.split(r"[ -]", refused)[0] for refused in await opened.refused_by_policy()}
        assert kinds == {"img", "style", "frame", "script", "form"}
        assert opened.elsewhere == []
