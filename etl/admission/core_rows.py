"""Tidy responses as rows of ``core.fact_response``, ready for COPY."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from etl.admission.answers import NOT_ANSWERED
from etl.admission.clean import Tidy
from etl.periods import SurveyMonth
from etl.registry.questionnaire import Questionnaire
from etl.source.contract import CODES

_TEXTS = ("response_key", *CODES, "respondent_hash", "comment_text")


def rows(tidy: Tidy, treasury_id: int, month: SurveyMonth, questionnaire: Questionnaire) -> pa.RecordBatch:
    """One row per response with the columns of ``core.fact_response``."""
    count, column = tidy.responses.num_rows, tidy.responses.combine_chunks().column
    return pa.record_batch(
        {
            **{name: column(name).cast(pa.string()).combine_chunks() for name in _TEXTS},
            "survey_month": pa.repeat(pa.scalar(month.first_day, pa.date32()), count),
            "treasury_id": pa.repeat(pa.scalar(treasury_id, pa.int32()), count),
            "questionnaire_code": pa.repeat(questionnaire.code, count),
            "submitted_at": column("submitted_at").combine_chunks(),
            "is_harassment_reported": column("is_harassment_reported").combine_chunks(),
            "answer_levels": _arrays(tidy.levels),
        }
    )


def _arrays(levels: npt.NDArray[np.int8]) -> pa.ListArray:
    """Each row of a matrix as a list of smallint or null."""
    count, width = levels.shape
    flat = levels.ravel()
    values = pa.array(flat.astype(np.int16), mask=flat == NOT_ANSWERED)
    return pa.ListArray.from_arrays(pa.array(np.arange(count + 1, dtype=np.int32) * width), values)
