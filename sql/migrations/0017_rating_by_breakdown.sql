-- The way in for readers: nearly all ask for one breakdown of one level, over one month or over all of them.

create index rating_by_breakdown on score.rating (area_level, breakdown, period_code, revision_number);
