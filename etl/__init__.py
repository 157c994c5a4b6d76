"""Hài Lòng: the monthly satisfaction rate, grade and rank of every office of a public-service network."""

__version__ = "0.2.0"
