"""The first five episodes, on the cadence’s first five slots of autumn 2025."""

from config.demo.content import Correction, Episode, Place, prose, script
from config.demo.spotlight.show import CLOSING

ARCHIVE: tuple[Episode, ...] = (
    Episode(
        slug="five-capitals-one-map",
        title="Five capitals, one map",
        summary="How to read a region of five countries: by its rivers, its borders, its roads "
        "and the calendars of its capitals.",
        notes=prose("""
            Central Asia is often told as one story, and just as often as five separate ones. This
            first episode looks for the useful distance between the two: what the region shares,
            and what each capital sees differently when it looks at the same map.

            ## A shared map

            Roads, railways, canals and power lines were laid out before there were borders to
            cross. Much of today’s diplomacy is about running an inheritance that was designed for
            one owner and now has five. A substation, a reservoir or a market town can be an
            ordinary local matter on Monday and an international one on Tuesday.

            ## Five calendars

            Elections, harvests, heating seasons and summits do not fall in the same weeks in
            Astana, Bishkek, Dushanbe, Ashgabat and Tashkent. Reading the news with all five
            calendars open explains a good deal that looks sudden when one is missing.

            ## How to follow the region

            - Read the map before the statement.
            - Ask what season it is.
            - Look at what was agreed last year, and whether anybody has built it.
            - Keep the neighbours in view: Afghanistan, China, Russia, Iran and the Caucasus.

            The written side of this work is at
            [The Times of Central Asia](https://timesca.com/) and the
            [Oxus Society for Central Asian Affairs](https://oxussociety.org/).
        """),
        place=Place.ARCHIVE,
        topics=("Diplomacy",),
        countries=("KZ", "KG", "TJ", "TM", "UZ"),
        embedded_chapters=True,
        parts=script(
            """
            # A shared map
            A: Welcome to Spotlight on Central Asia, in its demonstration edition. We begin with a
            map, because almost every story in this region is also a story about distance.
            B: Five countries, two great rivers, and mountains that decide where both the water
            and the roads can go.
            A: Much of what crosses the borders today was built before the borders were. Canals,
            power lines and railways were drawn for one owner, and now they have five.
            # Five calendars
            B: Then there is time. The harvest, the heating season, the elections and the summits
            come in different weeks in each capital.
            A: A decision that looks sudden from far away is often simply the next date in
            somebody’s calendar.
            # How to follow the region
            B: So here are three habits for a listener. Look at the map before the statement.
            A: Ask what season it is.
            B: And look at what was promised a year ago, to see whether anybody has built it.
            A: Every second Sunday, a few stories, told slowly enough to follow.
            """,
            closing=CLOSING,
        ),
    ),
    Episode(
        slug="water-has-no-passport",
        title="Water has no passport",
        summary="Upstream needs winter power, downstream needs summer fields, and a new canal "
        "adds a neighbour to the table.",
        notes=prose("""
            Two rivers, the Amu Darya and the Syr Darya, carry most of the arguments of Central
            Asia, and most of its reasons to co-operate. This episode follows the water from
            the glaciers to the fields.

            ## Winter power, summer fields

            Upstream, Kyrgyzstan and Tajikistan would like to release water in winter, when
            turbines are needed for heat and light. Downstream, Kazakhstan, Turkmenistan and
            Uzbekistan would like it in summer, when the fields are thirsty. Any agreement between
            them is an exchange between seasons: water now against energy later.

            ## A canal on the other bank

            Afghanistan is building the Qosh Tepa canal to bring water of the Amu Darya to its own
            northern provinces. It was not part of the arrangements that the others inherited, so
            the question is who talks to whom, about which figures, and in what room.

            ## What can be measured

            - How much water is lost in unlined canals before it reaches a field.
            - What farmers pay for it, if anything.
            - Which gauges are read by both sides, and published.

            Snow and ice are the region’s oldest reservoir. They are also the one that nobody
            can rebuild.
        """),
        place=Place.ARCHIVE,
        topics=("Water", "Energy", "Diplomacy"),
        countries=("KG", "TJ", "UZ", "TM", "KZ", "AF"),
        embedded_chapters=True,
        correction=Correction(
            text="An earlier version of these notes said that the Syr Darya rises in Tajikistan. "
            "It is formed in the Fergana Valley, where the Naryn and the Kara Darya meet.",
            days_after=3,
        ),
        parts=script(
            """
            # Winter power, summer fields
            A: The same litre of water has two jobs in Central Asia, and they come half a year
            apart.
            B: In the mountains it should turn a turbine in January, when houses need heat. In the
            valleys it should reach a field in July.
            A: So every agreement on water is really an exchange between seasons. Water now,
            against electricity, coal or gas later.
            # A canal on the other bank
            B: South of the Amu Darya, Afghanistan is digging a long canal for its own fields.
            A: The rules that the others follow were written without it. The first question is
            not how much water it takes. It is who sits in the room where the figures are
            compared.
            # What can be measured
            B: And figures there are. How much is lost in an unlined canal on the way to the
            field. What a farmer pays. Which gauges both neighbours can read.
            A: Glaciers and snow are the oldest reservoir in the region, and the only one that
            nobody knows how to build again.
            B: Water has no passport. The people who share it do, and that is where politics
            begins.
            """,
            closing=CLOSING,
        ),
    ),
    Episode(
        slug="the-money-that-comes-home",
        title="The money that comes home",
        summary="Labour migration seen from the villages that it leaves and the households "
        "that it keeps.",
        notes=prose("""
            In many villages of Tajikistan, Kyrgyzstan and Uzbekistan, the most important employer
            is in another country. This episode looks at labour migration from the place that
            people leave.

            ## A transfer on the telephone

            Remittances pay for food, for weddings, for a new roof and for school. They arrive as
            a message on a telephone, and they depend on an exchange rate, a work permit and the
            mood of a distant labour market. When one of the three moves, a village notices before
            a ministry does.

            ## New directions

            Russia has long been the main destination. Tighter rules there, and demand elsewhere,
            make people look further: to Kazakhstan, Turkey, the Gulf, South Korea and Europe.
            Each direction has its own papers, its own intermediaries and its own risks.

            ## Those who stay

            - Grandparents who bring up children.
            - Women who run a farm and a household alone.
            - Teachers and doctors whose colleagues have left.

            Official figures count transfers well and people badly. That is worth remembering
            whenever a single percentage is asked to explain a country.
        """),
        place=Place.ARCHIVE,
        topics=("Labour migration", "Economy"),
        countries=("TJ", "KG", "UZ"),
        parts=script(
            """
            A: There are villages in Central Asia where the largest employer is in another
            country.
            B: The wages come home as a message on a telephone. They pay for flour and for
            weddings, for a roof, for a year of school.
            A: Three things decide how much arrives: an exchange rate, a work permit, and the mood
            of a labour market a long way off. When one of them moves, the village knows before
            the ministry does.
            B: For a long time the road led mostly north. Now people look in more directions, and
            every direction has its own papers, its own brokers and its own risks.
            A: And then there are those who stay. Grandparents who bring up children. Women who
            run a farm alone. The one teacher who did not leave.
            B: Statistics count transfers well, and people badly.
            A: So when a single percentage is asked to explain a whole country, it is worth asking
            who is behind it, and who is waiting at the other end of the line.
            """,
            closing=CLOSING,
        ),
    ),
    Episode(
        slug="ballots-in-the-first-snow",
        title="Ballots in the first snow",
        summary="Kyrgyzstan goes to the polls early and under new rules: what a parliament is "
        "for, and how to watch a count.",
        notes=prose("""
            Kyrgyzstan elects its parliament on 30 November 2025, earlier than planned and under
            rules that voters have not used before. This episode does not forecast anything. It
            explains what to look at.

            ## New districts

            The country votes in larger districts, each of which sends several deputies. That
            changes what a campaign is: a candidate must be known beyond one valley, and parties
            matter in a different way than they did on a national list.

            ## Who may stand, who can be heard

            The formal list of candidates is one half of an election. The other half is whether
            they can meet voters, appear in the media, and disagree in public without risk. Both
            halves can be described without guessing at anybody’s motives.

            ## How to watch a count

            - Are the results of each polling station published, and how soon?
            - Can observers stand where they can see?
            - What happens to a complaint, and who decides it?

            Kyrgyzstan’s politics used to be the most unpredictable in the region. Whether that
            was a weakness or a strength is a question that its neighbours answer differently.
        """),
        place=Place.ARCHIVE,
        topics=("Elections", "Human rights"),
        countries=("KG",),
        parts=script(
            """
            # New districts
            A: Kyrgyzstan votes today, in the cold, and under rules that are new to its voters.
            B: The districts are larger now, and each of them sends several deputies. A candidate
            has to be known beyond one valley.
            A: We make no forecast here. We would rather say what is worth looking at.
            # Who can be heard
            B: First, the campaign. A list of names is only half of an election. The other half is
            whether those people can meet voters, appear on the air, and disagree in public
            without fear of what comes next.
            # How to watch a count
            A: Second, the count. Are the results of each polling station published, and how soon?
            B: Can observers stand in a place from which they can see the table?
            A: And third, the complaints. Somebody always complains. What matters is who decides,
            and whether the reasons are given.
            B: For years this was the least predictable politics in the region. Whether that is a
            weakness or a strength depends on whom you ask, and on which side of a border you ask
            it.
            """,
            closing=CLOSING,
        ),
    ),
    Episode(
        slug="neutral-ground",
        title="Neutral ground",
        summary="A neutrality summit in Ashgabat, trouble on the Tajik–Afghan border, a new "
        "Kyrgyz parliament, and winter evenings by the clock.",
        notes=prose("""
            Four stories of one December, and two guests whose work is about what such stories
            mean for people’s rights.

            ## Turkmenistan’s neutrality summit

            On 12 December 1995 the United Nations General Assembly recognised Turkmenistan’s
            permanent neutrality. Thirty years later Ashgabat invites the world to mark the day.
            Neutrality keeps a country out of alliances; what else it keeps out, and what it lets
            in, is the question of this part.

            ## The Tajik–Afghan border

            The Panj is a river, a border and a market. Violence on it is felt at once by traders,
            by workers and by the villages on both banks. What do the neighbours of Afghanistan
            want from Kabul, and what can they offer?

            ## After the vote in Kyrgyzstan

            The count is over. Now comes the part that gets less attention: who sits on which
            committee, and which laws come first.

            ## Power by the clock

            Low reservoirs and high demand mean limits on electricity in several countries. The
            cold reaches some homes, schools and clinics sooner than others.

            Further reading: [The Times of Central Asia](https://timesca.com/),
            [Oxus Society](https://oxussociety.org/),
            [Equality Now](https://equalitynow.org/).
        """),
        place=Place.ARCHIVE,
        topics=("Diplomacy", "Borders and security", "Elections", "Energy", "Human rights"),
        countries=("TM", "TJ", "AF", "KG"),
        guests=("Daryana Gryaznova", "Svetlana Dzardanova"),
        embedded_chapters=True,
        parts=script(
            """
            # Turkmenistan’s neutrality summit
            A: Thirty years ago, in December, the United Nations recognised the permanent
            neutrality of Turkmenistan. This month, Ashgabat invited the world to celebrate.
            B: Neutrality keeps a country out of alliances. It is fair to ask what else it keeps
            out, and who gets to come in.
            # The Tajik–Afghan border
            A: Our second story follows the river Panj. It is a border, a market and a water
            supply, all at once.
            B: When there is violence on it, the first to feel it are traders, road workers and
            the villages on both banks.
            # After the vote in Kyrgyzstan
            A: In Bishkek the ballots have been counted. Now comes the quieter part. Who leads
            which committee, and which laws are read first.
            B: An election is one day. A parliament is every day after it.
            # Power by the clock
            A: And last, the light. Reservoirs are low, evenings are long, and in several countries
            electricity is given out by the hour.
            B: A timetable for light is also a timetable for heating, for homework, and for the
            clinic at the end of the line.
            A: Four stories, one question: who carries the cost when a system is under strain?
            """,
            closing=CLOSING,
        ),
    ),
)
