"""What the editors see ahead: one episode scheduled for the next slot, one draft after it."""

from config.demo.content import Episode, Place, prose, script
from config.demo.spotlight.show import CLOSING

COMING: tuple[Episode, ...] = (
    Episode(
        slug="light-by-the-hour",
        title="Light by the hour",
        summary="Dams that take decades, winters that come every year, and a timetable for "
        "electricity on the kitchen wall.",
        notes=prose("""
            Electricity in Central Asia is a story of long plans and short evenings. Great dams
            rise over decades; a household’s question is whether the lamp will work at seven.

            ## The long plans

            Rogun in Tajikistan and Kambarata-1 in Kyrgyzstan are among the largest dams planned
            or under construction in the region. Uzbekistan, once wary of both, has become a
            partner of its neighbours. That change may prove as important as the concrete.

            ## The short evenings

            Demand grows each year with new flats, new workshops and electric heaters. When
            reservoirs are low, the difference is made by limits, imports and appeals. A published
            timetable is unpleasant. An unpublished one is worse.

            ## Prices

            - Cheap power keeps a household warm, and leaves a network unrepaired.
            - A rise without a meter that people trust is a quarrel.
            - Help can be aimed at people or at kilowatt-hours. The two cost differently.

            ## The grid they share

            The common power ring was a legacy that nearly came apart. Joining it again is slow,
            technical and unphotogenic work, and it is what keeps the lights on.
        """),
        place=Place.NEXT,
        topics=("Energy", "Water"),
        countries=("TJ", "KG", "UZ"),
        parts=script(
            """
            # The long plans
            A: A great dam takes decades. A winter evening takes four hours. Most of the energy
            policy of this region happens between those two numbers.
            B: Tajikistan and Kyrgyzstan are building high in the mountains. Uzbekistan, which was
            once wary of such dams, has become a partner.
            A: That change of mind may weigh as much as the concrete.
            # The short evenings
            B: Meanwhile demand goes up with every new flat and every electric heater. When the
            reservoirs are low, there are limits.
            A: A timetable on the kitchen wall is unpleasant. Having no timetable is worse.
            # Prices
            B: Cheap power keeps a family warm, and leaves the network unrepaired.
            A: A higher price, without a meter that people trust, is a quarrel waiting to begin.
            # The grid they share
            B: And there is the ring, the common grid. It was inherited, it nearly fell apart, and
            it is being joined again.
            A: Nobody takes photographs of that work. It is the work that keeps the lights on.
            """,
            closing=CLOSING,
        ),
    ),
    Episode(
        slug="which-language-does-the-map-speak",
        title="Which language does the map speak?",
        summary="Alphabets, street signs and the evening news: language as policy.",
        notes=prose("""
            What joins the stories: every change of an alphabet is also a change of who can read
            whose newspaper.

            ## Alphabets

            Kazakhstan plans, Uzbekistan is on its way, Turkmenistan has done it. Find out what
            each of them counts as finished.

            ## Names on the map

            Which towns have changed their names, and who still uses the old ones?

            ## The evening news

            To do: ask about audiences by language. Record by the end of the week.
        """),
        place=Place.AFTER_NEXT,
        topics=("Media", "Culture"),
        countries=("KZ", "UZ", "TM"),
    ),
)
