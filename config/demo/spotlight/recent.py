"""Six episodes on the latest slots: subjects that do not age, because their dates move."""

from config.demo.content import Episode, Place, prose, script
from config.demo.spotlight.show import CLOSING

RECENT: tuple[Episode, ...] = (
    Episode(
        slug="roads-that-go-around",
        title="Roads that go around",
        summary="The Middle Corridor between China and Europe: a line on a map, a queue at a "
        "port, and the towns in between.",
        notes=prose("""
            Between China and Europe there is a way that crosses Kazakhstan, the Caspian Sea and
            the South Caucasus. It has many names, and nowadays many admirers. This episode asks
            what it is like to send one container along it.

            ## A line and a queue

            A route is only as fast as its slowest crossing. Here that is the sea: ships wait for
            weather, trains wait for ships, and both wait for papers. A new crane helps; one
            customs form in place of four helps as much.

            ## Towns in between

            A corridor can pass a town, or stop in it. Repair, storage, food and sorting are what
            turn a passing train into wages. That depends on tariffs and on training more than
            on ribbon-cutting.

            ## Who else is on the road

            - Russia’s northern line, still cheaper in many months.
            - Roads south through Iran and Afghanistan.
            - The railway from China through Kyrgyzstan to Uzbekistan.

            More roads mean more choice, and choice is what landlocked countries have had least
            of. The test is whether a small exporter of apricots can use the road too.
        """),
        place=Place.RECENT,
        topics=("Trade and transport", "Economy"),
        countries=("KZ", "UZ", "KG", "AZ"),
        parts=script(
            """
            # A line and a queue
            A: Take one container. It is standing in western China, and it should be in Europe in
            three weeks.
            B: One of the ways leads across Kazakhstan, over the Caspian Sea, and on through the
            Caucasus. On a map it is a clean line.
            A: On the ground it is a queue. The train waits for the ship. The ship waits for the
            wind. And everybody waits for a stamp.
            B: A new crane helps. One form in place of four helps just as much, and costs less.
            # Towns in between
            A: Then there is the question of what stays behind. A corridor can pass a town, or it
            can stop in it.
            B: Repair shops, storage and sorting turn a passing train into wages.
            # Who else is on the road
            A: And there is competition. A line to the north, roads to the south, and a new
            railway over the mountains of Kyrgyzstan.
            B: For a country without a coast, choice is worth a great deal.
            A: The best test is a small one. Can a farmer with two tons of dried apricots use the
            same road?
            """,
            closing=CLOSING,
        ),
    ),
    Episode(
        slug="what-lies-under-the-steppe",
        title="What lies under the steppe",
        summary="Uranium, copper and rare metals bring guests with contracts. What should a "
        "country ask before it signs?",
        notes=prose("""
            Kazakhstan is the world’s largest producer of uranium, and Uzbekistan is among the
            large ones. Beside it lie copper, tungsten, lithium and metals with longer names. The
            visitors who come for them bring maps, loans and deadlines.

            ## Rock is not a resource yet

            A deposit becomes a resource through roads, water, power and people who know the
            work. Each of them costs more than the survey, and each of them stays, or does not
            stay, after the last lorry has left.

            ## Questions before a signature

            - Who owns the geological data?
            - Where is the ore refined, and who learns to do it?
            - What happens to the water?
            - Can anybody read the contract?

            ## The old mines

            The region knows what it means to be left with the tailings. In several valleys of
            Kyrgyzstan and Tajikistan, heaps of an earlier age still need guarding from rain and
            landslides. A new mine is judged beside the old ones by the people who live there.

            Critical minerals are called critical by those who lack them. Those who have
            them may use another word.
        """),
        place=Place.RECENT,
        topics=("Mining", "Economy", "Environment"),
        countries=("KZ", "UZ", "KG", "TJ"),
        parts=script(
            """
            A: Kazakhstan digs more uranium than any other country. That is the beginning of this
            story, and not yet the interesting part.
            B: The interesting part is what a deposit needs before it is worth anything. A road.
            Water. Power. And people who know the work.
            A: Visitors come with maps, loans and deadlines. So here are four questions for the
            table, before anybody signs.
            B: Who owns the data about the rock?
            A: Where is the ore refined, and who learns how to do it?
            B: What happens to the water?
            A: And can anybody outside the room read the contract?
            B: There are old answers in the landscape already. In some mountain valleys, heaps of
            an earlier mine still have to be kept from the rain, generation after generation.
            A: Whoever lives below such a heap hears the word investment in a particular way.
            B: These minerals are called critical by those who lack them. It would be good to know
            what the neighbours of the mine call them.
            """,
            closing=CLOSING,
        ),
    ),
    Episode(
        slug="reading-the-small-print",
        title="Reading the small print",
        summary="Laws on media and associations rarely look dramatic. How to read a draft "
        "before it becomes somebody’s problem.",
        notes=prose("""
            Civic space seldom closes with a bang. More often it is a paragraph: a new register, a
            shorter deadline, a wider definition. This episode is a guide to reading such
            paragraphs, wherever in the region they appear.

            ## Definitions first

            A law says whom it means in its first article. When a word such as “political
            activity” or “foreign support” can mean nearly everything, the rest of the text
            hardly matters: it will be decided case by case.

            ## The cost of a form

            Reports, audits and registers sound neutral. For an organisation of three people they
            can be the whole year’s work. The question is what the state could not learn in an
            easier way.

            ## Who decides, and how fast

            - An official, a court, or both in that order?
            - Is there an appeal before the bank account is frozen?
            - Do the deadlines bind the authorities too?

            ## After the vote

            A law lives in its by-laws. They come later, with less attention, and they are where
            many of the promises made in a debate are kept or forgotten.
        """),
        place=Place.RECENT,
        topics=("Human rights", "Media"),
        countries=("KG", "KZ", "TJ"),
        parts=script(
            """
            # Definitions first
            A: Civic space rarely closes with a bang. More often, it is a paragraph.
            B: So this is an episode about how to read one. Start with the first article, because
            there a law says whom it means.
            A: If a word can mean almost everything, the rest of the text hardly matters. It will
            be decided case by case.
            # The cost of a form
            B: Next, count the forms. A report and an audit sound neutral. For an office of three
            people they can be the work of the whole year.
            A: A fair question is always this: what could the state not have learned more easily?
            # Who decides
            B: Then look at who decides. An official, or a court? And is there an appeal before
            the bank account is frozen, or only after?
            A: And see whether the deadlines bind the authorities as well.
            # After the vote
            B: Last, wait for the by-laws. They come months later, when the cameras have gone.
            A: That is where the promises of a debate are kept, or quietly forgotten.
            """,
            closing=CLOSING,
        ),
    ),
    Episode(
        slug="drawn-at-last",
        title="Drawn at last",
        summary="Three neighbours of the Fergana Valley have settled their borders. What changes "
        "at a crossing when a line stops being a question?",
        notes=prose("""
            In March 2025 Kyrgyzstan and Tajikistan signed a treaty on their border, and the
            leaders of Kyrgyzstan, Tajikistan and Uzbekistan met in Khujand to mark the point
            where the three countries touch. This episode looks at what follows a signature.

            ## From map to ground

            A line has to be carried from paper to orchards. Posts are set, roads are exchanged,
            a canal gets a keeper. Every one of these is a small agreement of its own, made by
            people who know each other’s names.

            ## Families and fields

            Some houses, and some fields, find themselves on another side than before. Whether
            the peace lasts is decided in compensation offices as much as in foreign ministries.

            ## Crossings

            - How long does it take with a bag of onions?
            - Is the crossing open on a wedding day?
            - Who may cross to a hospital at night?

            ## A wider lesson

            Long disputes make careers and habits. When they end, budgets and uniforms have to
            find another purpose. It is a good problem, and still a problem.
        """),
        place=Place.RECENT,
        topics=("Borders and security", "Diplomacy"),
        countries=("KG", "TJ", "UZ"),
        parts=script(
            """
            # From map to ground
            A: For more than thirty years, the borders of the Fergana Valley were a question.
            B: In the spring of twenty twenty-five, three neighbours wrote down an answer.
            A: But a line on paper has to be carried into the orchards. Posts are set. A road is
            exchanged for another road. A canal gets a keeper.
            B: Every one of those is a small treaty, made by people who know each other by name.
            # Families and fields
            A: Some families woke up on another side. For them, the peace is a matter of
            compensation, of papers, and of patience.
            # Crossings
            B: There is a simple way to measure such an agreement. Stand at the crossing with a
            bag of onions, and look at your watch.
            A: Ask whether it opens for a wedding. Ask whether an ambulance may cross at night.
            # A wider lesson
            B: When a long dispute ends, habits and budgets lose their reason. They have to find a
            new one.
            A: That is a good problem to have. It is a problem all the same.
            """,
            closing=CLOSING,
        ),
    ),
    Episode(
        slug="the-air-we-count",
        title="The air we count",
        summary="Winter smog over Almaty, Bishkek, Dushanbe and Tashkent: what a sensor on a "
        "balcony can tell, and what it cannot.",
        notes=prose("""
            On still winter days the large cities of Central Asia appear among the most polluted
            in the world. Part of the story is the weather. The rest is stoves, engines, power
            stations, and the buildings between which the wind no longer passes.

            ## A lid on the valley

            Cold air sinks into a basin and a warmer layer closes it. Then whatever is burnt in
            the city stays in the city. Nothing in this is anybody’s fault, until one asks what is
            burnt.

            ## Stoves and engines

            Coal is cheap where gas pipes end. Old cars are cheap where buses are rare. A ban
            alone moves the cost to those who have least room for it; a pipe, an insulated wall or
            a reliable bus line moves the air.

            ## Counting it

            - Official stations are accurate and few.
            - Small private sensors are many, and need to be checked against them.
            - Both together are what a city can act upon.

            A number on a telephone has done more for this debate than many reports: it made a
            private cough into a public fact.
        """),
        place=Place.RECENT,
        topics=("Environment", "Energy"),
        countries=("KZ", "KG", "TJ", "UZ"),
        parts=script(
            """
            A: Some mornings in winter, you can see the air of a Central Asian city before you can
            see the city.
            B: There is a reason that nobody can change. Cold air sinks into a valley, and a
            warmer layer closes it like a lid.
            A: After that, whatever is burnt in the city stays in the city. So the question is,
            what is burnt?
            B: Coal, where the gas pipe ends. Petrol, where the bus does not come. A power station
            that heats a hundred thousand flats.
            A: A ban alone is easy to write. It sends the bill to the houses that have the least
            room for it.
            B: A pipe, a wall that keeps the heat, a bus that arrives: these are slower, and they
            work.
            A: And then there is the counting. A few good official stations. Many small sensors on
            balconies, which have to be checked against them.
            B: The number on a telephone has done something remarkable. It has turned a private
            cough into a public fact.
            """,
            closing=CLOSING,
        ),
    ),
    Episode(
        slug="after-the-sea",
        title="After the sea",
        summary="Two shores of what was the Aral Sea: water that came back in the north, and a "
        "desert that has to be planted in the south.",
        notes=prose("""
            The Aral Sea is the region’s best known loss. Less known is that it has become two
            stories. In the north, a dam finished in 2005 holds the water of the Syr Darya in a
            smaller sea. In the south, the sea floor has become a desert of its own.

            ## The northern water

            With the level, fish came back, and with the fish, boats, a market and reasons to
            stay. It is a success with an edge: the sea lives on what the river brings, and the
            river is decided far upstream.

            ## The southern floor

            Wind takes salt and dust from the former bed and lays them on fields and lungs.
            Saxaul, a desert shrub, is planted to hold the sand. Counting seedlings is easy;
            counting those alive after three summers is the honest measure.

            ## What the sea teaches

            - A plan can be fulfilled and be a disaster.
            - Repair is possible, in part, if one chooses which part.
            - Those who live there are the longest-serving experts.

            It took one generation to empty the sea. This episode is about those who work for the
            generation after the next.
        """),
        place=Place.RECENT,
        topics=("Water", "Environment"),
        countries=("KZ", "UZ"),
        parts=script(
            """
            # The northern water
            A: Everybody has seen the picture: a ship, and sand around it. It is a true picture,
            and it is an old one.
            B: The Aral Sea has become two stories. In the north, a dam keeps the water of the Syr
            Darya in a smaller sea.
            A: With the water came fish. With the fish came boats, a market, and a reason to stay.
            B: But the sea lives on what the river brings, and the river is decided a long way
            upstream.
            # The southern floor
            A: In the south the sea floor is a desert now. The wind lifts salt and dust, and lays
            them on the fields.
            B: People plant saxaul, a stubborn shrub, row after row. Counting the seedlings is
            easy. The honest count comes three summers later.
            # What the sea teaches
            A: There are lessons here. A plan can be fulfilled, and still be a disaster.
            B: Repair is possible, in part, if you choose which part.
            A: It took one generation to empty a sea. The work now is for the one after the next.
            """,
            closing=CLOSING,
        ),
    ),
)
