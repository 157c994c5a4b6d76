"""Tidy responses as rows of ``core.fact_response``, ready for COPY."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from etl.answers import NOT_ANSWERED
from etl.clean import Tidy
from etl.month import SurveyMonth
from etl.registry.questionnaire import Questionnaire

_AS_THEY_ARE = (
    "response_key",
    "unit_code",
    "officer_code",
    "procedure_code",
    "channel_code",
    "respondent_type_code",
    "respondent_hash",
    "comment_text",
)


def rows(tidy: Tidy, treasury_ids: npt.NDArray[np.int64], month: SurveyMonth, questionnaire: Questionnaire) -> pa.Table:
    """One row per response with the columns of ``core.fact_response``; the levels as a PostgreSQL array's text."""
    count = len(tidy.responses)
    columns = {name: pa.array(tidy.responses[name], pa.string(), from_pandas=True) for name in _AS_THEY_ARE}
    return pa.table(
        {
            **columns,
            "survey_month": pa.repeat(month.first_day.isoformat(), count),
            "treasury_id": pa.array(treasury_ids),
            "questionnaire_code": pa.repeat(questionnaire.code, count),
            "submitted_at": pa.array(tidy.responses["submitted_at"], pa.timestamp("us", "UTC")),
            "is_harassment_reported": pa.array(tidy.responses["is_harassment_reported"], pa.bool_(), from_pandas=True),
            "answer_levels": _array_texts(tidy.levels),
        }
    )


def _array_texts(levels: npt.NDArray[np.int8]) -> pa.Array:
    """Each row of a matrix as text, for example ``{5,4,NULL}``."""
    count, width = levels.shape
    names = pa.array(["NULL", *(str(level) for level in range(int(levels.max(initial=0)) + 1))])
    texts = names.take(pa.array(levels.ravel() - NOT_ANSWERED))
    lists = pa.ListArray.from_arrays(pa.array(np.arange(count + 1, dtype=np.int32) * width), texts)
    return pc.binary_join_element_wise("{", pc.binary_join(lists, ","), "}", "")
