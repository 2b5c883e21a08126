"""Words for passwords that are read aloud: short, common, hard to mishear, nothing that hurts. Sorted, without doubles."""

WORDS = tuple(
    """
    acorn acre actor agile alarm album alley amber anchor angle ankle apple april apron arena arrow aspen atlas attic
    autumn award badge bagel baker bamboo banana banner barley barn basil basin basket beacon beaver bench berry bike
    birch bishop blanket blaze bloom blossom board boat bonus border bottle boulder branch bread breeze brick bridge
    broom brush bucket budget bundle butter button cabin cable cactus camel camera candle canoe canvas canyon cargo
    carpet carrot castle cedar cello cement center chalk chapel cherry chess chest chimney cider cinema circle citrus
    clay cliff clock cloud clover cluster coast cobalt coconut coffee collar comet compass copper coral corner cotton
    cradle crater crayon cream cricket crimson crystal cube curtain cycle daisy dancer dawn decade delta desert diamond
    dinner dolphin domino donkey dragon drum dune eagle earth echo elbow elder ember emerald engine evening fabric
    falcon famous feather fern ferry fiddle field finch fjord flag flame flower flute forest fossil fountain fox frost
    galaxy garden garlic gate gentle giant ginger glacier glass globe goose grain granite grape gravel guitar hammer
    harbor harvest hazel hedge helmet heron hiking hollow honey horizon hornet hotel island ivory jacket jasmine jelly
    jewel jigsaw jungle juniper kettle keyboard kitchen kite koala ladder lagoon lake lamp lantern laurel lava lawn
    leaf lemon lentil letter lilac linen lion lizard lobster locket lodge lotus lunar magnet maple marble market
    marsh meadow medal melon mentor merit meteor metro mint mirror monday monsoon moose morning mosaic motor mountain
    muffin museum mustard napkin nature nectar needle nickel noble notebook number nutmeg oasis oatmeal ocean olive
    onion opera orange orbit orchard orchid otter oven oxygen oyster paddle palace panda panther paper papaya parade
    parrot pasture patch peach peanut pearl pebble pelican pencil pepper petal piano pillow pine pioneer planet plaza
    plum pocket polar pollen pond popcorn poppy potato prairie prism puddle pumpkin puzzle quartz quilt rabbit radio
    radish rainbow ranger raven reef ribbon river robin rocket rose ruby saddle saffron sailor salmon sandal sapphire
    satin saturn scarf school season shadow shelter shovel signal silver sketch slate snow socket sonnet spark spiral
    spruce squash stadium statue stone storm stream sugar summer sunday sunset swan table tango teapot temple tennis
    theater thunder ticket tiger timber tomato topaz torch tower trail train travel trumpet tulip tunnel turtle
    umbrella valley vanilla velvet village violet violin volcano voyage waffle wagon walnut walrus water wave weather
    whale wheat whistle willow window winter wizard wolf wonder yellow yogurt zebra zenith zipper
    """.split()
)
