"""The podcast taxonomy of roles, by group (podcast-namespace, taxonomy.json)."""

PODCAST_TAXONOMY: dict[str, tuple[str, ...]] = {
    "Cast": (
        "Host", "Co-Host", "Guest Host", "Guest", "Voice Actor", "Narrator", "Announcer",
        "Reporter",
    ),
    "Creative Direction": (
        "Director", "Assistant Director", "Executive Producer", "Senior Producer", "Producer",
        "Associate Producer", "Development Producer", "Creative Director",
    ),
    "Writing": (
        "Author", "Editorial Director", "Co-Writer", "Writer", "Songwriter", "Guest Writer",
        "Story Editor", "Managing Editor", "Script Editor", "Script Coordinator", "Researcher",
        "Editor", "Fact Checker", "Translator", "Transcriber", "Logger",
    ),
    "Audio Production": (
        "Studio Coordinator", "Technical Director", "Technical Manager", "Audio Engineer",
        "Remote Recording Engineer", "Post Production Engineer",
    ),
    "Audio Post-Production": (
        "Audio Editor", "Sound Designer", "Foley Artist", "Composer", "Theme Music",
        "Music Production", "Music Contributor",
    ),
    "Administration": (
        "Production Coordinator", "Booking Coordinator", "Production Assistant", "Content Manager",
        "Marketing Manager", "Sales Representative", "Sales Manager",
    ),
    "Visuals": ("Graphic Designer", "Cover Art Designer"),
    "Community": ("Social Media Manager",),
    "Misc.": ("Consultant", "Intern"),
    "Video Production": ("Camera Operator", "Lighting Designer", "Camera Grip", "Assistant Camera"),
    "Video Post-Production": ("Assistant Editor",),
}  # fmt: skip

DEFAULT_ROLE = "Host"
GUEST_ROLE = "Guest"

ROLE_CHOICES: list[tuple[str, list[tuple[str, str]]]] = [
    (group, [(role, role) for role in roles]) for group, roles in PODCAST_TAXONOMY.items()
]

GROUP_OF_ROLE: dict[str, str] = {
    role: group for group, roles in PODCAST_TAXONOMY.items() for role in roles
}
