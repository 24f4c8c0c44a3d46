"""The views of what coordination decides: pure folds over documents."""

from services.intake.projections.cases import CASES, PROBLEMS
from services.intake.projections.places import PLACES

__all__ = ["CASES", "PLACES", "PROBLEMS"]
