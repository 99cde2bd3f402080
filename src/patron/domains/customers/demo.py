"""Customers of a shop that does not exist, for looking around: the same ones for the same seed."""

from collections.abc import Iterator
from random import Random  # noqa: TID251 - of a fixed seed: the demo shop is the same everywhere

from patron.domains.customers.wire import AddressIn, CustomerIn

MANY = 36
FIRST = "demo-001"
"""The source_id of the first one."""

_PLACES = (
    ("de", "Germany", (("Köln", "50667", "NRW"), ("Leipzig", "04109", "SN"), ("München", "80331", "BY")), "+49 221"),
    ("fr", "France", (("Lyon", "69002", "ARA"), ("Nantes", "44000", "PDL")), "+33 4"),
    ("pl", "Poland", (("Kraków", "31-008", "MA"), ("Łódź", "90-001", "LD")), "+48 12"),
    ("es", "Spain", (("Málaga", "29001", "AN"), ("Bilbao", "48001", "PV")), "+34 95"),
    ("ja", "Japan", (("大阪市", "530-0001", "大阪府"), ("京都市", "600-8216", "京都府")), "+81 6"),
    ("en", "United States", (("Austin", "78701", "TX"), ("Portland", "97201", "OR")), "+1 512"),
)
_NAMES = {
    "de": ("Jörg Schäfer", "Annika Vogt", "Mehmet Yıldız", "Sophie Krüger", "Lukas Weiß", "Hannelore Groß"),
    "fr": ("Zoé Lefèvre", "Benoît Garçon", "Inès Moreau", "Aurélie Petit", "Hugo Fontaine", "Chloé Benoist"),
    "pl": ("Łukasz Żak", "Małgorzata Wójcik", "Paweł Śliwa", "Agnieszka Dąbek", "Józef Król", "Ewa Mazur"),
    "es": ("Íñigo Muñoz", "Begoña Ibáñez", "Lucía Peña", "Raúl Ordóñez", "Carmen Vidal", "Jesús Núñez"),
    "ja": ("佐藤 さくら", "鈴木 健一", "高橋 美咲", "田中 翔太", "伊藤 葵", "渡辺 大輔"),
    "en": ("Mary O'Neill", "Jamal Washington", "Priya Raman", "Tom Becker-Hale", "Rosa Delgado", "Bill Nguyen"),
}
_STREETS = {
    "de": "Lindenweg",
    "fr": "rue des Lilas",
    "pl": "ul. Polna",
    "es": "Calle Mayor",
    "ja": "本町",
    "en": "Oak St",
}


def demo_customers(seed: int = 1) -> Iterator[CustomerIn]:
    """`MANY` customers of several countries, by source_id `demo-001` and on."""
    random = Random(seed)  # noqa: S311
    for n in range(MANY):
        language, country, cities, phone = _PLACES[n % len(_PLACES)]
        name = _NAMES[language][n // len(_PLACES)]
        city, postal_code, state = random.choice(cities)
        yield CustomerIn(
            source_id=f"demo-{n + 1:03}",
            name=name,
            email=f"demo-{n + 1:03}@example.com",
            phone=f"{phone} 555 {random.randrange(1000, 10_000)}",
            birthdate=f"{random.randrange(1950, 2006)}-{random.randrange(1, 13):02}-{random.randrange(1, 29):02}",
            address=AddressIn(
                city=city,
                state=state,
                line_1=f"{_STREETS[language]} {random.randrange(1, 200)}",
                country=country,
                postal_code=postal_code,
            ),
            metadata={
                "lang": language,
                "vip": random.random() < 0.2,
                "visits": random.randrange(0, 60),
                "interests": random.sample(["tea", "books", "cycling", "garden", "music"], k=random.randrange(1, 4)),
            },
        )
