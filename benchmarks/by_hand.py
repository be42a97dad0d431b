"""Twenty clauses as an engineer would write them in Polars, for the comparison in `audit.py`.

Of a component what it says itself counts, else what its enterprise says; null is unknown. What the vocabulary
derives is derived here as well: `DERIVED` follows the `define` of those facts.
"""

from __future__ import annotations

import polars as pl

_BUILDS = ("new", "expansion")
_CHANGES = ("new", "alteration", "expansion", "relocation")


def _any_of(name: str, *members: str) -> pl.Expr:
    return pl.col(name).cast(pl.String).str.contains_any([f";{member};" for member in members])


def _under(*prefixes: str) -> pl.Expr:
    """As codes have two to four digits, a shorter one than a prefix may or may not be meant."""
    codes = pl.col("industry").cast(pl.String)
    starts = pl.any_horizontal(codes.str.starts_with(prefix) for prefix in prefixes)
    may = pl.any_horizontal(pl.lit(prefix).str.starts_with(codes) for prefix in prefixes)
    return pl.when(starts).then(True).when(~may).then(False)


def _is(name: str) -> pl.Expr:
    return pl.col(name)


RULES_BY_HAND: dict[str, pl.Expr] = {
    "CQ-INV22-A2": _under("02") & _is("is_natural_forest_logging"),
    "CQ-INV22-B1": _under("101") & _is("is_river_sand_mining") & _is("inside_ring_expressway"),
    "CQ-INV22-B2": _under("01") & _is("is_crop_cultivation") & (pl.col("slope_degree") >= 25),
    "CQ-INV22-B8": pl.col("shoreline_function_zone").cast(pl.String).is_in(["protection", "reserve"])
    & ~_is("is_public_interest_works"),
    "CQ-INV22-B9": pl.col("water_function_zone").cast(pl.String).is_in(["protection", "reserve"])
    & _is("harmful_to_water_ecology"),
    "CQ-INV22-C4": _under("361") & _is("is_ice_vehicle_assembly") & _is("banned_by_auto_investment_rule"),
    "CQ-INV22-D1A": _any_of("nature", *_BUILDS)
    & _is("is_chemical_project")
    & (
        (pl.col("distance_to_yangtze_main_bank_m") <= 1000)
        | (pl.col("distance_to_yangtze_tributary_bank_m") <= 1000)
        | (pl.col("distance_to_important_lake_m") <= 1000)
    ),
    "CQ-INV22-D1B": _any_of("nature", "new")
    & _under("221", "1713", "1723", "1733", "1743", "1752", "1762")
    & (pl.col("distance_to_yangtze_jialing_wujiang_bank_m") <= 1000),
    "CQ-INV22-D2": _is("in_aquatic_germplasm_reserve") & _is("is_land_reclamation"),
    "CQ-RE-3": _is("site_outside_planning_eia_boundary") | _is("planning_eia_expired"),
    "CN-ECOCODE-461": _is("site_contaminated_unremediated"),
    "CQ-ZONE-U-PRIORITY": (pl.col("zoning_unit_type").cast(pl.String) == "priority") & ~_is("allowed_in_priority_unit"),
    "CN-CA-1": _under("31", "339") & _is("claims_casting_but_smelts_steel"),
    "CN-ECOCODE-105-2": ~_is("area_env_quality_meets_standard") & ~_is("regional_reduction_plan_ok"),
    "CN-ECOCODE-105-4": _any_of("nature", "alteration", "expansion", "technical_upgrade")
    & ~_is("addresses_existing_pollution"),
    "CN-ECOCODE-207": _is("in_no_burn_zone") & _is("uses_high_pollution_fuel"),
    "CN-ECOCODE-427": _any_of("nature", *_CHANGES) & _is("near_sensitive_receptor") & _is("may_pollute_soil"),
    "CN-ECOCODE-286": _is("in_karst_sensitive_area") & _is("may_pollute_groundwater"),
    "CN-ECOCODE-107": _is("construction_started") & ~_is("eia_approved"),
    "CN-ECOCODE-67": ~_is("meets_unit_list") | ~_is("meets_county_general") | ~_is("meets_city_general"),
}


DERIVED: dict[str, pl.Expr] = {
    "in_aquatic_germplasm_reserve": pl.when(~_is("involves_water_or_shore")).then(False),
    "is_land_reclamation": pl.when(~_is("involves_water_or_shore")).then(False),
    "shoreline_function_zone": pl.when(~_is("involves_water_or_shore")).then(pl.lit("none")),
    "is_chemical_project": pl.when(_under("251", "252", "254", "26", "271")).then(True),
}


def by_hand(table: pl.DataFrame) -> pl.DataFrame:
    """The enterprises (`row`, from 0) and clauses (`rule`) that are hit or undecided."""
    rows = table.with_row_index("row").with_columns(pl.col(pl.Categorical).cast(pl.String))
    own = [field.name for field in table.schema["components"].inner.fields]  # type: ignore[attr-defined]
    shared = [name for name in own if name in table.columns]
    parts = rows.explode("components", empty_as_null=True, keep_nulls=True).with_columns(
        pl.coalesce(pl.col("components").struct.field(name), pl.col(name)).alias(name) for name in shared
    )
    parts = parts.with_columns(**DERIVED)
    outcomes = parts.select("row", **{name: rule.fill_null(True) for name, rule in RULES_BY_HAND.items()})
    long = outcomes.unpivot(index="row", variable_name="rule").filter(pl.col("value"))
    return long.select("row", "rule").unique()
