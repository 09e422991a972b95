"""Invented names: words of nature for organisations, common characters for people, valid codes."""

from random import Random

# The words organisations are named after, with what they mean. None names a real organisation.
WORDS: tuple[tuple[str, str], ...] = (
    ("银杏", "Ginkgo"),
    ("青榕", "Green Banyan"),
    ("蓝花楹", "Jacaranda"),
    ("白鹇", "Silver Pheasant"),
    ("石斛", "Dendrobium"),
    ("松涛", "Pine Wind"),
    ("凤尾竹", "Fernleaf Bamboo"),
    ("冬樱", "Winter Cherry"),
    ("蓝桉", "Blue Gum"),
    ("孔雀羽", "Peacock Feather"),
    ("晨露", "Morning Dew"),
    ("红椿", "Red Toon"),
    ("石榴籽", "Pomegranate Seed"),
    ("苍洱月", "Moon over the Lake"),
    ("澜水", "Lan River"),
    ("雪莲", "Snow Lotus"),
    ("马樱", "Tree Rhododendron"),
    ("滇楸", "Catalpa"),
    ("云杉", "Spruce"),
    ("向日坡", "Sunward Slope"),
    ("火把果", "Firethorn"),
    ("月光石", "Moonstone"),
    ("山泉", "Mountain Spring"),
    ("野蔷薇", "Wild Rose"),
    ("竹溪", "Bamboo Brook"),
    ("报春", "Primrose"),
    ("杜鹃岭", "Azalea Ridge"),
    ("绿孔雀", "Green Peacock"),
    ("木棉道", "Kapok Way"),
    ("望江", "River View"),
    ("黄栌", "Smoke Tree"),
    ("鹿衔草", "Pyrola"),
    ("谷雨", "Grain Rain"),
    ("灯台树", "Lamp Tree"),
    ("浅水湾头", "Shallow Bay"),
)

# How a group of each type calls itself.
KINDS: dict[str, tuple[tuple[str, str], ...]] = {
    "vg": (("志愿小组", "Volunteers"),),
    "cbo": (
        ("关怀小组", "Care Group"),
        ("互助社", "Mutual Aid"),
        ("健康工作室", "Health Studio"),
    ),
    "registered": (("关怀中心", "Care Centre"),),
    "ngo": (("社会服务中心", "Social Service Centre"),),
}

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "文明玉春华秀芳丽云建国志强平英凤兰竹松柏青晓东海燕梅红宁安和静远山月波江林晨雪岩荣庆"
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: no I, O, S, V, Z
SUBJECT_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714-1997


def organization_names(kind: str, number: int) -> tuple[str, str]:
    """Return the Chinese and English name of the n-th organisation of a type."""
    forms = KINDS[kind]
    word, english = WORDS[number % len(WORDS)]
    form, english_form = forms[number // len(WORDS) % len(forms)]
    return word + form, f"{english} {english_form}"


def person_name(chance: Random) -> str:
    """Return an everyday name made of everyday characters."""
    return chance.choice(SURNAMES) + "".join(chance.sample(GIVEN, chance.choice((1, 2, 2))))


def credit_code(registrar: str, division: str, number: int) -> str:
    """Return a unified social credit code whose two check characters are right.

    `registrar` is the first two characters: 51 association, 52 service agency, 91 enterprise.
    """
    subject = f"{number:08d}"
    remainder = 11 - sum(int(d) * w for d, w in zip(subject, SUBJECT_WEIGHTS, strict=True)) % 11
    body = registrar + division + subject + "0123456789X0"[remainder]
    total = sum(ALPHABET.index(sign) * pow(3, place, 31) for place, sign in enumerate(body))
    return body + ALPHABET[-total % 31]
