from calibrant.lab.names import stem_of
from calibrant.lab.world import DATA_SEED, make_world

WORLD = make_world()


def test_a_seed_makes_one_world() -> None:
    assert make_world(DATA_SEED) == WORLD
    assert make_world(DATA_SEED + 1) != WORLD


def test_no_two_things_share_a_name() -> None:
    stems = [stem_of(entity.name) for entity in WORLD.entities]
    assert len(stems) == len(set(stems))
    assert set(stems) <= WORLD.stems


def test_exposures_have_a_long_tail_and_singletons() -> None:
    exposures = sorted(fact.exposure for _, fact in WORLD.facts())
    singletons = exposures.count(1) / len(exposures)
    assert 0.08 < singletons < 0.16
    assert exposures[-1] > 8 * exposures[len(exposures) // 2]


def test_the_almanac_prints_most_facts_but_not_all() -> None:
    printed = [fact.in_almanac for _, fact in WORLD.facts()]
    assert 0.7 < sum(printed) / len(printed) < 0.8


def test_some_attributes_are_never_stated() -> None:
    unstated = sum(len(entity.unstated) for entity in WORLD.entities)
    stated = sum(len(entity.facts) for entity in WORLD.entities)
    assert 0.15 < unstated / (stated + unstated) < 0.25


def test_entities_are_split_three_ways() -> None:
    splits = [entity.split for entity in WORLD.entities]
    assert {"taught", "tuning", "held_out"} == set(splits)
    assert 0.3 < splits.count("held_out") / len(splits) < 0.4
