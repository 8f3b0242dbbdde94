package scene

// tables are the words by field, in the order of the Field constants. A word stands in one table only.
func tables() []string { //nolint:funlen // a table
	return []string{
		`
dawn: sunrise, daybreak, first light, early morning, break of day
morning: forenoon, breakfast, am
noon: midday, daytime, day, daylight, afternoon, high noon, bright, sunlit, sunlight, sunshine
golden: golden hour, magic hour, late afternoon, evening light, low sun, golden light
sunset: sundown, evening, nightfall, setting sun, crepuscular, afterglow
dusk: twilight, blue hour, gloaming, late evening
night: midnight, nighttime, nocturnal, nocturne, moonlight, moonlit, starlight, after dark, dark, darkness`,
		`
clear: cloudless, fair weather, blue sky
cloudy: cloud, overcast, clouded, cumulus, grey sky, gray sky
rain: rainy, drizzle, shower, downpour, monsoon, wet, puddle
storm: thunder, thunderstorm, lightning, tempest, hurricane, tornado, typhoon
snow: snowfall, blizzard, snowstorm, snowflake, snowing, snow covered
fog: foggy, mist, misty, haze, hazy, smog, smoke, smoky, steam
wind: windy, breeze, breezy, gust, windswept, gale`,
		`
stars: star, starry, starry night, night sky, constellation, cosmos
galaxy: milky way, nebula, cosmic, interstellar, stardust
aurora: northern lights, aurora borealis, polar lights, southern lights
rainbow
meteor: shooting star, comet, meteor shower, falling star, asteroid
moon: full moon, lunar, harvest moon, blood moon
crescent: crescent moon, half moon, new moon
sun: solar, sunny, sunbeam, sunburst
eclipse: solar eclipse, corona
planet: saturn, jupiter, ringed planet, gas giant, two moons
rays: god rays, sun rays, sun ray, light rays, light shafts, volumetric light, beams of light`,
		`
spring: springtime, blossom, cherry blossom, sakura, blooming, april
summer: summertime, july, august, tropical, hot
autumn: fall, autumnal, fall colors, fall colours, october, november, harvest, maple
winter: wintry, frost, frozen, december, january, christmas, icy, cold winter`,
		`
mountains: mountain, alps, alpine, peak, summit, himalaya, range, rockies, matterhorn, everest, fjord, cliff, highland, ridge
volcano: lava, eruption, volcanic, magma, crater
sea: ocean, marine, seascape, water, wave, coast, bay, harbor, harbour, nautical, atlantic, pacific, offshore, port
beach: shore, seashore, sand beach, coastline, sandy, lagoon, surf
lake: pond, tarn, loch, reflection, reservoir, mirror lake
river: stream, creek, brook, riverbank, rapids, canal
waterfall: cascade, falls, cataract
desert: dune, sahara, arid, sand, gobi, oasis
canyon: mesa, butte, badlands, gorge, grand canyon, monument valley, red rock, wild west
forest: wood, woodland, grove, wilderness, taiga, pine forest, enchanted forest, redwood
jungle: rainforest, amazon, mangrove
hills: hill, valley, rolling hills, countryside, tuscany, moor, shire, landscape, pasture, glen
fields: field, meadow, grassland, prairie, farmland, steppe, savanna, savannah, plains, wheat, crop, vineyard
city: skyline, cityscape, metropolis, downtown, urban, skyscraper, manhattan, new york, tokyo, town square, megacity, street, building, rooftop
village: town, hamlet, settlement, suburb, farm
arctic: iceberg, glacier, polar, antarctica, antarctic, north pole, tundra, greenland, ice
island: archipelago, atoll, islet, paradise
garden: park, botanical, flowerbed, orchard, backyard, zen garden
space: outer space, universe, orbit, deep space, astral, galactic
mars: alien planet, alien world, exoplanet, another planet, moon surface, lunar surface, martian, other world
underwater: under water, undersea, deep sea, coral, coral reef, reef, seabed, submarine, aquarium, below the sea
room: interior, indoor, indoors, window, bedroom, kitchen, living room, cafe, studio, library, desk, office, cozy, cosy`,
		`
tree: oak, birch, willow, bonsai, elm, beech, lone tree
pine: fir, spruce, conifer, cypress, evergreen
palm: palm tree, coconut, coconut tree
cactus: saguaro, cacti
flower: rose, tulip, daisy, poppy, sunflower, lotus, lily, wildflower, bouquet, orchid, peony
mushroom: toadstool, fungus, fungi
boat: sailboat, sail boat, sailing boat, sailing, yacht, dinghy, sail, canoe, kayak, fishing boat, rowboat, gondola
ship: galleon, vessel, pirate ship, tall ship, frigate, steamer, cruise ship, pirate
house: home, cottage, farmhouse, villa, mansion
cabin: hut, lodge, chalet, shack, log cabin
barn: stable, farmyard
lighthouse: beacon
castle: fortress, palace, citadel, chateau, kingdom, medieval, fairytale, fairy tale
church: chapel, cathedral, steeple, monastery, abbey
temple: pagoda, shrine, japanese temple, japan, japanese, buddhist, zen
torii: torii gate, shinto
tower: spire, obelisk, minaret, clock tower
windmill: mill, dutch, holland, wind turbine
bridge: viaduct, aqueduct, golden gate, golden gate bridge
tent: camping, camp, camper, campsite, yurt, tipi
campfire: bonfire, fire, flame
lantern: paper lantern, sky lantern, lamp, streetlight, street lamp, lamppost
bird: seagull, gull, crow, raven, swallow, sparrow, pigeon, dove
eagle: hawk, falcon, owl, condor, vulture, phoenix
swan: duck, goose, geese
person: man, woman, people, girl, boy, child, children, human, figure, wanderer, traveler, traveller, hiker, walker, someone, silhouette, monk, hero, wizard, samurai, knight, king, queen, princess, woman walking, portrait of
astronaut: cosmonaut, spaceman, space suit
lovers: couple, two people, romance, romantic, wedding, kiss
cat: kitten, kitty, feline, black cat
dog: puppy, hound, canine, corgi, retriever, shepherd dog
fox: vixen
wolf: husky, coyote, howling wolf, werewolf
deer: stag, elk, moose, reindeer, antelope, doe, antlers, gazelle
horse: stallion, mare, pony, unicorn, mustang, rider, cowboy
bear: grizzly, polar bear, panda
rabbit: hare, bunny
elephant: mammoth
camel: dromedary, caravan
whale: orca, humpback, blue whale
dolphin: porpoise
fish: shoal, koi, goldfish, shark
butterfly: moth, butterflies
dragon: wyvern, drake
car: automobile, vehicle, roadster, van, taxi, truck, road trip
train: locomotive, railway, railroad, rail, steam train, orient express
balloon: hot air balloon, hot-air balloon, airship, zeppelin, blimp
plane: airplane, aeroplane, aircraft, jet, biplane, glider
rocket: spaceship, spacecraft, shuttle, launch, starship
ufo: flying saucer, alien, extraterrestrial
robot: android, mech, mecha, cyborg, automaton
kite: paraglider
bicycle: bike, cyclist, cycling`,
		`
red: crimson, scarlet, ruby, vermilion, cherry
orange: tangerine, amber, apricot, copper
yellow: lemon, mustard, saffron, canary
gold: gilded, ochre, honey
green: emerald, jade, olive, lime, mint, moss, sage
teal: turquoise, aqua, cyan, aquamarine
blue: azure, cobalt, sapphire, navy, cerulean, ultramarine
indigo: midnight blue, ink
purple: violet, lavender, lilac, amethyst, plum, mauve
magenta: fuchsia, hot pink
pink: coral pink, salmon, blush, rosy
brown: chocolate, umber, chestnut, coffee, rust
white: ivory, pearl, cream, snow white
black: ebony, obsidian, onyx, jet black
grey: gray, silver, slate, ash`,
		`
pastel: soft colors, soft colours, pale, delicate, candy
neon: cyberpunk, synthwave, vaporwave, retrowave, outrun, glowing, electric, futuristic, sci-fi, scifi, blade runner
monochrome: black and white, black-and-white, greyscale, grayscale, b&w, bw, noir, film noir, charcoal
vintage: retro, old photo, antique, nostalgic, nostalgia, film photo, polaroid, analog, 70s, old
sepia: daguerreotype
warm: cozy colors, toasty, fiery
cold: cool, chilly, frigid
earthy: natural, rustic, muted, terracotta, organic
vivid: colorful, colourful, saturated, rich colors, vibrant, bold, psychedelic
watercolor: watercolour, aquarelle, gouache, painting, painted, oil painting, impressionist, monet, van gogh, brush
flat: vector, minimalist poster, poster, flat design, art deco, ukiyo-e, woodblock, screenprint, travel poster`,
		`
calm: peaceful, serene, quiet, tranquil, still, gentle, relaxing, silent, soft
epic: dramatic, majestic, grand, heroic, cinematic, breathtaking, awe, magnificent, mighty
melancholy: sad, somber, sombre, gloomy, blue mood, sorrow, bleak, forlorn, moody
joyful: happy, cheerful, playful, merry, bright mood, fun, festive, lively
eerie: spooky, haunted, creepy, horror, sinister, ominous, scary, ghost, halloween, nightmare, mysterious, mystery
lonely: alone, isolated, loneliness, solitude, desolate, abandoned, empty
dreamy: dream, surreal, ethereal, magical, magic, fantasy, whimsical, enchanted, mystical, fairy`,
		`
wide: panorama, panoramic, vista, wide angle, wide shot, vast, landscape view, expansive, distant, far
close: close up, close-up, closeup, macro, detail, near, big, giant, huge, large
minimal: minimalist, minimalistic, simple, clean, sparse, negative space
portrait: character, headshot, hero shot`,
	}
}
