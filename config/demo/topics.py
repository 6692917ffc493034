"""Themes and countries that the demo's episodes are filed under, with their Russian names."""

THEMES = {
    "Borders and security": "Границы и безопасность",
    "Cities": "Города",
    "Climate": "Климат",
    "Culture": "Культура",
    "Diplomacy": "Дипломатия",
    "Economy": "Экономика",
    "Elections": "Выборы",
    "Energy": "Энергетика",
    "Environment": "Окружающая среда",
    "Human rights": "Права человека",
    "Labour migration": "Трудовая миграция",
    "Media": "СМИ",
    "Mining": "Добыча полезных ископаемых",
    "Trade and transport": "Торговля и транспорт",
    "Water": "Вода",
}

COUNTRIES = {
    "AF": ("Afghanistan", "Афганистан"),
    "AZ": ("Azerbaijan", "Азербайджан"),
    "KG": ("Kyrgyzstan", "Кыргызстан"),
    "KZ": ("Kazakhstan", "Казахстан"),
    "TJ": ("Tajikistan", "Таджикистан"),
    "TM": ("Turkmenistan", "Туркменистан"),
    "UZ": ("Uzbekistan", "Узбекистан"),
}
