"""The evidence on officers as part of the pipeline: read, known, weighed, kept with a draft, made a case of."""
